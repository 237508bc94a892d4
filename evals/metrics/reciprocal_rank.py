"""Reciprocal rank of the first relevant item; its mean is MRR (Voorhees 1999, TREC-8 QA)."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], k: int | None = None) -> float:
    """1 / rank of the first relevant id within the first ``k`` (all, where None), else 0.0.

    >>> reciprocal_rank(["a", "b"], {"b"})
    0.5
    """
    return next((1 / rank for rank, item in enumerate(ranked[:k], 1) if item in relevant), 0.0)
