"""The steps of answering a question, passed from the worker's thread to the event loop as they end.

A consumer that stops early withdraws the question: one that is queued never starts, one that is running
ends at its next step.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable

from api.errors import ClientGone
from api.security.request_limits import ConcurrencyLimiter
from rag.types import Outcome, Step

Work = Callable[[Callable[[Step], None]], Outcome]
"""Blocking work that answers a question and calls its argument with each step as it ends."""


async def follow_steps(limiter: ConcurrencyLimiter, work: Work) -> AsyncGenerator[Step | Outcome]:
    """Each step as it ends, then the outcome.

    Raises:
        Busy: the queue is full.
        DeadlineExceeded: waiting and working took too long.
        SaywhereError: whatever ``work`` raises.
    """
    loop = asyncio.get_running_loop()
    steps: asyncio.Queue[Step | None] = asyncio.Queue()
    withdrawn = threading.Event()

    def observe(step: Step) -> None:
        if withdrawn.is_set():
            raise ClientGone
        loop.call_soon_threadsafe(steps.put_nowait, step)

    task = asyncio.ensure_future(limiter.run(lambda: work(observe)))
    task.add_done_callback(lambda _: steps.put_nowait(None))
    try:
        while (step := await steps.get()) is not None:
            yield step
        yield task.result()
    finally:
        withdrawn.set()
        task.cancel()


async def final_outcome(limiter: ConcurrencyLimiter, work: Work) -> Outcome:
    """The last item of ``follow_steps``; raises as it does."""
    *_, last = [item async for item in follow_steps(limiter, work)]
    assert not isinstance(last, Step)  # noqa: S101 (it ends with an outcome or raises)
    return last
