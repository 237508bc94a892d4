"""A question's steps as they end, across from the thread that works on it.

Whoever stops listening withdraws the question: one that waits never begins, one under way ends with
the step it is at.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable

from api.security.request_limits import ClientGone, ConcurrencyLimiter
from rag.types import Outcome, Step

Asks = Callable[[Callable[[Step], None]], Outcome]


async def follow(turns: ConcurrencyLimiter, asks: Asks) -> AsyncGenerator[Step | Outcome]:
    """Each step as it ends, then the outcome.

    Args:
        asks: works in a thread and tells each step to what it is given.

    Raises:
        Busy: too many wait already.
        DeadlineExceeded: waiting and working took too long.
        SaywhereError: whatever ``asks`` raises.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Queue[Step | None] = asyncio.Queue()
    withdrawn = threading.Event()

    def observe(step: Step) -> None:
        if withdrawn.is_set():
            raise ClientGone
        loop.call_soon_threadsafe(ended.put_nowait, step)

    asking = asyncio.ensure_future(turns.run(lambda: asks(observe)))
    asking.add_done_callback(lambda _: ended.put_nowait(None))
    try:
        while (step := await ended.get()) is not None:
            yield step
        yield asking.result()
    finally:
        withdrawn.set()
        asking.cancel()


async def outcome(turns: ConcurrencyLimiter, asks: Asks) -> Outcome:
    """What ``follow`` gives at its end."""
    *_, last = [found async for found in follow(turns, asks)]
    assert not isinstance(last, Step)  # noqa: S101 (it ends with an outcome or raises)
    return last
