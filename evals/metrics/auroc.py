"""Area under the ROC curve by the rank-sum statistic (Hanley & McNeil 1982)."""

from __future__ import annotations

from collections.abc import Sequence


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """P(a positive scores above a negative), ties counting half; None where a class is empty.

    >>> auroc([0.9, 0.8, 0.3], [True, False, False])
    1.0
    """
    wins, positives, negatives, below = 0.0, 0, 0, 0
    for group in _ties(scores, positive):
        ups = sum(group)
        downs = len(group) - ups
        wins += ups * (below + downs / 2)
        positives, negatives, below = positives + ups, negatives + downs, below + downs
    return wins / (positives * negatives) if positives and negatives else None


def _ties(scores: Sequence[float], positive: Sequence[bool]) -> list[list[bool]]:
    """Labels grouped by equal score, lowest first."""
    groups: dict[float, list[bool]] = {}
    for score, label in zip(scores, positive, strict=True):
        groups.setdefault(score, []).append(label)
    return [groups[score] for score in sorted(groups)]
