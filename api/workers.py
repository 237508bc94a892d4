"""Several processes that answer at one address, over one database: ``saywhere serve --workers N``.

The supervisor binds one socket and forks the workers, which all accept on it. With a socket of its own for
each (SO_REUSEPORT), connections that wait for a worker would be reset when it dies; on a shared one another
accepts them. The supervisor opens no service: it has no threads when it forks, and nothing to crash by.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import TYPE_CHECKING

from api.listener import bound_socket
from api.server import GRACE_SECONDS
from rag.errors import InvalidSettings, SaywhereError
from rag.settings import Settings

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

_MAX_FAILED_STARTS = 5  # in a row, of one worker
_MAX_DELAY_SECONDS = 30.0
_STEADY_SECONDS = 10.0  # a worker that answered for so long is started anew at once
_log = logging.getLogger(__name__)

ServeOne = Callable[[Settings, socket.socket, int, Callable[[str], None]], None]
"""Serves on a bound socket as the worker of this number, from 1; calls its last argument when it answers."""


def serve_workers(
    settings: Settings,
    count: int,
    serve_one: ServeOne,
    *,
    host: str,
    port: int,
    say: Callable[[str], None],
) -> int:
    """Serves with so many workers until SIGTERM or SIGINT, then raises SystemExit(0).

    The first one starts alone, so that what is missing in the database is made once. Returns an exit status
    if a worker can't start.

    Raises:
        AddressTaken: host and port can't be bound.
        InvalidSettings: there is no database for them to share.
    """
    if settings.database_url is None:
        raise InvalidSettings(
            "several workers need a database (SAYWHERE_DATABASE_URL): one process owns a data folder, and "
            "uses all cores already, as models run in threads"
        )
    with bound_socket(host, port) as listener:
        return _Supervisor(worker_settings(settings, count), count, serve_one, listener, say).run()


def worker_settings(settings: Settings, count: int) -> Settings:
    """The settings of each of so many workers: what is bounded for the machine is divided among them.

    That is the threads of models where they go by cores, and the questions worked on and waiting.

    >>> worker_settings(Settings(limits={"concurrent": 4}), 2).limits.concurrent
    2
    """
    limits = settings.limits
    shared = limits.model_copy(
        update={"concurrent": ceil(limits.concurrent / count), "waiting": ceil(limits.waiting / count)}
    )
    threads = settings.threads or max(1, (os.cpu_count() or 1) // count)
    return settings.model_copy(update={"limits": shared, "threads": threads})


@dataclass(slots=True)
class _Worker:
    number: int
    process: ForkProcess | None = None
    answers: Connection | None = None  # has what it says when it answers; None once it was read
    ready_since: float | None = None
    failed_starts: int = 0
    short_lives: int = 0
    start_at: float = 0.0


class _Supervisor:
    def __init__(
        self,
        settings: Settings,
        count: int,
        serve_one: ServeOne,
        listener: socket.socket,
        say: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._serve_one = serve_one
        self._listener = listener
        self._say = say
        self._workers = [_Worker(number) for number in range(1, count + 1)]
        self._lifeline, self._held = os.pipe()  # ends for the workers when this process does

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _exit)
        try:
            return self._supervise()
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)  # stopping is under way, and takes bounded time
            self._stop()

    def _supervise(self) -> int:
        first, *others = self._workers
        text = ""
        self._start(first)
        said = False
        while True:
            for worker in self._wait():
                if worker.process is None or worker.process.is_alive():
                    continue
                status = self._ended(worker)
                if not said or worker.failed_starts >= _MAX_FAILED_STARTS:
                    print(f"saywhere: worker {worker.number} can't start", file=sys.stderr)
                    return status or 1
            for worker in self._workers:
                if worker.answers is not None and worker.answers.poll():
                    text = self._answers(worker) or text
            if first.ready_since is not None or said:
                for worker in self._workers:
                    if worker.process is None and worker.start_at <= time.monotonic():
                        self._start(worker)
            if not said and all(worker.ready_since is not None for worker in (first, *others)):
                said = True
                self._say(f"{text}\n{len(self._workers)} workers answer, each in a process of its own.")

    def _wait(self) -> list[_Worker]:
        """Returns when a worker says something or ends, or when one is due; those that there are."""
        handles: list[Connection | int] = []
        for worker in self._workers:
            if worker.process is not None:
                handles.append(worker.process.sentinel)
            if worker.answers is not None:
                handles.append(worker.answers)
        due = [w.start_at for w in self._workers if w.process is None]
        now = time.monotonic()
        first_starts = self._workers[0].ready_since is None and self._workers[0].process is not None
        wait(handles, None if not due or first_starts else max(0.0, min(due) - now))
        return self._workers

    def _start(self, worker: _Worker) -> None:
        mine, its = multiprocessing.Pipe(duplex=False)
        worker.ready_since = None
        worker.process = multiprocessing.get_context("fork").Process(
            target=self._work, args=(worker.number, its), name=f"saywhere-worker-{worker.number}"
        )
        worker.process.start()
        its.close()
        worker.answers = mine

    def _work(self, number: int, answers: Connection) -> None:
        """The worker's process."""
        os.close(self._held)
        threading.Thread(target=_end_with, args=(self._lifeline, self._settings), daemon=True).start()
        try:
            self._serve_one(self._settings, self._listener, number, answers.send)
        except InvalidSettings as error:
            print(f"saywhere: {error}", file=sys.stderr)
            raise SystemExit(2) from None
        except (SaywhereError, OSError) as error:
            print(f"saywhere: {error}", file=sys.stderr)
            raise SystemExit(1) from None

    def _answers(self, worker: _Worker) -> str:
        """What a worker says when it answers; empty if it ended before."""
        if worker.answers is None:
            return ""
        try:
            text = str(worker.answers.recv())
        except EOFError:
            text = ""
        else:
            worker.ready_since = time.monotonic()
            worker.failed_starts = 0
        worker.answers.close()
        worker.answers = None
        return text

    def _ended(self, worker: _Worker) -> int:
        """Has a worker that ended started anew, later the more often it ended soon; its exit status."""
        if worker.answers is not None and worker.answers.poll():
            self._answers(worker)
        status = None
        if worker.process is not None:
            status = worker.process.exitcode
            worker.process.close()
        worker.process = None
        now = time.monotonic()
        steady = worker.ready_since is not None and now - worker.ready_since >= _STEADY_SECONDS
        worker.failed_starts += worker.ready_since is None
        worker.short_lives = 0 if steady else worker.short_lives + 1
        delay = 0.0 if steady else min(_MAX_DELAY_SECONDS, 0.5 * 2 ** min(worker.short_lives, 10))
        worker.start_at = now + delay
        worker.ready_since = None
        _log.error("worker %d ended with status %s; it is started anew", worker.number, status)
        return status or 0

    def _stop(self) -> None:
        """Has all workers answer what they accepted, and end; kills those that take too long."""
        running = [worker.process for worker in self._workers if worker.process is not None]
        self._listener.close()  # it would keep connections that nobody accepts
        for process in running:
            process.terminate()
        os.close(self._held)  # for one that was forked but isn't in the list
        until = time.monotonic() + _end_seconds(self._settings)
        for process in running:
            process.join(max(0.0, until - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()
        os.close(self._lifeline)


def _end_seconds(settings: Settings) -> float:
    """How long a worker may take to end: a question's time, uvicorn's grace, and closing the service."""
    return settings.limits.seconds + 2 * GRACE_SECONDS


def _end_with(lifeline: int, settings: Settings) -> None:
    """Ends this process as SIGTERM does when the supervisor is gone; by force if that takes too long."""
    while os.read(lifeline, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_end_seconds(settings))
    os._exit(1)


def _exit(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
