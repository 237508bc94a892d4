"""Normalised discounted cumulative gain (Järvelin & Kekäläinen 2002), as trec_eval's ``ndcg_cut``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float:
    """Gain ``grade / log2(rank + 1)`` of the first ``k`` over that of the best order, in [0, 1].

    ``ranked`` holds no id twice; ids without a grade count as 0.

    Raises:
        ValueError: no grade is above 0, so that the question measures no ranking.

    >>> ndcg(["b", "a"], {"a": 1}, k=2) == 1 / log2(3)
    True
    """
    best = _gain(sorted(grades.values(), reverse=True)[:k])
    if best <= 0:
        raise ValueError("nDCG needs at least one id with a grade above 0")
    return _gain(grades.get(item, 0) for item in ranked[:k]) / best


def _gain(grades: Iterable[int]) -> float:
    return sum(max(0, grade) / log2(rank + 1) for rank, grade in enumerate(grades, 1))
