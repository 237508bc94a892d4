"""The process of one index: calls the index's methods as the service asks for them.

Started by ``child`` as ``python -m rag.adapters.index_process.worker MODULE:CLASS FOLDER FD``. Each request
is a tuple ``(number, method, arguments, keywords, seconds)``, each response ``(number, status, value)``, with
``status`` one of ``ok``, ``error`` (an exception to be raised by the caller) and ``crash`` (a panic of native
code: this process can't be used any more). The process ends when the service closes the connection or dies.
"""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

from rag.errors import IndexUnavailable, SaywhereError

OPEN, CLOSE = "open", "close"  # beside the methods of the index
_THREADS = 16
_ORPHAN_SECONDS = 10.0  # beyond a request's own: its caller ends this process before, unless it has died


def main() -> None:
    """Serves requests until the connection is closed."""
    name, folder, descriptor = sys.argv[1:]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # sent to the whole group; the service decides when to end
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    server = _Server(name, Path(folder), Connection(int(descriptor)))
    server.run()
    os._exit(0)  # without waiting for native threads


class _Server:
    def __init__(self, name: str, folder: Path, connection: Connection) -> None:
        self._name = name
        self._folder = folder
        self._connection = connection
        self._index: Any = None
        self._sending = Lock()
        self._watch_lock = Lock()
        self._nowhere = os.open(os.devnull, os.O_WRONLY)
        self._running = 0

    def run(self) -> None:
        """Reads requests in this thread and answers each from another."""
        pool = ThreadPoolExecutor(_THREADS)
        while True:
            try:
                request = self._connection.recv()
            except (EOFError, OSError):
                return
            self._begin(request[4])
            pool.submit(self._answer, *request[:4])

    def _answer(self, number: int, method: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
        response: tuple[int, str, Any]
        try:
            response = (number, "ok", self._call(method, arguments, keywords))
        except (SaywhereError, ValueError) as error:
            response = (number, "error", error)
        except BaseException as error:  # noqa: BLE001  # a Rust panic is no Exception
            message = f"{type(error).__name__}: {error}"
            if isinstance(error, Exception):
                response = (number, "error", IndexUnavailable(message))
            else:
                response = (number, "crash", message)
        finally:
            self._end()
        with self._sending:
            self._connection.send(response)

    def _call(self, method: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        if method == OPEN:
            module, _, name = self._name.partition(":")
            self._index = getattr(import_module(module), name)(self._folder)
            return None
        return getattr(self._index, method)(*arguments, **keywords)

    def _begin(self, seconds: float) -> None:
        """Has this process end by itself if the service has died and native code doesn't return.

        ``faulthandler`` counts in a thread of the operating system, so that it needs no interpreter lock.
        """
        with self._watch_lock:
            self._running += 1
            faulthandler.dump_traceback_later(seconds + _ORPHAN_SECONDS, exit=True, file=self._nowhere)

    def _end(self) -> None:
        with self._watch_lock:
            self._running -= 1
            if not self._running:
                faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    main()
