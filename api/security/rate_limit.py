"""Rate limits by token bucket, one bucket a name.

https://en.wikipedia.org/wiki/Token_bucket: a bucket holds one minute's allowance and refills evenly.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

_MAX_NAMES = 10_000  # buckets in memory; the one unused longest is dropped


class RateLimit:
    """Counts uses by name. Not thread-safe: for the event loop.

    >>> limit = RateLimit(per_minute=1, clock=lambda: 0.0)
    >>> limit.take("a"), limit.take("a"), limit.take("b")
    (0, 60, 0)
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = float(per_minute)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> int:
        """Takes one use and returns 0; or takes none and returns the seconds to wait, rounded up."""
        now = self._clock()
        level, updated = self._buckets.pop(name, (self._capacity, now))
        level = min(self._capacity, level + (now - updated) * self._capacity / 60)
        missing = 1 - level
        self._buckets[name] = (level - 1 if missing <= 0 else level, now)
        if len(self._buckets) > _MAX_NAMES:
            self._buckets.popitem(last=False)
        return 0 if missing <= 0 else ceil(missing * 60 / self._capacity)
