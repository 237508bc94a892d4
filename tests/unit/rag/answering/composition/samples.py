"""Compositions of readings, for tests of answers in the asked-for unit."""

from __future__ import annotations

from rag.answering.composition.compose import Composition, compose
from rag.types import QuestionForm, Reading, SpanAnswer, StatementRole
from tests.unit.rag.answering.samples import calibration, decider, question


def composed(
    form: QuestionForm,
    read: Reading,
    *others: Reading,
    text: str = "What is asked?",
    short_answer: SpanAnswer | None = None,
) -> Composition:
    """The composition of a sure answer, or of a likely one where there are other readings."""
    risks = () if others else ((0.0, 0.0),)
    analysis = question(text, form)
    readings = [read, *others]
    decision = decider(calibration(risks=risks)).decide(analysis, [r.candidate for r in readings], readings)
    assert decision.reading is read
    return compose(analysis, decision, read, short_answer=short_answer)


def texts(composition: Composition) -> list[str]:
    return [part.text for part in composition.parts]


def roles(composition: Composition) -> list[StatementRole]:
    return [part.role for part in composition.parts]
