"""How sure a figure is: seeded bootstrap intervals and paired tests between two systems.

Efron & Tibshirani 1993 for the percentile bootstrap; paired tests over the same questions as
recommended for retrieval by Smucker et al. 2007 (CIKM). Everything is deterministic by seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

RESAMPLES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean with the bounds between which it lies at the given level."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The mean of ``b - a`` over the same questions, its 95 % interval, and a two-sided p-value."""

    difference: Interval
    p_value: float


def bootstrap_interval(
    values: Sequence[float], *, level: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Percentile bootstrap of the mean of per-question values.

    Raises:
        ValueError: no values.
    """
    if not values:
        raise ValueError("an interval needs at least one value")
    data = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng(seed)
    picks = random.integers(0, len(data), size=(resamples, len(data)))
    means = data[picks].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(mean=float(data.mean()), low=float(low), high=float(high))


T = TypeVar("T")


def bootstrap_statistic(
    items: Sequence[T],
    measure: Callable[[Sequence[T]], float | None],
    *,
    level: float = 0.95,
    resamples: int = 500,
    seed: int = 0,
) -> tuple[float, float] | None:
    """Percentile bootstrap of any statistic of questions, such as an area under a curve.

    Resamples on which it is undefined (a class is missing) are passed over; None where it is
    undefined on more than half of them.
    """
    random = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        picks = random.integers(0, len(items), size=len(items))
        value = measure([items[i] for i in picks])
        if value is not None:
            values.append(value)
    if len(values) < resamples / 2:
        return None
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def compare(
    a: Sequence[float], b: Sequence[float], *, resamples: int = RESAMPLES, seed: int = 0
) -> Comparison:
    """Two systems on the same questions: paired bootstrap interval, paired permutation p-value.

    Raises:
        ValueError: the lists are empty or of different length.
    """
    differences = [y - x for x, y in zip(a, b, strict=True)]
    interval = bootstrap_interval(differences, resamples=resamples, seed=seed)
    return Comparison(difference=interval, p_value=permutation_p(differences, resamples=resamples, seed=seed))


def permutation_p(differences: Sequence[float], *, resamples: int = RESAMPLES, seed: int = 0) -> float:
    """Two-sided p-value that paired differences have mean 0, by flipping their signs at random.

    Add-one as in Phipson & Smyth 2010, so that it is never 0.
    """
    data = np.asarray(differences, dtype=np.float64)
    random = np.random.default_rng(seed)
    signs = random.choice([-1.0, 1.0], size=(resamples, len(data)))
    means = np.abs((signs * data).mean(axis=1))
    # Sums in another order differ in the last bits: an equal mean must count as equal.
    as_extreme = int((means >= abs(data.mean()) - 1e-12).sum())
    return (as_extreme + 1) / (resamples + 1)
