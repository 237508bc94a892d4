"""Asks unanswered questions again in the background, once the documents have changed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from api.backend import Backend
from api.security.request_limits import ConcurrencyLimiter
from rag.errors import SaywhereError
from rag.question_log.asking_again import ask_again

_LOG = logging.getLogger("saywhere.questions")
INTERVAL = 2.0  # seconds between two looks at the catalog
_PURGE_SECONDS = 3600.0  # between two deletions of what is too old


@asynccontextmanager
async def watching_gaps(app: FastAPI) -> AsyncIterator[None]:
    """Asks again while the block runs, if questions are logged, in one worker alone: one at a time, between
    readers' questions."""
    backend: Backend = app.state.backend
    if not backend.settings.question_log.enabled or app.state.worker not in (None, 1):
        yield
        return
    task = asyncio.create_task(_watch(backend, app.state.limiter))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(backend: Backend, limiter: ConcurrencyLimiter) -> None:
    seen, finished = -1, -1  # generations of the catalog
    purged = time.monotonic()
    while True:
        await asyncio.sleep(INTERVAL)
        try:
            if time.monotonic() - purged > _PURGE_SECONDS:
                purged = time.monotonic()
                await run_in_threadpool(backend.question_log.purge)
            generation = await run_in_threadpool(backend.catalog.generation)
            if generation == seen != finished and await _ask_all_again(backend, limiter, generation):
                finished = generation
            seen = generation  # while documents are still being written, it waits
        except SaywhereError as error:  # busy, or a store that can't be used now
            _LOG.warning("questions are not asked again yet: %s", error)


async def _ask_all_again(backend: Backend, limiter: ConcurrencyLimiter, generation: int) -> bool:
    """Asks what was last asked of other documents; False where the documents changed meanwhile."""
    while entries := await run_in_threadpool(backend.question_log.outdated, generation, limit=1):
        work = partial(ask_again, entries[0], backend.question_log, backend.engine.ask, generation=generation)
        await limiter.run(work)
        if await run_in_threadpool(backend.catalog.generation) != generation:
            return False
    return True
