"""How often somebody may do something: a token bucket for each name.

https://en.wikipedia.org/wiki/Token_bucket: it holds a minute's worth and fills evenly.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

_NAMES = 10_000  # kept at most; the one unused longest is forgotten


class Rate:
    """Counts by name. Used from the event loop alone.

    >>> rate = Rate(per_minute=1, clock=lambda: 0.0)
    >>> rate.wait("a"), rate.wait("a"), rate.wait("b")
    (0, 60, 0)
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, name: str) -> int:
        """0, and one is taken; or the whole seconds until there is one."""
        now = self._clock()
        left, since = self._held.pop(name, (self._most, now))
        left = min(self._most, left + (now - since) * self._most / 60)
        missing = 1 - left
        self._held[name] = (left - 1 if missing <= 0 else left, now)
        if len(self._held) > _NAMES:
            self._held.popitem(last=False)
        return 0 if missing <= 0 else ceil(missing * 60 / self._most)
