"""The lock of a data folder: one process owns it, and the error of a second one names the first."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from rag.errors import DataFolderLocked, StorageError


class FolderLock:
    """A file lock; the operating system releases it when its process ends.

    >>> with FolderLock(tmp_path / "lock"):  # doctest: +SKIP
    ...     ...

    Args:
        path: the lock's file; a file beside it, with the suffix ``.owner``, names the process.
    """

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._owner = path.with_suffix(".owner")
        self._lock = FileLock(path)

    def acquire(self, *, url: str | None = None) -> None:
        """Acquires the lock without waiting. ``url`` is where this process serves, for the owner file.

        Raises:
            DataFolderLocked: another process has the lock; the message gives its pid and url.
            StorageError: the folder can't be made or written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self._owner.write_text(json.dumps({"pid": os.getpid(), "url": url}), "utf-8")
        except Timeout:
            raise DataFolderLocked(f"{self._folder} is in use by {_describe_owner(self._owner)}") from None
        except OSError as error:
            self._lock.release()
            raise StorageError(f"the data folder {self._folder} can't be used: {error.strerror}") from error

    def release(self) -> None:
        """Releases the lock; does nothing if this process doesn't have it."""
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


def _describe_owner(owner: Path) -> str:
    try:
        entry = json.loads(owner.read_text("utf-8"))
        pid, url = int(entry["pid"]), entry.get("url")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "another process"
    advice = f", which serves {url}: ask it there, or stop it" if url else ": stop it first"
    return f"process {pid}{advice}"
