"""Conflicts: other documents' answers that can't be right beside the one that is given."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.citations import CitationList, cite_sentence, sentences_of
from rag.answering.decision import Decision
from rag.types import Candidate, Conflict, SpanAnswer


def conflict_candidates(
    decision: Decision, unread: Sequence[Candidate], max_cosine_gap: float
) -> list[Candidate]:
    """Unread passages that may contradict a clear answer: of other documents, with about the same cosine.

    Fused scores are not used: they are relative to the other candidates, and mean little among few.

    Args:
        max_cosine_gap: how far below the answer's passage a passage's cosine may lie.
    """
    if decision.reading is None:
        return []
    answered = decision.reading.candidate
    lowest = (answered.scores.dense or 0.0) - max_cosine_gap
    return [
        candidate
        for candidate in unread
        if candidate.document.id != answered.document.id
        and candidate.scores.dense is not None
        and candidate.scores.dense >= lowest
    ]


def to_conflict(span: SpanAnswer, citations: CitationList) -> Conflict:
    """A competing answer as a conflict, the sentences that hold it cited."""
    cited = [cite_sentence(span, sentence, citations) for sentence in sentences_of(span)]
    indices = dict.fromkeys(index for sentence in cited for index in sentence)
    return Conflict(text=span.text, citations=tuple(indices))
