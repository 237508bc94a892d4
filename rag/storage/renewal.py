"""Makes the indexes of a running service anew in the background, for other models than theirs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from rag.errors import SaywhereError
from rag.storage.indexes import Progress

_LOG = logging.getLogger("saywhere.storage")
_RETRY_SECONDS = 30.0


class Renewal:
    """A thread that does ``build``, until it is done or the service is closed.

    Args:
        build: fills the new indexes, and has the service use them; it may be called again after an error,
            as of a full disk. What its argument raises ends it.
        retire: closes and removes the old indexes, once no question can use them any more.
        seconds: that a question may take.
    """

    def __init__(
        self,
        build: Callable[[Progress], None],
        retire: Callable[[], None],
        *,
        seconds: float,
        retry_seconds: float = _RETRY_SECONDS,
    ) -> None:
        self._build = build
        self._retire = retire
        self._seconds = seconds
        self._retry_seconds = retry_seconds
        self._stop = Event()
        self._thread = Thread(target=self._work, name="saywhere-renewal", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread; new indexes that aren't complete are gone on with at the next start."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self._build(self._check_stop)
                break
            except _Stopped:
                return
            except SaywhereError as error:
                _LOG.error("the indexes can't be made anew yet: %s", error)
                self._stop.wait(self._retry_seconds)
        else:
            return
        _LOG.warning("the indexes were made anew; questions are answered from them")
        self._stop.wait(self._seconds)
        self._retire()

    def _check_stop(self, _done: int, _total: int) -> None:
        if self._stop.is_set():
            raise _Stopped


class _Stopped(Exception):
    """The service is being closed."""
