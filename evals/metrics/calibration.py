"""Expected calibration error: how far stated confidence lies from the share that is right.

Equal-width bins as in Guo et al. 2017 (arXiv:1706.04599); bins of equal mass are less biased where
confidences crowd together (Nixon et al. 2019, arXiv:1904.01685).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

Pairs = list[tuple[float, bool]]


def expected_calibration_error(
    confidence: Sequence[float],
    right: Sequence[bool],
    *,
    bins: int = 10,
    mass: Literal["equal_width", "equal_mass"] = "equal_width",
) -> float | None:
    """Weighted mean gap between confidence and accuracy over bins, 0 best; None for no answers.

    >>> expected_calibration_error([1.0, 1.0], [True, False])
    0.5
    """
    pairs = sorted(zip(confidence, right, strict=True))
    if not pairs:
        return None
    groups = _by_mass(pairs, bins) if mass == "equal_mass" else _by_width(pairs, bins)
    return sum(_gap(group) for group in groups) / len(pairs)


def _gap(group: Pairs) -> float:
    return abs(sum(score for score, _ in group) - sum(good for _, good in group))


def _by_width(pairs: Pairs, bins: int) -> list[Pairs]:
    groups: list[Pairs] = [[] for _ in range(bins)]
    for score, good in pairs:
        groups[min(int(score * bins), bins - 1)].append((score, good))
    return groups


def _by_mass(pairs: Pairs, bins: int) -> list[Pairs]:
    edges = [round(i * len(pairs) / bins) for i in range(bins + 1)]
    return [pairs[low:high] for low, high in pairwise(edges)]
