"""The suggestions of each collection and view, made once for each state of the catalog."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from api.security.request_limits import ConcurrencyLimiter
from rag.types.view import View

Made = tuple[int, asyncio.Task[list[str]]]
Key = tuple[str, View]
"""A collection, and what of it is seen."""
_MAX_KEYS = 1_000


class SuggestionCache:
    """Shares the making of suggestions between requests; one that disconnects doesn't end it."""

    def __init__(self, limiter: ConcurrencyLimiter) -> None:
        self._limiter = limiter
        self._made: dict[Key, Made] = {}  # the catalog's generation, and the making

    async def get(self, key: Key, generation: int, make: Callable[[], list[str]]) -> list[str]:
        """The suggestions made from this generation of the catalog. Raises as ``ConcurrencyLimiter.run``.

        What failed is made anew at the next request.
        """
        made = self._made.get(key)
        if made is None or made[0] != generation or _has_failed(made[1]):
            made = generation, asyncio.create_task(self._limiter.run(make))
            self._made.pop(key, None)
            self._made[key] = made
            while len(self._made) > _MAX_KEYS:
                self._made.pop(next(iter(self._made)))
        return list(await asyncio.shield(made[1]))

    def close(self) -> None:
        """Ends what is being made."""
        for _, task in self._made.values():
            task.cancel()


def _has_failed(task: asyncio.Task[list[str]]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
