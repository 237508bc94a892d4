"""Limits on requests: bytes and seconds of a body, questions at once, seconds of work.

Questions run in a thread pool with as many threads as questions may run at once. A thread can't be stopped:
if its client disconnects or its time is over, it still counts as running until it ends. So a client that
disconnects and asks again doesn't raise the number of threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import BoundedSemaphore, Lock
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ClientGone
from rag.errors import Busy, DeadlineExceeded
from rag.settings import LimitSettings

T = TypeVar("T")

_BYTES_PER_SECOND = 10_000
_CHUNK_BYTES = 65_536


class BodyLimit:
    """ASGI middleware that bounds request bodies (413).

    Bytes are counted as they arrive; Content-Length can only end a request sooner.

    Args:
        limit: bytes of a body.
        limits_by_path: other limits, for these paths.
    """

    def __init__(self, app: ASGIApp, limit: int, limits_by_path: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._limits_by_path = limits_by_path or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limits_by_path.get(scope["path"], self._limit)
        declared = Headers(scope=scope).get("content-length", "")
        too_long = declared.isdecimal() and (len(declared) > 18 or int(declared) > limit)
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            if too_long:
                raise _too_large()
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large()
            return message

        await self._app(scope, receive_within_limit, send)


class BodyTimeout:
    """ASGI middleware that bounds the time that a request's body takes to arrive (408).

    Args:
        seconds: for any body, and a second more for each ``_BYTES_PER_SECOND`` of it that have arrived.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + self._seconds
        is_complete = False

        async def receive_in_time() -> Message:
            nonlocal until, is_complete
            if is_complete:  # what comes is the disconnect, whenever that is
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            until += len(message.get("body", b"")) / _BYTES_PER_SECOND
            is_complete = not message.get("more_body", False)
            return message

        await self._app(scope, receive_in_time, send)


class ResponseChunks:
    """ASGI middleware that sends a long response in chunks, each when the client has read most of the last.

    In one piece it would be copied whole into the connection's buffer, and lie there for a slow client.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_chunks(message: Message) -> None:
            body = message.get("body", b"")
            if message["type"] != "http.response.body" or len(body) <= _CHUNK_BYTES:
                await send(message)
                return
            for start in range(0, len(body), _CHUNK_BYTES):
                is_last = start + _CHUNK_BYTES >= len(body)
                more = message.get("more_body", False) or not is_last
                await send({**message, "body": body[start : start + _CHUNK_BYTES], "more_body": more})

        await self._app(scope, receive, send_chunks if scope["type"] == "http" else send)


def _too_large() -> HTTPException:
    # The rest of the body stays unread, so the connection can't be used for another request.
    return HTTPException(413, headers={"Connection": "close"})


class ConcurrencyLimiter:
    """Runs blocking work in threads: ``limits.concurrent`` at once, ``limits.waiting`` more in a queue.

    >>> limiter = ConcurrencyLimiter(LimitSettings(concurrent=1, waiting=0))
    >>> asyncio.run(limiter.run(lambda: 6 * 7))
    42
    >>> limiter.close()
    """

    def __init__(self, limits: LimitSettings) -> None:
        self.seconds = limits.seconds
        self._executor = ThreadPoolExecutor(limits.concurrent, thread_name_prefix="saywhere-ask")
        self._concurrent = limits.concurrent
        self._places = BoundedSemaphore(limits.concurrent + limits.waiting)
        self._taken = 0
        self._lock = Lock()

    async def run(self, work: Callable[[], T]) -> T:
        """The result of ``work``. Cancelled while it is queued, the work never starts.

        Raises:
            Busy: the queue is full.
            DeadlineExceeded: waiting and working took longer than ``seconds``.
        """
        if not self._places.acquire(blocking=False):
            raise Busy("too many questions at once; ask again in a moment")
        self._count(1)
        future = self._executor.submit(copy_context().run, work)  # with the request's id and span
        future.add_done_callback(lambda _: self._leave())
        try:
            async with asyncio.timeout(self.seconds) as timer:
                return await asyncio.wrap_future(future)
        except TimeoutError:
            if timer.expired():
                raise DeadlineExceeded(f"no answer within {self.seconds:g} seconds") from None
            raise

    @property
    def running(self) -> int:
        """How much is worked on now."""
        return min(self._taken, self._concurrent)

    @property
    def waiting(self) -> int:
        """How much waits for its turn."""
        return max(0, self._taken - self._concurrent)

    def close(self) -> None:
        """Waits for running work; cancels what is queued."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _leave(self) -> None:
        self._count(-1)
        self._places.release()

    def _count(self, change: int) -> None:
        with self._lock:
            self._taken += change


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """The result of ``work``, which is cancelled if the client disconnects first.

    Raises:
        ClientGone: the client disconnected.
    """
    task = asyncio.ensure_future(work)
    disconnect = asyncio.ensure_future(_disconnect(request))
    try:
        await asyncio.wait({task, disconnect}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGone
        return task.result()
    finally:
        task.cancel()
        disconnect.cancel()


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
