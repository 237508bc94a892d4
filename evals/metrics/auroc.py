"""Area under the ROC curve by the rank-sum statistic (Hanley & McNeil 1982)."""

from __future__ import annotations

from collections.abc import Sequence


def auroc(
    scores: Sequence[float], positive: Sequence[bool], weights: Sequence[float] | None = None
) -> float | None:
    """P(a positive scores above a negative), ties counting half, in [0, 1]; None where a class is empty.

    Args:
        weights: how much each item counts, all alike by default.

    >>> auroc([0.9, 0.8, 0.3], [True, False, False])
    1.0
    """
    wins, positives, negatives = 0.0, 0.0, 0.0
    for ups, downs in _ties(scores, positive, weights or [1.0] * len(scores)):
        wins += ups * (negatives + downs / 2)
        positives, negatives = positives + ups, negatives + downs
    return wins / (positives * negatives) if positives and negatives else None


def auroc_between(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """The same of two lists of scores.

    >>> auroc_between([0.9], [0.8, 0.3])
    1.0
    """
    return auroc([*positives, *negatives], [True] * len(positives) + [False] * len(negatives))


def _ties(
    scores: Sequence[float], positive: Sequence[bool], weights: Sequence[float]
) -> list[tuple[float, float]]:
    """The weight of positives and of negatives at each distinct score, lowest first."""
    groups: dict[float, list[float]] = {}
    for score, label, weight in zip(scores, positive, weights, strict=True):
        groups.setdefault(score, [0.0, 0.0])[0 if label else 1] += weight
    return [(groups[score][0], groups[score][1]) for score in sorted(groups)]
