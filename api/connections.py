"""Bounds on connections that uvicorn doesn't have: how many, how long a request's headers may take, and how
long a client may leave a response unread.

A client that is slow costs a connection and at most one chunk of its response, for a bounded time. Beyond the
maximum the connection that has been idle longest is closed, so that idle ones can't lock others out.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from api.problems.handlers import MEDIA_TYPE
from api.problems.kinds import BY_ERROR
from rag.errors import Busy
from rag.settings import LimitSettings

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as _Protocol
else:
    _Protocol = AutoHTTPProtocol

_MAX_HEADER_BYTES = 65_536
_LAST_SECONDS = 0.5  # at shutdown, for a request that is on its way on an idle connection


def bounded_protocol(limits: LimitSettings) -> type[asyncio.Protocol]:
    """uvicorn's own protocol class, with these limits."""

    class Bounded(_BoundedProtocol):
        _limits = limits

    return Bounded


class _BoundedProtocol(_Protocol):
    """A connection. Between requests ``_deadline`` runs; while it is open ``_watch`` looks for progress."""

    _limits: LimitSettings
    _deadline: asyncio.TimerHandle | None = None
    _watch: asyncio.TimerHandle | None = None
    _idle_since = 0.0
    _header_bytes = 0
    _unread = 0  # bytes that the client had still to read when ``_watch`` looked last
    _is_last = False  # the server stops: the next request is the last one
    _drained = False  # whether it has read most of what was sent since

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch_writing()
        self._await_request()
        if len(self.connections) > self._limits.connections and not self._make_room():
            transport.write(_BUSY)
            transport.close()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._in_request:
            self._stop_waiting()
            if self._is_last:
                self.cycle.keep_alive = False
            return
        self._header_bytes += len(data)
        if self._header_bytes > _MAX_HEADER_BYTES:
            self.transport.abort()
        elif self._deadline is None:
            self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        self._drained = True
        super().resume_writing()

    def shutdown(self) -> None:
        """Ends an idle connection in a moment, a busy one after its response; called when the server stops.

        A client may have sent a request that isn't read yet: closed at once, the connection would lose it.
        """
        if self._in_request:
            super().shutdown()
            return
        self._is_last = True
        self.loop.call_later(_LAST_SECONDS, self._close_idle)

    def _close_idle(self) -> None:
        if not self._in_request:
            self.transport.close()

    @property
    def _in_request(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _await_request(self) -> None:
        self._idle_since = time.monotonic()
        self._deadline = self.loop.call_later(self._limits.header_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        self._header_bytes = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self._in_request:
            self.transport.abort()

    def _make_room(self) -> bool:
        """Closes the connection without a request that has been idle longest; False where there is none."""
        idle: list[Any] = [
            other
            for other in self.connections
            if isinstance(other, _BoundedProtocol) and other is not self and not other._in_request
        ]
        if not idle:
            return False
        min(idle, key=lambda other: other._idle_since).transport.abort()
        return True

    def _watch_writing(self) -> None:
        """Cuts off a client that has read nothing since the last look; looks again later."""
        unread = self.transport.get_write_buffer_size()
        if unread and unread >= self._unread > 0 and not self._drained:
            self.transport.abort()
            return
        self._unread, self._drained = unread, False
        self._watch = self.loop.call_later(self._limits.write_seconds / 2, self._watch_writing)


def _busy() -> bytes:
    kind = BY_ERROR[Busy]
    problem = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": "too many connections",
    }
    body = json.dumps(problem).encode()
    head = (
        f"HTTP/1.1 {kind.status} Service Unavailable\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nRetry-After: {kind.retry_after}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


_BUSY = _busy()
