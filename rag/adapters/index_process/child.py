"""One run of an index's process: starts it, sends calls, and ends it when it doesn't answer."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from rag.adapters.index_process import worker

_ROOT = Path(__file__).parents[3]
_ENVIRONMENT = frozenset({"PATH", "LANG", "LC_ALL", "TZ", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT"})
_SEND_SECONDS = 60  # without any progress
_CLOSE_SECONDS = 10.0
_FAULTS = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE})


class ProcessEnded(Exception):
    """The process ended before it answered: it ``crashed`` by a fault of its own, or this very call was
    ``frozen`` and the process was killed for it; otherwise it was ended from outside or by another call.
    """

    def __init__(self, message: str, *, crashed: bool = False, frozen: bool = False) -> None:
        super().__init__(message)
        self.crashed = crashed
        self.frozen = frozen

    def copy(self) -> ProcessEnded:
        """The same for another call to raise."""
        return ProcessEnded(str(self), crashed=self.crashed)


class Child:
    """A running process; safe to use from many threads.

    Args:
        name: ``module:class`` of the index, which takes its folder.
        folder: the index's folder, an absolute path.
        inherited: file descriptors that stay open in the process, such as that of the data folder's lock,
            which then is held until both processes have ended.
    """

    def __init__(self, name: str, folder: Path, *, inherited: Sequence[int] = ()) -> None:
        ours, theirs = socket.socketpair()
        # A process that is frozen reads nothing: without this, sending would wait for ever.
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _SEND_SECONDS, 0))
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own module, by our own interpreter)
                [sys.executable, "-m", worker.__name__, name, str(folder), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), *inherited),
                cwd="/",
                env=_environment(),
            )
        self._connection = Connection(ours.detach())
        self._numbers = count()
        self._pending: dict[int, Future[Any]] = {}
        self._lock = Lock()
        self._sending = Lock()
        self._end: ProcessEnded | None = None
        self._reader = Thread(target=self._read, name=f"saywhere-{folder.name}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._end is not None

    def call(
        self,
        method: str,
        arguments: Sequence[Any] = (),
        keywords: Mapping[str, Any] | None = None,
        *,
        seconds: float,
    ) -> Any:
        """The method's result.

        Raises:
            ProcessEnded: the process died, or took more than ``seconds`` and was killed.
            SaywhereError, ValueError: what the method raised.
        """
        future: Future[Any] = Future()
        with self._lock:
            if self._end is not None:
                raise self._end.copy()
            number = next(self._numbers)
            self._pending[number] = future
        try:
            with self._sending:
                self._connection.send((number, method, tuple(arguments), dict(keywords or {}), seconds))
            return future.result(seconds)
        except TimeoutError:
            reason = ProcessEnded(f"{method} took over {seconds:g} seconds", frozen=True)
            self._stop(reason.copy())
            raise reason from None
        except OSError as error:
            self._stop(ProcessEnded(f"{method} can't be sent: {error.strerror}"))
        finally:
            with self._lock:
                self._pending.pop(number, None)
        self._reader.join()
        assert self._end is not None  # noqa: S101 (for the type checker: the reader sets it last)
        raise self._end.copy()

    def close(self) -> None:
        """Closes the index and ends the process; kills it if it doesn't end by itself."""
        with suppress(Exception):
            self.call(worker.CLOSE, seconds=_CLOSE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """Ends the process at once; calls under way raise ProcessEnded."""
        self._stop(ProcessEnded("it was closed"))
        self._reader.join()

    def _stop(self, reason: ProcessEnded) -> None:
        with self._lock:
            if self._end is None:
                self._end = reason
        self._process.kill()

    def _read(self) -> None:
        """Hands responses to their callers, until the process ends."""
        with suppress(EOFError, OSError):
            while True:
                number, status, value = self._connection.recv()
                with self._lock:
                    future = self._pending.pop(number, None)
                    if status == "crash" and self._end is None:
                        self._end = ProcessEnded(str(value), crashed=True)
                if status == "crash":
                    self._process.kill()
                if future is None:
                    continue
                if status == "ok":
                    future.set_result(value)
                elif status == "error":
                    future.set_exception(value)
                else:
                    future.set_exception(ProcessEnded(str(value), crashed=True))
        self._process.kill()
        returned = self._process.wait()
        with self._lock:
            if self._end is None:
                self._end = ProcessEnded(_end_text(returned), crashed=-returned in _FAULTS or returned > 0)
            pending = list(self._pending.values())
            self._pending.clear()
        with self._sending:
            self._connection.close()
        for future in pending:
            future.set_exception(self._end.copy())


def _environment() -> dict[str, str]:
    """The little that the process needs: no settings, no key."""
    paths = [str(_ROOT), *(path for path in sys.path if path)]
    environment = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
    return environment | {"PYTHONPATH": os.pathsep.join(paths)}


def _end_text(returned: int) -> str:
    if returned < 0:
        return f"it was ended by {signal.Signals(-returned).name}"
    return f"it ended with status {returned}"
