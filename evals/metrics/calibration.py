"""Expected calibration error: how far stated confidence lies from the share that is right.

Equal-width bins as in Guo et al. 2017 (arXiv:1706.04599); bins of equal mass are less biased where
confidences crowd together (Nixon et al. 2019, arXiv:1904.01685).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeVar

T = TypeVar("T")
Weighted = tuple[float, bool, float]  # confidence, right, weight


def expected_calibration_error(
    confidence: Sequence[float],
    right: Sequence[bool],
    weights: Sequence[float] | None = None,
    *,
    bins: int = 10,
    mass: Literal["equal_width", "equal_mass"] = "equal_width",
) -> float | None:
    """Mean gap between confidence and accuracy over bins, weighted by their mass, in [0, 1], 0 best.

    None where there are no answers.

    Args:
        weights: how much each answer counts, all alike by default. Bins of equal mass have equally many
            answers, whatever these weigh.

    >>> expected_calibration_error([1.0, 1.0], [True, False])
    0.5
    """
    answers = sorted(zip(confidence, right, weights or [1.0] * len(confidence), strict=True))
    if not answers:
        return None
    groups = equal_mass_bins(answers, bins) if mass == "equal_mass" else _equal_width_bins(answers, bins)
    return sum(_gap(group) for group in groups) / sum(weight for _, _, weight in answers)


def equal_mass_bins(ordered: Sequence[T], bins: int) -> list[Sequence[T]]:
    """Items in order cut into ``bins`` runs of nearly the same size; some are empty where items are few.

    >>> equal_mass_bins([1, 2, 3, 4], 2)
    [[1, 2], [3, 4]]
    """
    edges = [round(i * len(ordered) / bins) for i in range(bins + 1)]
    return [ordered[low:high] for low, high in pairwise(edges)]


def _gap(group: Sequence[Weighted]) -> float:
    return abs(sum(score * w for score, _, w in group) - sum(is_right * w for _, is_right, w in group))


def _equal_width_bins(answers: Sequence[Weighted], bins: int) -> list[list[Weighted]]:
    groups: list[list[Weighted]] = [[] for _ in range(bins)]
    for answer in answers:
        groups[min(int(answer[0] * bins), bins - 1)].append(answer)
    return groups
