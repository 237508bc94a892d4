"""A question names what is meant by its edition, or by an acronym that texts spell out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.wiring import ingest
from rag.engine import Engine
from rag.settings import Settings
from rag.types import Abstention, Answer, Certainty, Outcome, Question
from rag.wiring import open_service

GUIDE = (
    "# {title}\n\nThe pump runs at {bar} bar. It is oiled each week. The filter is changed by the fitter.\n"
)
RULES = "# House rules\n\nQuiet hours begin at {hour}. Guests are announced. Bicycles stay outside.\n"
FILES = {
    "guide-1.md": GUIDE.format(title="Guide, version 1", bar=40),
    "guide-2.md": GUIDE.format(title="Guide, version 2", bar=55) + "\nIt replaces the guide, version 1.\n",
    "2024/house.md": RULES.format(hour="ten"),
    "2025/house.md": RULES.format(hour="nine"),
    "parking.md": "# Parking\n\nParking costs three euros. Electric vehicles may charge for four hours.\n",
    "meetings.md": "# Meetings\n\nThe annual general meeting takes place on 14 May in the town hall.\n",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("files")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    with open_service(Settings(data=tmp_path_factory.mktemp("data"))) as service:
        ingest(service, [folder])
        yield service.engine


def asked(engine: Engine, question: str) -> Outcome:
    return engine.ask(Question(text=question))


@pytest.mark.parametrize(
    ("question", "answer", "uri"),
    [
        ("At how many bar does the pump run in version 1 of the guide?", "40", "guide-1.md"),
        ("At how many bar does the pump run according to guide v2?", "55", "guide-2.md"),
        ("When do quiet hours begin by the house rules 2024?", "ten", "2024/house.md"),
        ("When do quiet hours begin by the house rules 2025?", "nine", "2025/house.md"),
    ],
)
def test_the_named_edition_answers(engine: Engine, question: str, answer: str, uri: str) -> None:
    """And it alone is cited; another edition is no conflict."""
    outcome = asked(engine, question)
    assert isinstance(outcome, Answer)
    assert answer in outcome.text
    assert {citation.uri.partition("/")[2] for citation in outcome.citations} == {uri}
    assert outcome.conflicts == ()


def test_an_edition_does_not_answer_for_other_documents(engine: Engine) -> None:
    """What the named edition doesn't say is not taken from elsewhere as if it had said it."""
    outcome = asked(engine, "How much is parking by the house rules 2024?")
    assert isinstance(outcome, Abstention) or outcome.certainty is not Certainty.SURE


@pytest.mark.parametrize(
    ("question", "answer"), [("How long may EVs charge?", "four hours"), ("When is the AGM?", "14 May")]
)
def test_an_acronym_that_texts_spell_out_is_answered(engine: Engine, question: str, answer: str) -> None:
    """But never as sure: no text says that it means that."""
    outcome = asked(engine, question)
    assert isinstance(outcome, Answer)
    assert answer in outcome.text
    assert outcome.certainty is Certainty.LIKELY


def test_an_acronym_that_nothing_spells_out_is_not_guessed(engine: Engine) -> None:
    """Whatever else the question has."""
    assert isinstance(asked(engine, "When is the KPI due?"), Abstention)
