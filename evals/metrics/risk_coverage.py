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


def risk_coverage(
    confidence: Sequence[float], right: Sequence[bool], weights: Sequence[float] | None = None
) -> list[Point]:
    """One point for each distinct confidence, highest first; equal ones are answered together.

    Args:
        weights: how much each question counts, all alike by default.
    """
    answers = sorted(
        zip(confidence, right, weights or [1.0] * len(confidence), strict=True), key=lambda item: -item[0]
    )
    total = sum(weight for _, _, weight in answers)
    points: list[Point] = []
    answered = wrong = 0.0
    for i, (score, is_right, weight) in enumerate(answers):
        answered += weight
        wrong += weight * (not is_right)
        if i + 1 == len(answers) or answers[i + 1][0] != score:
            points.append(Point(threshold=score, coverage=answered / total, risk=wrong / answered))
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


def point_at(points: Sequence[Point], threshold: float) -> Point | None:
    """What a threshold comes to: the widest coverage at or above it; None where nothing is answered.

    Args:
        points: as ``risk_coverage`` gives them, highest threshold first.
    """
    answered = [point for point in points if point.threshold >= threshold]
    return answered[-1] if answered else None


def threshold_for(points: Sequence[Point], risk: float) -> Point | None:
    """The point of widest coverage whose risk is at most ``risk``; None where there is none."""
    good = [point for point in points if point.risk <= risk]
    return max(good, key=lambda point: point.coverage, default=None)
