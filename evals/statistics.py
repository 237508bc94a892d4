"""How sure a figure is: bootstrap intervals, and paired tests between two systems.

The bootstrap is scipy's (percentile method, Efron & Tibshirani 1993). Two systems are compared on the same
questions by a randomisation test, as Smucker et al. 2007 (CIKM) recommend for retrieval. Everything is
deterministic by seed. scipy is imported where it is used: it takes half a second.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

RESAMPLES = 2_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean with the bounds between which it lies at the given level."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedComparison:
    """The mean of ``b - a`` over the same questions, its 95 % interval, and a two-sided p-value."""

    difference: Interval
    p_value: float


def bootstrap_interval(
    values: Sequence[float], *, level: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Percentile bootstrap of the mean of per-question values.

    Args:
        level: the share of the bootstrap distribution between the bounds, in (0, 1).
        resamples: how many samples of the same size are drawn, with replacement.

    Raises:
        ValueError: no values.
    """
    if not values:
        raise ValueError("an interval needs at least one value")
    data = np.asarray(values, dtype=np.float64)
    mean = float(data.mean())
    if len(data) == 1:  # nothing to resample
        return Interval(mean=mean, low=mean, high=mean)
    found = _bootstrap(data, np.mean, level=level, resamples=resamples, seed=seed, vectorized=True)
    low, high = found.confidence_interval
    return Interval(mean=mean, low=float(low), high=float(high))


def bootstrap_statistic(
    items: Sequence[T],
    measure: Callable[[Sequence[T]], float | None],
    *,
    level: float = 0.95,
    resamples: int = 500,
    seed: int = 0,
) -> tuple[float, float] | None:
    """Percentile bootstrap of any statistic of questions, such as an area under a curve.

    Resamples on which it is undefined (a class is missing) are left out; None where it is undefined on more
    than half of them.
    """

    def of_resample(positions: Sequence[float]) -> float:
        value = measure([items[int(position)] for position in positions])
        return float("nan") if value is None else value

    if len(items) < 2:
        value = measure(items)
        return None if value is None else (value, value)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The BCa confidence interval", RuntimeWarning)  # of undefined ones
        found = _bootstrap(
            np.arange(len(items)), of_resample, level=level, resamples=resamples, seed=seed, vectorized=False
        )
    values = found.bootstrap_distribution[~np.isnan(found.bootstrap_distribution)]
    if len(values) < resamples / 2:
        return None
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _bootstrap(
    data: Any, statistic: Callable[..., Any], *, level: float, resamples: int, seed: int, vectorized: bool
) -> Any:
    from scipy.stats import bootstrap

    return bootstrap(
        (data,),
        statistic,
        confidence_level=level,
        n_resamples=resamples,
        method="percentile",
        vectorized=vectorized,
        rng=np.random.default_rng(seed),
    )


def compare_paired(
    a: Sequence[float], b: Sequence[float], *, resamples: int = RESAMPLES, seed: int = 0
) -> PairedComparison:
    """Two systems on the same questions: paired bootstrap interval, paired permutation p-value.

    Raises:
        ValueError: the lists are empty or of different length.
    """
    differences = [y - x for x, y in zip(a, b, strict=True)]
    return PairedComparison(
        difference=bootstrap_interval(differences, resamples=resamples, seed=seed),
        p_value=permutation_p(differences, resamples=resamples, seed=seed),
    )


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


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """p-values corrected for their number (Holm 1979), never above 1.

    >>> holm({"a": 0.01, "b": 0.04})
    {'a': 0.02, 'b': 0.04}
    """
    corrected: dict[str, float] = {}
    largest = 0.0
    for rank, (name, p) in enumerate(sorted(p_values.items(), key=lambda pair: (pair[1], pair[0]))):
        largest = max(largest, min(1.0, p * (len(p_values) - rank)))
        corrected[name] = largest
    return corrected
