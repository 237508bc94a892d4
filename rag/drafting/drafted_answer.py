"""Kept sentences to an answer with exact citations. It is always marked as likely: its words are an LLM's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.answering.citations import CitationList
from rag.answering.conflicts import to_conflict
from rag.answering.verify import is_exact
from rag.drafting.evidence import ReadQuestion
from rag.drafting.keep_rules import KeptSentence
from rag.drafting.verdict import Verdict
from rag.question.analysis import QuestionAnalysis
from rag.types import (
    Answer,
    AnswerUnit,
    Certainty,
    Citation,
    Conflict,
    QuestionForm,
    Statement,
    StatementRole,
)

_LISTED = {QuestionForm.LIST: AnswerUnit.LIST, QuestionForm.HOW_TO: AnswerUnit.STEPS}


@dataclass(slots=True)
class StatementList:
    """Collects kept sentences as statements, each text once, with the citations that they share."""

    statements: list[Statement] = field(default_factory=list)
    citations: CitationList = field(default_factory=CitationList)

    def add(self, kept: KeptSentence) -> Statement | None:
        """The statement of a kept sentence; None where the same text was added before."""
        if any(statement.text == kept.sentence.text for statement in self.statements):
            return None
        indices: dict[int, None] = {}
        for unit in kept.units:
            indices.update(dict.fromkeys(self.citations.add(unit.part.document, unit.part.cited)))
        role = StatementRole.ITEM if kept.sentence.is_item else StatementRole.SENTENCE
        statement = Statement(text=kept.sentence.text, citations=tuple(indices), role=role)
        self.statements.append(statement)
        return statement

    def cited_by(self, statement: Statement) -> tuple[Citation, ...]:
        """The citations of a statement, in its order."""
        return tuple(self.citations.items[index] for index in statement.citations)


def to_answer(
    analysis: QuestionAnalysis,
    found: Sequence[ReadQuestion],
    kept: Sequence[KeptSentence],
    collected: StatementList,
    verdict: Verdict | None,
) -> Answer | None:
    """The answer made of kept sentences; without a trace. None where a citation isn't exact.

    Its confidence is that of the passages read, the least of the parts that are answered: it is the
    probability that the evidence holds what was asked, whoever words it. The risk of sure answers is measured
    for quotes, so that a drafted answer is likely at best.

    Args:
        found: the question, or its parts.
        collected: the statements of ``kept``.
        verdict: yes or no, confirmed by the reader.
    """
    documents = {unit.part.document.id: unit.part.document for one in kept for unit in one.units}
    answered = [index for index in range(len(found)) if _is_answered(index, kept)]
    decisions = [found[index].decision for index in answered]
    conflicts = _conflicts([found[index] for index in answered], collected)
    documents |= {c.document.id: c.document for index in answered for c in found[index].candidates}
    citations = collected.citations.items
    if not answered or not all(is_exact(citation, documents[citation.document_id]) for citation in citations):
        return None
    return Answer(
        question=analysis.text,
        text=verdict.word if verdict else _text(collected.statements),
        statements=tuple(collected.statements),
        citations=tuple(citations),
        confidence=min(decision.confidence for decision in decisions),
        unit=AnswerUnit.YES_NO if verdict else _unit(found, collected.statements),
        certainty=Certainty.LIKELY,
        short_answer_confidence=verdict.probability if verdict else None,
        unanswered=tuple(
            part.analysis.standalone for index, part in enumerate(found) if index not in answered
        ),
        conflicts=conflicts,
        is_drafted=True,
    )


def is_in_document_order(kept: Sequence[KeptSentence]) -> bool:
    """Whether sentences follow the text they cite: first places never go back within a document."""
    last: dict[str, int] = {}
    for one in kept:
        first = min(one.units, key=lambda unit: unit.part.span.start).part
        if first.span.start < last.get(first.document.id, 0):
            return False
        last[first.document.id] = first.span.start
    return True


def _is_answered(index: int, kept: Sequence[KeptSentence]) -> bool:
    """Whether some sentence rests on a place that the reader accepts for this part of the question."""
    return any(index in unit.accepted_for for one in kept for unit in one.units)


def _unit(found: Sequence[ReadQuestion], statements: Sequence[Statement]) -> AnswerUnit:
    items = sum(statement.role is StatementRole.ITEM for statement in statements)
    if len(found) > 1 or items < 2:
        return AnswerUnit.SENTENCES
    return _LISTED.get(found[0].analysis.form, AnswerUnit.SENTENCES)


def _text(statements: Sequence[Statement]) -> str:
    has_items = any(statement.role is StatementRole.ITEM for statement in statements)
    return ("\n" if has_items else " ").join(statement.text for statement in statements)


def _conflicts(answered: Sequence[ReadQuestion], collected: StatementList) -> tuple[Conflict, ...]:
    """Other documents' short answers, where the draft gives the one that they compete with, not theirs."""
    text = _text(collected.statements)
    return tuple(
        to_conflict(span, collected.citations)
        for question in answered
        if question.decision.span is not None and _says(text, question.decision.span.text)
        for span in question.decision.competing
        if not _says(text, span.text)
    )


def _says(text: str, answer: str) -> bool:
    """Whether a text has an answer in it, between words: "0 €" isn't in "40 €"."""
    words = r"\s+".join(re.escape(word) for word in answer.split())
    return re.search(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE) is not None
