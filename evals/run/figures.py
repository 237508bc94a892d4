"""A figure of a run: a value with its n and its 95 % interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from evals.statistics import bootstrap_interval, bootstrap_statistic

_MIN_ITEMS = 20  # of an interval of a figure that is no mean
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure over ``n`` cases (or citations), with the bounds of its 95 % interval.

    ``value`` is None where there is nothing to measure, ``low`` and ``high`` where there is no interval.
    """

    name: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    unit: str = ""


def mean(name: str, values: Iterable[float | None]) -> Figure:
    """The mean of the values that were measured."""
    measured = [value for value in values if value is not None]
    if not measured:
        return Figure(name=name, value=None, n=0)
    interval = bootstrap_interval(measured)
    return Figure(name=name, value=interval.mean, n=len(measured), low=interval.low, high=interval.high)


def statistic(
    name: str, items: Sequence[T], measure: Callable[[Sequence[T]], float | None], *, n: int | None = None
) -> Figure:
    """A figure that is no mean, with an interval by resampling its items.

    Args:
        n: how many items the figure is over, where that is not all of them.
    """
    value, count = measure(items), len(items) if n is None else n
    interval = None
    if value is not None and len(items) >= _MIN_ITEMS:
        interval = bootstrap_statistic(items, measure)
    if interval is None:
        return Figure(name=name, value=value, n=count)
    return Figure(name=name, value=value, n=count, low=interval[0], high=interval[1])
