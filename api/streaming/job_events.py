"""A job's states as server-sent events, across from the thread that works on it.

Form: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from starlette.concurrency import run_in_threadpool

from api.schemas.convert import job_out
from api.streaming.events import MEDIA_TYPE, event
from ingest.jobs import Ingestion
from rag.ports.jobs import Job

_QUIET = 15.0  # seconds after which a comment keeps proxies from closing the line

__all__ = ["MEDIA_TYPE", "Shutdown", "follow"]


class Shutdown:
    """Tells streams that the service stops, so that none of them holds it up."""

    def __init__(self) -> None:
        self.is_set = False
        self._queues: set[asyncio.Queue[Job | None]] = set()

    def set(self) -> None:
        """Ends every stream; to be called on the event loop."""
        self.is_set = True
        for queue in self._queues:
            queue.put_nowait(None)

    def add(self, queue: asyncio.Queue[Job | None]) -> None:
        self._queues.add(queue)

    def remove(self, queue: asyncio.Queue[Job | None]) -> None:
        self._queues.discard(queue)


async def follow(ingestion: Ingestion, job_id: str, stopping: Shutdown) -> AsyncGenerator[str]:
    """The job as it stands, then each new state of it, until it is over or the service stops."""
    loop = asyncio.get_running_loop()
    states: asyncio.Queue[Job | None] = asyncio.Queue()

    def told(job: Job) -> None:
        loop.call_soon_threadsafe(states.put_nowait, job)

    stopping.add(states)
    try:
        with ingestion.watching(job_id, told):
            job: Job | None = await run_in_threadpool(ingestion.store.get, job_id)
            while job is not None and not stopping.is_set:
                over = job.state.is_over
                yield event("done" if over else "progress", job_out(job, results=over))
                if over:
                    return
                while True:
                    try:
                        async with asyncio.timeout(_QUIET):
                            job = await states.get()
                        break
                    except TimeoutError:
                        yield ": still at it\n\n"
    finally:
        stopping.remove(states)
