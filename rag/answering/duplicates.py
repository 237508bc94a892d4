"""Candidates with the same text: read once, all of them cited."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Candidate

MAX_COPIES = 4  # further occurrences of the same evidence that are cited


def without_duplicates(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates in order, without those whose text (white space folded) an earlier one has."""
    first: dict[str, Candidate] = {}
    for candidate in candidates:
        first.setdefault(" ".join(candidate.text.split()), candidate)
    return list(first.values())


def copies_of(candidate: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Further candidates that are copies of one, character for character; at most ``MAX_COPIES``."""
    copies = [
        other
        for other in candidates
        if other.passage.id != candidate.passage.id and other.text == candidate.text
    ]
    return copies[:MAX_COPIES]
