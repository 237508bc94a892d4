"""A job's states as server-sent events, passed from the worker's thread to the event loop.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from starlette.concurrency import run_in_threadpool

from api.schemas.convert import job_out
from api.streaming.events import event
from ingest.jobs import Ingestion
from rag.ports.jobs import Job

_KEEPALIVE_SECONDS = 15.0  # a comment after so much silence, so that proxies keep the connection


class Shutdown:
    """Ends the open streams when the service stops, so that none of them delays it."""

    def __init__(self) -> None:
        self.is_set = False
        self._queues: set[asyncio.Queue[Job | None]] = set()

    def set(self) -> None:
        """Ends every stream. To be called on the event loop."""
        self.is_set = True
        for queue in self._queues:
            queue.put_nowait(None)

    def add(self, queue: asyncio.Queue[Job | None]) -> None:
        """Registers a stream's queue; it receives None at the shutdown."""
        self._queues.add(queue)

    def remove(self, queue: asyncio.Queue[Job | None]) -> None:
        self._queues.discard(queue)


async def job_events(ingestion: Ingestion, job_id: str, shutdown: Shutdown) -> AsyncGenerator[str]:
    """The job's current state, then each new one, until it is over or the service stops."""
    loop = asyncio.get_running_loop()
    states: asyncio.Queue[Job | None] = asyncio.Queue()

    def on_change(job: Job) -> None:
        loop.call_soon_threadsafe(states.put_nowait, job)

    shutdown.add(states)
    try:
        with ingestion.watching(job_id, on_change):
            job: Job | None = await run_in_threadpool(ingestion.store.get, job_id)
            while job is not None and not shutdown.is_set:
                over = job.state.is_over
                yield event("done" if over else "progress", job_out(job, results=over))
                if over:
                    return
                while True:
                    try:
                        async with asyncio.timeout(_KEEPALIVE_SECONDS):
                            job = await states.get()
                        break
                    except TimeoutError:
                        yield ": still at it\n\n"
                        stored = await run_in_threadpool(ingestion.store.get, job_id)
                        if stored != job:  # another process works on it
                            job = stored
                            break
    finally:
        shutdown.remove(states)
