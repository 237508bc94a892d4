"""The lock of a data folder: one process owns it, and the error of a second one names the first."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from rag.errors import DataFolderLocked, StorageError

_ORPHANS_SECONDS = 60.0  # the indexes' processes end soon after that of the service


class FolderLock:
    """A file lock; the operating system releases it when its process ends.

    >>> with FolderLock(tmp_path / "lock"):  # doctest: +SKIP
    ...     ...

    Args:
        path: the lock's file; a file beside it, with the suffix ``.owner`` and mode 0600, names the process
            and where it serves. It is removed with the lock.
    """

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._path = path
        self._owner = path.with_suffix(".owner")
        self._lock = FileLock(path, mode=0o600)

    @property
    def descriptor(self) -> int | None:
        """The lock's file descriptor while it is held: a process that inherits it holds the lock too, until
        it ends or this process releases it.
        """
        descriptor: int | None = self._lock._context.lock_file_fd
        return descriptor

    def acquire(self, *, url: str | None = None) -> None:
        """Acquires the lock without waiting, except for what a killed process has left running.

        Args:
            url: where this process serves, for the owner file.

        Raises:
            DataFolderLocked: another process has the lock; the message gives its pid and url.
            StorageError: the folder can't be made or written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                if _has_owner(self._owner):
                    raise
                self._lock.acquire(timeout=_ORPHANS_SECONDS)
            _write_owner(self._owner, url)
        except Timeout:
            message = f"{self._folder} is in use by {_describe_owner(self._owner)}"
            raise DataFolderLocked(message, url=_served_url(self._owner, self._path)) from None
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


def _write_owner(owner: Path, url: str | None) -> None:
    """Names this process in the owner file, as far as there is space for it."""
    try:
        owner.unlink(missing_ok=True)
        owner.touch(0o600)
        owner.write_text(json.dumps({"pid": os.getpid(), "url": url}), "utf-8")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def _has_owner(owner: Path) -> bool:
    """Whether the process of the owner file runs; True where that can't be told."""
    try:
        pid = int(json.loads(owner.read_text("utf-8"))["pid"])
        os.kill(pid, 0)
        # A killed process stays in the table, as a zombie, until its parent asks for its status.
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return True


def _served_url(owner: Path, lock: Path) -> str | None:
    """Where the lock's owner serves, if the owner file is to be believed: nobody but the lock's user can have
    written it, and the process that it names runs and is that user's.
    """
    try:
        descriptor = os.open(owner, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, encoding="utf-8") as file:
            status = os.fstat(descriptor)
            entry = json.load(file)
        pid, url = int(entry["pid"]), entry["url"]
        is_private = status.st_uid == lock.stat().st_uid and not status.st_mode & 0o077
        is_theirs = (
            Path(f"/proc/{pid}").stat().st_uid == status.st_uid if Path("/proc/self").exists() else True
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return url if isinstance(url, str) and is_private and is_theirs and _has_owner(owner) else None


def _describe_owner(owner: Path) -> str:
    try:
        entry = json.loads(owner.read_text("utf-8"))
        pid, url = int(entry["pid"]), entry.get("url")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "another process"
    advice = f", which serves {url}: ask it there, or stop it" if url else ": stop it first"
    return f"process {pid}{advice}"
