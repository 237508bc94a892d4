"""The connections that a client has open, so that another thread can end what is under way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR
from threading import Event, Lock, Timer
from typing import Any

from ingest.cancellation import Cancellation

_OPENED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
_MOST = 4


class Connections:
    """Connections of an httpx client whose requests have ``extensions={"trace": connections.trace}``."""

    def __init__(self) -> None:
        self._streams: list[Any] = []
        self._lock = Lock()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """httpx calls it with each event of a connection."""
        if event in _OPENED:
            with self._lock:
                self._streams = [*self._streams[1 - _MOST :], info["return_value"]]

    def end(self) -> None:
        """Ends what is under way, from another thread; it raises there."""
        with self._lock:
            streams = tuple(self._streams)
        for stream in streams:
            connection = stream.get_extra_info("socket")
            if connection is not None:
                with suppress(OSError):
                    connection.shutdown(SHUT_RDWR)

    @contextmanager
    def within(self, seconds: float, cancellation: Cancellation) -> Iterator[Event]:
        """Ends what the block does after so many seconds, or once the work is to stop.

        The event tells whether the time was up.
        """
        late = Event()

        def end() -> None:
            late.set()
            self.end()

        watchdog = Timer(seconds, end)
        watchdog.daemon = True
        watchdog.start()
        try:
            with cancellation.calling(self.end):
                yield late
        finally:
            watchdog.cancel()
