"""Repairs broken indexes of a running service."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from threading import Event, Thread

from rag.errors import SaywhereError
from rag.ports.rebuilding import RebuildableIndex
from rag.storage.library import Library

_LOG = logging.getLogger("saywhere.storage")
_RETRY_SECONDS = 30.0


class Repairs:
    """A thread that has the library rebuild an index when it breaks, until ``close``.

    Args:
        retry_seconds: between attempts, as while the disk is full.
    """

    def __init__(
        self, library: Library, indexes: Sequence[RebuildableIndex], *, retry_seconds: float = _RETRY_SECONDS
    ) -> None:
        self._library = library
        self._indexes = tuple(indexes)
        self._retry_seconds = retry_seconds
        self._stop = Event()
        self._wake = Event()
        self._thread = Thread(target=self._work, name="saywhere-repairs", daemon=True)
        for index in self._indexes:
            index.on_fault(self._wake.set)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread; a rebuild under way ends after its batch, and the next start does the rest."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            if all(index.is_ready for index in self._indexes):
                self._wake.wait()
            self._wake.clear()
            if self._stop.is_set():
                return
            try:
                self._library.recover(progress=self._check_stop)
            except _Stopped:
                return
            except SaywhereError as error:
                _LOG.error("the indexes can't be rebuilt yet: %s", error)
                self._stop.wait(self._retry_seconds)

    def _check_stop(self, _done: int, _total: int) -> None:
        if self._stop.is_set():
            raise _Stopped


class _Stopped(Exception):
    """The service is being closed."""
