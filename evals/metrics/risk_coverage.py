"""Selective risk against coverage, and its area (Geifman & El-Yaniv 2017, arXiv:1705.08500)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """At this threshold: the share of questions answered, and the share of those that is wrong."""

    threshold: float
    coverage: float
    risk: float


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> list[Point]:
    """One point for each distinct confidence, highest first; equal ones are answered together."""
    pairs = sorted(zip(confidence, right, strict=True), key=lambda pair: -pair[0])
    points: list[Point] = []
    wrong = 0
    for i, (score, good) in enumerate(pairs):
        wrong += not good
        if i + 1 == len(pairs) or pairs[i + 1][0] != score:
            points.append(Point(threshold=score, coverage=(i + 1) / len(pairs), risk=wrong / (i + 1)))
    return points


def aurc(confidence: Sequence[float], right: Sequence[bool]) -> float | None:
    """Mean risk over all coverages, 0 best; None for no answers.

    >>> aurc([0.9, 0.1], [True, False])
    0.25
    """
    points = risk_coverage(confidence, right)
    if not points:
        return None
    steps = zip([0.0, *(p.coverage for p in points)], points, strict=False)
    return sum((point.coverage - before) * point.risk for before, point in steps)


def threshold_for(points: Sequence[Point], risk: float) -> Point | None:
    """The point of widest coverage whose risk is at most ``risk``; None where there is none."""
    good = [point for point in points if point.risk <= risk]
    return max(good, key=lambda point: point.coverage, default=None)
