"""What a request may take: bytes of body, a turn among the questions, seconds.

Work runs in as many threads as questions may be worked on at once. A thread can't be stopped, so
one that outlives its question keeps its turn until it is done: however many clients give up, no
more than that many threads are ever busy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import Busy, DeadlineExceeded
from rag.settings import LimitSettings

T = TypeVar("T")


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


class BodyLimit:
    """ASGI middleware that lets no more than ``limit`` bytes of a request's body in, or ``larger[path]``.

    Bytes are counted as they come; what Content-Length says can only end a request sooner.
    """

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], self._limit)
        declared = Headers(scope=scope).get("content-length", "")
        too_long = declared.isdecimal() and (len(declared) > 18 or int(declared) > limit)
        came = 0

        async def counted() -> Message:
            nonlocal came
            if too_long:
                raise _too_large()
            message = await receive()
            came += len(message.get("body", b""))
            if came > limit:
                raise _too_large()
            return message

        await self._app(scope, counted, send)


def _too_large() -> HTTPException:
    # The rest of the body is not read, so the connection can't be used again.
    return HTTPException(413, headers={"Connection": "close"})


class ConcurrencyLimiter:
    """Runs blocking work, ``concurrent`` pieces at once, ``waiting`` more in a queue.

    >>> turns = ConcurrencyLimiter(LimitSettings(concurrent=1, waiting=0))
    >>> asyncio.run(turns.run(lambda: 6 * 7))
    42
    >>> turns.close()
    """

    def __init__(self, limits: LimitSettings) -> None:
        self.seconds = limits.seconds
        self._threads = ThreadPoolExecutor(limits.concurrent, thread_name_prefix="saywhere-ask")
        self._room = BoundedSemaphore(limits.concurrent + limits.waiting)

    async def run(self, work: Callable[[], T]) -> T:
        """What ``work`` returns. Cancelled while it waits for its turn, it never begins.

        Raises:
            Busy: too many wait already.
            DeadlineExceeded: waiting and working took longer than ``seconds``.
        """
        if not self._room.acquire(blocking=False):
            raise Busy("too many questions at once; ask again in a moment")
        future = self._threads.submit(work)
        future.add_done_callback(lambda _: self._room.release())
        try:
            async with asyncio.timeout(self.seconds) as clock:
                return await asyncio.wrap_future(future)
        except TimeoutError:
            if clock.expired():
                raise DeadlineExceeded(f"no answer within {self.seconds:g} seconds") from None
            raise

    def close(self) -> None:
        """Waits for work under way; what still waits for its turn is cancelled."""
        self._threads.shutdown(wait=True, cancel_futures=True)


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """What ``work`` gives, unless the client goes away first: then work is cancelled.

    Raises:
        ClientGone: the client went away.
    """
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        return working.result()
    finally:
        working.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
