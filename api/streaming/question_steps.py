"""The progress of a question, passed from the worker's thread to the event loop as it is made.

A consumer that stops early withdraws the question: one that is queued never starts, one that is running
ends at its next step.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable

from api.errors import ClientGone
from api.security.request_limits import ConcurrencyLimiter
from rag.types import Outcome, Progress

Work = Callable[[Callable[[Progress], None]], Outcome]
"""Blocking work that answers a question and calls its argument with all progress as it is made."""


async def follow_steps(limiter: ConcurrencyLimiter, work: Work) -> AsyncGenerator[Progress | Outcome]:
    """Each step as it ends and each drafted statement as it is verified, then the outcome.

    Raises:
        Busy: the queue is full.
        DeadlineExceeded: waiting and working took too long.
        SaywhereError: whatever ``work`` raises.
    """
    loop = asyncio.get_running_loop()
    steps: asyncio.Queue[Progress | None] = asyncio.Queue()
    withdrawn = threading.Event()

    def observe(progress: Progress) -> None:
        if withdrawn.is_set():
            raise ClientGone
        loop.call_soon_threadsafe(steps.put_nowait, progress)

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
    assert not isinstance(last, Progress)  # noqa: S101 (it ends with an outcome or raises)
    return last
