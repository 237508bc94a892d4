"""Mutated stages: each does its work wrongly in its own way, and leaves the others as they are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from evals.mutate.pipeline import PIPELINE_OPERATORS, FirstWordsReader, FixedConfidenceDecider
from rag.ports.catalog import Change
from rag.settings import DecideSettings, ReadSettings, Settings
from rag.storage.library import Library
from rag.types import Answer, Certainty, Outcome, Question, Reason
from tests.fakes.models import BagEmbedder, EvidenceFake, PhraseReader
from tests.fakes.storage import MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex
from tests.samples import candidate, document, passage
from tests.unit.evals.fakes import Store, abstention, answer, cite
from tests.unit.rag.answering.samples import decider, question, reading

WHO = question("Who asked?")
NEWS = "The harbour was closed. Ann Lee asked for an apology. Ships waited."
FIRST, SECOND = "Ada Lovelace wrote the first program.", "She lived in London."


def test_a_blind_reader_takes_the_first_sentence_for_the_evidence() -> None:
    """With the scores of the reader that it wraps; the short answer is its first words."""
    reader = EvidenceFake(support={"Ann Lee": 4.0, "Ships": 1.0}, spans={"Ann Lee": 3.0, "Ships": 2.0})
    here = candidate(document(NEWS))
    [seeing], [blind] = reader.read("Who?", [here]), FirstWordsReader(reader).read("Who?", [here])
    assert blind.support == (4.0, 1.0, -5.0)
    assert blind.relevance == seeing.relevance
    assert [(span.text, span.margin) for span in blind.spans] == [("The harbour", 3.0)]
    assert FirstWordsReader(reader).refine("Who?", blind.spans[0]) == blind.spans[0]
    assert FirstWordsReader(reader).fingerprint != reader.fingerprint


def test_a_blind_pipeline_answers_with_the_first_words() -> None:
    """Also where a second reader finds the short answers: it is blind as well."""
    parts = MemoryCatalog(), MemoryDenseIndex(), MemoryLexicalIndex(), BagEmbedder()
    news = document(NEWS)
    Library(*parts).write([Change(document=news, passages=(passage(news),))])
    span_reader = PhraseReader(Ann_Lee=8.0)
    service: Any = SimpleNamespace(
        **dict(zip(("catalog", "dense", "lexical", "embedder"), parts, strict=True)),
        settings=Settings(decide=DecideSettings(threshold=0, short_answer=0)),
        reader=EvidenceFake(support={"Ann Lee": 8.0}),
        span_reader=span_reader,
    )
    [blind] = [operator for operator in PIPELINE_OPERATORS if operator.name == "reader blind"]
    outcome = blind.ask(service)(Question(text="Who asked for an apology?"))
    assert isinstance(outcome, Answer)
    assert outcome.text == "The harbour"
    assert span_reader.read_passages == [NEWS]


@pytest.mark.parametrize(
    ("confidence", "certainty", "reason"),
    [(1.0, Certainty.SURE, None), (0.0, None, Reason.NOT_CONFIDENT)],
)
def test_a_fixed_confidence_decides_alone(
    confidence: float, certainty: Certainty | None, reason: Reason | None
) -> None:
    """Whatever was read; which passage is best stays as it was."""
    here, there = candidate(document(NEWS, id="a")), candidate(document("Ann asked.", id="b"))
    fixed = FixedConfidenceDecider(decider(), confidence, 0.4)
    for relevance in (-6.0, 6.0):
        readings = [reading(here, relevance=relevance), reading(there, relevance=relevance - 1)]
        decision = fixed.decide(WHO, [here, there], readings)
        assert (decision.confidence, decision.certainty, decision.reason) == (confidence, certainty, reason)
        assert decision.reading is readings[0]
        assert not fixed.has_short_answer(decision)
    assert fixed.decide(WHO, [], []).reason is Reason.NOTHING_RELEVANT


def mutated(name: str, outcome: Outcome) -> Outcome:
    """What an operator makes of an outcome."""
    engine = SimpleNamespace(ask=lambda _question: outcome)
    service: Any = SimpleNamespace(engine=engine, catalog=Store())
    [operator] = [operator for operator in PIPELINE_OPERATORS if operator.name == name]
    return operator.ask(service)(Question(text="?"))


def test_citations_can_be_one_character_off() -> None:
    """With the same quote: they are no longer exact; at the end of the text, one before."""
    made = mutated("citations one character off", answer("Ada", cite(FIRST), cite(SECOND)))
    assert isinstance(made, Answer)
    assert [c.start for c in made.citations] == [cite(FIRST).start + 1, cite(SECOND).start - 1]
    assert [c.quote for c in made.citations] == [FIRST, SECOND]


def test_the_next_sentence_can_be_cited() -> None:
    """Exactly; the one before where there is no next one."""
    made = mutated("the next sentence cited", answer("Ada", cite(FIRST), cite(SECOND)))
    assert isinstance(made, Answer)
    assert list(made.citations) == [cite(SECOND), cite(FIRST)]


def test_an_abstention_has_nothing_to_miscite() -> None:
    """It stays as it is."""
    outcome = abstention()
    assert mutated("citations one character off", outcome) is outcome


def test_another_order_changes_answers_only_where_not_all_is_read() -> None:
    """With as many passages as are read, the mutant is equivalent."""
    [shuffled] = [operator for operator in PIPELINE_OPERATORS if operator.name == "ranks shuffled"]
    [lost] = [operator for operator in PIPELINE_OPERATORS if operator.name == "best passage lost"]
    for passages, can in ((6, False), (7, True)):
        lexical = SimpleNamespace(collections=lambda: ["default"], count=lambda _name, n=passages: n)
        service: Any = SimpleNamespace(lexical=lexical, settings=Settings(read=ReadSettings(passages=6)))
        assert shuffled.can_change_answers(service) is can
        assert lost.can_change_answers(service)
