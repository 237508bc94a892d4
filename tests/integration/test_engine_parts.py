"""Questions of several parts: each part is answered for itself, and what was not found is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

import rag.engine
from rag.answering.calibration import sigmoid
from rag.types import (
    Abstention,
    Answer,
    AnswerUnit,
    Candidate,
    Certainty,
    QuestionForm,
    Reading,
    Reason,
)
from tests.fakes.models import EvidenceFake
from tests.integration.engine_world import World, answer, ask, open_world, quotes, take_as
from tests.samples import document
from tests.unit.rag.answering.samples import calibration

BOTH = "How long is leave, and where is a badge fetched?"
LEAVE, BADGE = "How long is leave?", "Where is a badge fetched?"
LEAVE_PAGE = "Staff get 25 days of leave. It is paid."
BADGE_PAGE = "Badges open doors. Fetch yours at the desk."
RISKS = ((0.0, 0.1), (0.9, 0.0))  # sure from a probability of 0.9


class ScriptedReader(EvidenceFake):
    """Reads each question by its own script; for any other nothing is relevant."""

    def __init__(self, scripts: Mapping[str, EvidenceFake]) -> None:
        super().__init__(support={})
        self._scripts = scripts

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        if question not in self._scripts:
            return super().read(question, candidates)
        self.questions.append(question)
        return self._scripts[question].read(question, candidates)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Two pages; the question has two parts, and parts have none."""
    monkeypatch.setattr(
        rag.engine, "question_parts", lambda text: (LEAVE, BADGE) if text == BOTH else (text,)
    )
    take_as(monkeypatch, QuestionForm.FACT)
    with open_world(tmp_path) as opened:
        opened.put(document(LEAVE_PAGE, id="leave"), document(BADGE_PAGE, id="badge"))
        yield opened


def leave(margin: float = 5.0, support: float = 5.0) -> EvidenceFake:
    return EvidenceFake(support={"25 days": support}, spans={"25 days": margin})


def badge(margin: float = 4.0, support: float = 4.0) -> EvidenceFake:
    return EvidenceFake(support={"at the desk": support}, spans={"at the desk": margin})


def both(world: World, leave_reader: EvidenceFake, badge_reader: EvidenceFake) -> Answer:
    reader = ScriptedReader({LEAVE: leave_reader, BADGE: badge_reader})
    reply = answer(world.make(reader, fitted=calibration(risks=RISKS)), BOTH)
    assert all(world.is_exact(citation) for citation in reply.citations)
    return reply


def test_each_part_is_read_and_answered(world: World) -> None:
    """In order, with the question as it was put; the probabilities are the lower ones."""
    reader = ScriptedReader({LEAVE: leave(), BADGE: badge()})
    reply = answer(world.make(reader), BOTH)
    assert (reply.question, list(dict.fromkeys(reader.questions))) == (BOTH, [LEAVE, BADGE])
    assert reply.unit is AnswerUnit.SHORT_ANSWER
    assert reply.text.index("25 days") < reply.text.index("at the desk")
    assert quotes(reply) == [["Staff get 25 days of leave."], ["Fetch yours at the desk."]]
    assert reply.unanswered == ()
    assert reply.confidence == pytest.approx(sigmoid(4.0))
    assert reply.short_answer_confidence == pytest.approx(sigmoid(4.0))


def test_parts_of_several_units_are_sentences(world: World) -> None:
    """A short answer beside evidence that speaks for itself; there is no probability of a short answer."""
    reply = both(world, leave(), badge(margin=-1.0))
    assert reply.unit is AnswerUnit.SENTENCES
    assert "25 days" in reply.text
    assert "Fetch yours at the desk." in reply.text
    assert reply.short_answer_confidence is None


@pytest.mark.parametrize(
    ("leave_support", "badge_support", "certainty"),
    [(5.0, 4.0, Certainty.SURE), (5.0, 1.0, Certainty.LIKELY), (0.0, 1.0, Certainty.LIKELY)],
)
def test_an_answer_is_sure_only_where_every_part_is(
    world: World, leave_support: float, badge_support: float, certainty: Certainty
) -> None:
    """One likely part makes the whole likely."""
    assert both(world, leave(5.0, leave_support), badge(4.0, badge_support)).certainty is certainty


def test_a_part_without_an_answer_is_named(world: World) -> None:
    """In its words; what is answered is answered, and is not sure of the whole."""
    reply = both(world, leave(), badge(support=-3.0))
    assert (reply.text, reply.unit) == ("25 days", AnswerUnit.SHORT_ANSWER)
    assert reply.unanswered == (BADGE,)
    assert reply.certainty is Certainty.LIKELY
    assert reply.confidence == pytest.approx(sigmoid(5.0))


def test_where_no_part_has_an_answer_the_whole_question_is_asked(world: World) -> None:
    """It may have been no question of two parts."""
    reader = ScriptedReader({BOTH: badge()})
    reply = answer(world.make(reader), BOTH)
    assert (reply.text, reply.unanswered) == ("at the desk", ())
    assert list(dict.fromkeys(reader.questions)) == [LEAVE, BADGE, BOTH]


def test_where_nothing_answers_there_is_one_abstention(world: World) -> None:
    """To the question as it was put, with the nearest passages."""
    outcome = ask(world.make(ScriptedReader({BOTH: EvidenceFake(support={"": -1.0})})), BOTH)
    assert isinstance(outcome, Abstention)
    assert (outcome.question, outcome.reason) == (BOTH, Reason.NOT_ANSWERED_HERE)
    assert {citation.quote for citation in outcome.nearest} == {LEAVE_PAGE, BADGE_PAGE}


def test_what_answers_both_parts_is_shown_once(world: World) -> None:
    """One statement, one citation, one text."""
    reply = both(world, leave(), leave())
    assert reply.text == "25 days"
    assert quotes(reply) == [["Staff get 25 days of leave."]]
    assert len(reply.citations) == 1


def test_items_of_all_parts_are_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lists of two and three items."""
    take_as(monkeypatch, QuestionForm.LIST)
    world.put_page("Bring along:\n\n- a pen\n- a hat\n", "bring.md")
    world.put_page("Leave behind:\n\n- a dog\n- a cat\n- a cow\n", "behind.md")
    reply = both(world, EvidenceFake(support={"a hat": 5.0}), EvidenceFake(support={"a cat": 5.0}))
    assert (reply.unit, reply.item_count) == (AnswerUnit.LIST, 5)
    assert reply.text.split("\n") == [
        "Bring along:",
        "a pen",
        "a hat",
        "Leave behind:",
        "a dog",
        "a cat",
        "a cow",
    ]
