"""Rank fusion: candidates of several queries for one question, merged by their ranks.

Reciprocal rank fusion (Cormack, Clarke & Büttcher, SIGIR 2009). Scores can't be summed here: each query's are
standardised over its own pool.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Candidate

FURTHER_WEIGHT = 1.0
_K = 60  # of the paper: how slowly a rank loses weight


def merge_by_rank(
    original: Sequence[Candidate],
    further: Sequence[Sequence[Candidate]],
    limit: int,
    *,
    weight: float = FURTHER_WEIGHT,
) -> list[Candidate]:
    """The best ``limit`` candidates, each passage once, best first; ties in the order given.

    A candidate keeps the scores of the original question's retrieval, or else those of the first query that
    found it.

    Args:
        original: candidates of the question itself, best first.
        further: those of each other query, best first.
        weight: of all further queries together; that of the original is 1.
    """
    candidates: dict[str, Candidate] = {}
    scores: dict[str, float] = {}
    weights = [1.0, *(weight / len(further) for _ in further)]
    for share, retrieved in zip(weights, (original, *further), strict=True):
        for rank, candidate in enumerate(retrieved, start=1):
            key = candidate.passage.id
            candidates.setdefault(key, candidate)
            scores[key] = scores.get(key, 0.0) + share / (_K + rank)
    return sorted(candidates.values(), key=lambda c: -scores[c.passage.id])[:limit]
