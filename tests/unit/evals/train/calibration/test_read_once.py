"""A reader that reads no passage twice for the same question."""

from __future__ import annotations

from evals.train.calibration.read_once import ReadOnce
from rag.types import SpanAnswer
from tests.fakes.models import PhraseReader
from tests.samples import candidate, document
from tests.unit.rag.answering.samples import span

ANN, BOB, CLEO = (candidate(document(f"{name} asked.", id=name)) for name in ("Ann", "Bob", "Cleo"))
WHO = "Who asked?"


def test_a_passage_is_read_once_for_a_question() -> None:
    """Its readings are those of the wrapped reader, in the order of the candidates."""
    inner = PhraseReader(Ann=1.0, Bob=2.0, Cleo=3.0)
    once = ReadOnce(inner)
    assert once.read(WHO, [ANN, BOB]) == PhraseReader(Ann=1.0, Bob=2.0).read(WHO, [ANN, BOB])
    readings = once.read(WHO, [CLEO, BOB, ANN])
    assert [reading.candidate for reading in readings] == [CLEO, BOB, ANN]
    assert [reading.spans[0].margin for reading in readings] == [3.0, 2.0, 1.0]
    assert inner.read_passages == [ANN.text, BOB.text, CLEO.text]


def test_another_question_is_read_for_itself() -> None:
    """A passage answers each in its own way."""
    inner = PhraseReader(Ann=1.0)
    once = ReadOnce(inner)
    once.read(WHO, [ANN])
    once.read("Who left?", [ANN])
    assert (inner.questions, inner.read_passages) == ([WHO, "Who left?"], [ANN.text] * 2)


class Refining(PhraseReader):
    """Refines every short answer to the verb."""

    def refine(self, _question: str, answer: SpanAnswer, /) -> SpanAnswer:
        return span(answer.candidate, "asked", answer.margin)


def test_all_else_is_the_wrapped_readers() -> None:
    """Its fingerprint, its vocabulary, and what it makes of a short answer."""
    inner = Refining(Ann=1.0)
    once = ReadOnce(inner)
    assert once.fingerprint == inner.fingerprint
    assert [once.knows(word) for word in ("asked", "sherrif")] == [True, False]
    assert once.refine(WHO, span(ANN, "Ann", 1.0)).text == "asked"
