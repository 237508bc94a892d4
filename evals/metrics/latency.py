"""Percentiles of times, by linear interpolation between order statistics (Hyndman & Fan 1996, type 7)."""

from __future__ import annotations

from collections.abc import Sequence


def percentile(values: Sequence[float], q: float) -> float | None:
    """The ``q``-th percentile, ``q`` in [0, 100]; None for no values. Same unit as the values.

    >>> percentile([10.0, 20.0, 30.0], 50)
    20.0
    """
    if not values:
        return None
    ordered = sorted(values)
    position = (len(ordered) - 1) * q / 100
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)
