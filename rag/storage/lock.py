"""One process owns a data folder; a second is told which one, instead of disagreeing silently."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from rag.errors import DataFolderLocked, StorageError


class FolderLock:
    """Held from ``acquire`` to ``release``; the operating system frees it when its process dies.

    >>> with FolderLock(tmp_path / "lock"):  # doctest: +SKIP
    ...     ...

    Args:
        path: the lock's file; beside it, named ``.owner``, lies who holds it.
    """

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._owner = path.with_suffix(".owner")
        self._lock = FileLock(path)

    def acquire(self, *, url: str | None = None) -> None:
        """Takes the lock at once or not at all. ``url`` is where this process serves.

        Raises:
            DataFolderLocked: another process holds it; the message gives its pid and url.
            StorageError: the folder can't be made or written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self._owner.write_text(json.dumps({"pid": os.getpid(), "url": url}), "utf-8")
        except Timeout:
            raise DataFolderLocked(f"{self._folder} is in use by {_described(self._owner)}") from None
        except OSError as error:
            self._lock.release()
            raise StorageError(f"the data folder {self._folder} can't be used: {error.strerror}") from error

    def release(self) -> None:
        """Gives the folder free; does nothing where the lock isn't held."""
        if self._lock.is_locked:
            self._owner.unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> FolderLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _described(owner: Path) -> str:
    try:
        found = json.loads(owner.read_text("utf-8"))
        pid, url = int(found["pid"]), found.get("url")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "another process"
    where = f", which serves {url}: ask it there, or stop it" if url else ": stop it first"
    return f"process {pid}{where}"
