"""One process owns a data folder; a second is told which one, instead of disagreeing silently."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from rag.errors import DataFolderLocked, StorageError

_NAME = "lock"
_OWNER = "owner.json"


class FolderLock:
    """Held from construction until ``close``; the operating system frees it when its process dies.

    >>> with FolderLock(tmp_path):  # doctest: +SKIP
    ...     ...

    Args:
        path: the data folder; made where it is absent.
        url: where this process serves, so that a second one can say it.

    Raises:
        DataFolderLocked: another process holds it; the message gives its pid and url.
        StorageError: the folder can't be made or written.
    """

    def __init__(self, path: Path, *, url: str | None = None) -> None:
        self._owner = path / _OWNER
        self._lock = FileLock(path / _NAME)
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self._owner.write_text(json.dumps({"pid": os.getpid(), "url": url}), "utf-8")
        except Timeout:
            raise DataFolderLocked(f"{path} is in use by {_described(self._owner)}") from None
        except OSError as error:
            self._lock.release()
            raise StorageError(f"the data folder {path} can't be used: {error.strerror}") from error

    def close(self) -> None:
        """Gives the folder free; a second call does nothing."""
        if self._lock.is_locked:
            self._owner.unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> FolderLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _described(owner: Path) -> str:
    try:
        found = json.loads(owner.read_text("utf-8"))
        pid, url = int(found["pid"]), found.get("url")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "another process"
    return (
        f"process {pid}, which serves {url}: ask it there, or stop it"
        if url
        else f"process {pid}: stop it first"
    )
