"""Indexes that crash, freeze or panic as files in their folder say; run in a process of their own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from rag.errors import IndexUnavailable, StorageFull

FAULTS: dict[str, Callable[[], object]] = {
    "segfault": lambda: _die_by(signal.SIGSEGV),
    "killed": lambda: _die_by(signal.SIGKILL),
    "freeze": lambda: Event().wait(),
    "busy": lambda: _hold_interpreter(),
    "panic": lambda: _raise(_Panic("index out of bounds")),
    "full": lambda: _raise(StorageFull("no space left")),
    "unavailable": lambda: _raise(IndexUnavailable("it can't be read")),
}


class FaultyIndex:
    """Stores rows as files. A file ``METHOD.FAULT`` makes the method have the fault, once with ``.once``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self._fail("open")

    def add(self, name: str) -> None:
        self._fail("add")
        (self._folder / f"{name}.row").touch()

    def search(self, *_: object) -> list[str]:
        self._fail("search")
        return sorted(path.stem for path in self._folder.glob("*.row"))

    def pid(self) -> int:
        return os.getpid()

    def close(self) -> None:
        (self._folder / "closed").touch()

    def _fail(self, method: str) -> None:
        for name, fault in FAULTS.items():
            once = self._folder / f"{method}.{name}.once"
            if once.exists():
                once.unlink()
                fault()
            if (self._folder / f"{method}.{name}").exists():
                fault()


class _Panic(BaseException):
    """What a panic of Rust code is in Python: no Exception."""


def _die_by(number: signal.Signals) -> None:
    """Sends the signal to this thread; to the process it might be delivered after the call has answered."""
    signal.raise_signal(number)
    Event().wait()


def _raise(error: BaseException) -> None:
    raise error


def _hold_interpreter() -> None:
    """Runs native code that keeps the interpreter lock: no other thread of the process runs."""
    import ctypes

    ctypes.PyDLL(None).sleep(3_600)
    time.sleep(0)
