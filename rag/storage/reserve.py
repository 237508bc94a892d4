"""Disk space that is reserved ahead, so that documents can be removed and writes undone on a full disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rag.errors import StorageError

RESERVED_BYTES = 16_000_000
_MAX_SHARE = 0.1  # of the file system


class SpaceReserve:
    """A file of allocated, unused bytes; removals and recovery run on its space where no other is left.

    While it can't be held, nothing may be added: additions would use the space that removals need.

    Args:
        path: the file.
        size: its bytes, at most a tenth of the file system.

    Raises:
        StorageError: the folder can't be used.
    """

    def __init__(self, path: Path, size: int = RESERVED_BYTES) -> None:
        self._path = path
        try:
            self._size = min(size, int(shutil.disk_usage(path.parent).total * _MAX_SHARE))
        except OSError as error:
            raise StorageError(f"{path.parent} can't be used: {error.strerror}") from error

    @property
    def folder(self) -> Path:
        """The folder of the file."""
        return self._path.parent

    def hold(self) -> bool:
        """Whether the space is reserved, by this call or before."""
        try:
            if self._path.stat().st_size >= self._size:
                return True
        except OSError:
            pass
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                _allocate(descriptor, self._size)
            finally:
                os.close(descriptor)
        except OSError:
            self._release()
            return False
        return True

    def has_room(self, size: int) -> bool:
        """Whether the space is reserved and ``size`` bytes are left beside it."""
        try:
            return self.hold() and shutil.disk_usage(self._path.parent).free >= size
        except OSError:
            return False

    @contextmanager
    def released(self) -> Iterator[None]:
        """Frees the space for the block, and reserves it again afterwards, as far as there is any."""
        self._release()
        try:
            yield
        finally:
            self.hold()

    @contextmanager
    def released_if_short(self) -> Iterator[None]:
        """``released`` where less other space is left than is reserved; else only reserves it."""
        try:
            is_short = shutil.disk_usage(self._path.parent).free < self._size
        except OSError:
            is_short = True
        if is_short:
            self._release()
        try:
            yield
        finally:
            self.hold()

    def _release(self) -> None:
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _allocate(descriptor: int, size: int) -> None:
    """Allocates blocks for ``size`` bytes. Raises OSError."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
        return
    chunk = bytes(1 << 20)  # a system without it, such as macOS
    for start in range(0, size, len(chunk)):
        os.write(descriptor, chunk[: size - start])
