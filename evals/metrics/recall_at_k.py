"""Recall at k: the share of relevant items among the first k (as trec_eval's ``recall.k``)."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def recall_at_k(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Share of ``relevant`` ids in ``ranked[:k]``, in [0, 1].

    Raises:
        ValueError: nothing is relevant, so that the question measures no ranking.

    >>> recall_at_k(["a", "b", "c"], {"b", "z"}, 2)
    0.5
    """
    if not relevant:
        raise ValueError("recall needs at least one relevant id")
    return len(set(ranked[:k]) & set(relevant)) / len(set(relevant))
