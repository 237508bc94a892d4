"""A request to stop work that is under way: at a shutdown, or where a job is cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, RLock


class Cancelled(Exception):
    """The work was asked to stop, and did, before it had written anything of its present batch."""


class Cancellation:
    """Set once, from any thread or a signal handler; work looks at it, or is called back.

    >>> stop = Cancellation()
    >>> stop.set()
    >>> stop.raise_if_set()
    Traceback (most recent call last):
    ingest.cancellation.Cancelled
    """

    def __init__(self) -> None:
        self._event = Event()
        self._lock = RLock()  # a signal handler may set it while its thread holds the lock
        self._callbacks: list[Callable[[], None]] = []

    def set(self) -> None:
        """Asks the work to stop; a second call does nothing new."""
        with self._lock:
            self._event.set()
            callbacks = tuple(self._callbacks)
        for callback in callbacks:
            callback()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until it is set, or so many seconds; whether it is set."""
        return self._event.wait(seconds)

    def raise_if_set(self) -> None:
        """Raises Cancelled if it is set."""
        if self._event.is_set():
            raise Cancelled

    @contextmanager
    def calling(self, callback: Callable[[], None]) -> Iterator[None]:
        """Calls ``callback`` when it is set while the block runs, or at once if it was set before.

        Args:
            callback: quick, and allowed more than once.
        """
        with self._lock:
            self._callbacks.append(callback)
            was_set = self._event.is_set()
        if was_set:
            callback()
        try:
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)
