"""The suggestions of each collection, made once for each state of the catalog, whoever asks first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from api.security.request_limits import ConcurrencyLimiter

Made = tuple[int, asyncio.Task[list[str]]]


class SuggestionCache:
    """Shares the making of suggestions between requests; one that disconnects doesn't end it."""

    def __init__(self, limiter: ConcurrencyLimiter) -> None:
        self._limiter = limiter
        self._made: dict[str, Made] = {}  # by collection: the catalog's generation, and the making

    async def get(self, collection: str, generation: int, make: Callable[[], list[str]]) -> list[str]:
        """The suggestions made from this generation of the catalog. Raises as ``ConcurrencyLimiter.run``.

        What failed is made anew at the next request.
        """
        made = self._made.get(collection)
        if made is None or made[0] != generation or _has_failed(made[1]):
            made = generation, asyncio.create_task(self._limiter.run(make))
            self._made[collection] = made
        return list(await asyncio.shield(made[1]))

    def close(self) -> None:
        """Ends what is being made."""
        for _, task in self._made.values():
            task.cancel()


def _has_failed(task: asyncio.Task[list[str]]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
