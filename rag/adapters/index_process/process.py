"""An index in a process of its own: started again when it dies, started over when its files are damaged."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any

from rag.adapters.index_folders import set_aside
from rag.adapters.index_process import worker
from rag.adapters.index_process.child import Child, ProcessEnded
from rag.errors import IndexUnavailable, StorageFull

_LOG = logging.getLogger("saywhere.storage")
_HURRY_SECONDS = 10.0
_MAX_FAILURES = 3  # of a process, in a row, that say nothing of its files


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimits:
    """Seconds after which a call counts as frozen, and its process is killed."""

    open: float = 900.0  # 100,000 passages take half a minute
    read: float = 60.0
    write: float = 180.0
    vacuum: float = 7_200.0


class IndexProcess:
    """Calls methods of an index in its process; safe to use from many threads.

    A process that dies is started again, and what it was doing is done again: an index's methods may run
    twice. An index that can't be opened, or fails or crashes twice over one call, or whose process ends three
    times in a row, is broken: every call raises IndexUnavailable until ``start_over``.

    After a full disk the process is replaced before the next write: Chroma may then never return from one.

    Args:
        name: ``module:class`` of the index, which takes its folder.
        folder: the index's folder.
        inherited: see ``Child``.
    """

    def __init__(
        self, name: str, folder: Path, *, limits: TimeLimits | None = None, inherited: Sequence[int] = ()
    ) -> None:
        self._name = name
        self._folder = folder.absolute()
        self._limits = limits or TimeLimits()
        self._inherited = tuple(inherited)
        self._lock = RLock()
        self._fault: str | None = None
        self._is_filling = False
        self._was_full = False
        self._failures = 0
        self._is_closed = False
        self._changes = 0
        self._notify: Callable[[], None] = lambda: None
        self._opened: Child | None = None
        self._child = self._start()

    @property
    def name(self) -> str:
        """That of its folder, without the part that tells a new one from the old."""
        return self._folder.name.partition("-")[0]

    @property
    def fault(self) -> str | None:
        """Why the index is broken; None if it isn't."""
        return self._fault

    @property
    def is_ready(self) -> bool:
        """Whether searches are possible: the index is neither broken nor being filled again."""
        return self._fault is None and not self._is_filling

    @property
    def changes(self) -> int:
        """A number that is another after each write, failed ones too: what was read before it may differ."""
        return self._changes

    def on_fault(self, callback: Callable[[], None]) -> None:
        """Has ``callback`` called, from any thread, when the index breaks."""
        self._notify = callback

    def open(self) -> None:
        """Waits until the index is open, or found broken.

        Raises:
            StorageFull: no space is left.
            IndexUnavailable: its folder can't be used at all.
        """
        while self._fault is None:
            try:
                self._ready_child()
            except StorageFull:
                raise
            except IndexUnavailable:
                if self._fault is not None and not self._folder.is_dir():
                    raise
            else:
                return

    def read(self, method: str, *arguments: Any, **keywords: Any) -> Any:
        return self._call(method, arguments, keywords, self._limits.read)

    def search(self, *arguments: Any, **keywords: Any) -> Any:
        """Raises IndexUnavailable also while the index is being filled again."""
        if self._is_filling:
            raise IndexUnavailable(f"the index in {self._folder} is being rebuilt")
        return self.read("search", *arguments, **keywords)

    def scan(self, method: str, *arguments: Any, **keywords: Any) -> Any:
        """A read that may take as long as a write."""
        return self._call(method, arguments, keywords, self._limits.write)

    def write(self, method: str, *arguments: Any, **keywords: Any) -> Any:
        seconds = self._limits.vacuum if method == "vacuum" else self._limits.write
        with self._lock:
            if self._was_full and not self._is_closed:
                full, self._child = self._child, self._start()
                full.close()
                self._was_full = False
        try:
            return self._call(method, arguments, keywords, seconds, is_write=True)
        finally:
            self._count_change()

    def start_over(self, *, keep: bool = True) -> Path | None:
        """Opens the index empty; only for one that is filled again from the catalog, until ``filled``.

        Args:
            keep: set the old files aside instead of removing them.

        Returns:
            Where the old files are, if they were kept.

        Raises:
            IndexUnavailable: an empty index can't be opened either.
            StorageFull: no space is left.
        """
        with self._lock:
            self._child.kill()
            kept = None
            if self._folder.is_dir() and keep:
                kept = set_aside(self._folder)
            elif self._folder.is_dir():
                shutil.rmtree(self._folder)
            self._fault, self._failures, self._is_filling = None, 0, True
            self._count_change()
            self._ready_child()
            return kept

    def filled(self) -> None:
        """Ends what ``start_over`` began: searches are possible again."""
        self._is_filling = False

    def hurry(self) -> None:
        """Has later reads count as frozen after ten seconds: the service is ending."""
        self._limits = replace(self._limits, read=min(self._limits.read, _HURRY_SECONDS))

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            self._child.close()

    def _call(
        self,
        method: str,
        arguments: Sequence[Any],
        keywords: dict[str, Any],
        seconds: float,
        *,
        is_write: bool = False,
    ) -> Any:
        for is_last in (False, True):
            child = self._ready_child()
            try:
                result = child.call(method, arguments, keywords, seconds=seconds)
            except ProcessEnded as error:
                self._failed(child, error, is_second=is_last)
                if is_last or error.frozen:
                    raise IndexUnavailable(f"the index in {self._folder} doesn't answer: {error}") from error
            except StorageFull:
                self._was_full = True
                raise
            except IndexUnavailable as error:
                child.kill()  # to be opened, and probed, anew
                self._failed(child, ProcessEnded(str(error), crashed=True), is_second=is_last)
                if is_last or is_write:
                    raise
            else:
                self._failures = 0
                return result
        raise AssertionError("unreachable")

    def _ready_child(self) -> Child:
        """The process with the index open. Raises IndexUnavailable and StorageFull."""
        child = self._child
        if self._opened is child and not child.has_ended and self._fault is None:
            return child
        with self._lock:
            if self._is_closed:
                raise IndexUnavailable(f"the index in {self._folder} is closed")
            if self._fault is not None:
                raise IndexUnavailable(f"the index in {self._folder} can't be used: {self._fault}")
            if self._child.has_ended:
                self._child = self._start()
            if self._opened is not self._child:
                self._open(self._child)
            return self._child

    def _open(self, child: Child) -> None:
        try:
            child.call(worker.OPEN, seconds=self._limits.open)
        except StorageFull:
            child.kill()
            raise
        except (IndexUnavailable, ProcessEnded, ValueError) as error:
            child.kill()
            self._failures += 1
            is_outside = isinstance(error, ProcessEnded) and not error.crashed
            if not is_outside or self._failures >= _MAX_FAILURES:
                self._break(str(error))
            raise IndexUnavailable(f"the index in {self._folder} can't be opened: {error}") from error
        self._opened = child

    def _failed(self, child: Child, error: ProcessEnded, *, is_second: bool) -> None:
        """Counts the failure of a process, once for all its calls; too many mean a broken index."""
        with self._lock:
            if child is not self._child or self._is_closed:
                return
            self._opened = None
            self._failures += 1
            _LOG.error("the process of %s ended: %s", self._folder.name, error)
            if (error.crashed and is_second) or self._failures >= _MAX_FAILURES:
                self._break(str(error))

    def _count_change(self) -> None:
        with self._lock:
            self._changes += 1

    def _break(self, fault: str) -> None:
        self._fault = fault
        self._notify()

    def _start(self) -> Child:
        return Child(self._name, self._folder, inherited=self._inherited)
