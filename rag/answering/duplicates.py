"""Candidates with the same text: read once, all of them cited."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Candidate, SpanAnswer

MAX_COPIES = 4  # further occurrences of the same answer that are cited


def without_duplicates(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates in order, without those whose text (white space folded) an earlier one has."""
    first: dict[str, Candidate] = {}
    for candidate in candidates:
        first.setdefault(" ".join(candidate.text.split()), candidate)
    return list(first.values())


def copies_of(answer: SpanAnswer, candidates: Sequence[Candidate]) -> list[SpanAnswer]:
    """The same answer in candidates that are copies, character for character, of the one that was read.

    At most ``MAX_COPIES``; none where the answer's span is not inside its passage.
    """
    passage = answer.candidate.passage
    copies = []
    for other in candidates:
        if other.passage.id == passage.id or other.text != answer.candidate.text:
            continue
        offset = other.passage.span.start - passage.span.start
        if answer.span.start + offset < 0 or not passage.span.contains(answer.span):
            continue
        copies.append(
            SpanAnswer(
                candidate=other,
                span=answer.span.shift(offset),
                text=answer.text,
                score=answer.score,
                no_answer_score=answer.no_answer_score,
            )
        )
    return copies[:MAX_COPIES]
