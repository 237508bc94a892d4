"""The files that documents were read from, kept in a folder under the sha256 of their bytes.

Documents of the same bytes share one file. A file is written before the catalog names it and removed after
the catalog has stopped to, so that a crash leaves at most files that nothing names; ``keep_only`` removes
those.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from rag.errors import StorageError, StorageFull
from rag.ports.catalog import Original

_NAME = re.compile(r"[0-9a-f]{64}")
_PART = ".part"  # ends the name of a file that isn't complete yet


class OriginalFiles:
    """Fulfils ``OriginalStore`` in one folder.

    >>> files = OriginalFiles(tmp_path / "originals", max_bytes=1_000_000)  # doctest: +SKIP
    >>> files.put(Original.of(b"%PDF-1.7 ...", "tariff.pdf", "application/pdf"))  # doctest: +SKIP

    Every method may raise StorageError (StorageFull where no space is left).

    Args:
        folder: made when the first file is kept.
        max_bytes: of all files together; a file that would exceed it isn't kept.
    """

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self.max_bytes = max_bytes

    def put(self, original: Original) -> None:
        """Keeps a file; it is on the disk when this returns."""
        path = self._path(original.record.sha256)
        with _mapped_errors(path):
            if path.exists():
                return
            self._folder.mkdir(mode=0o700, exist_ok=True)
            part = path.with_name(path.name + _PART)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(original.data)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(path)
            except OSError:
                with suppress(OSError):
                    part.unlink(missing_ok=True)
                raise
            _sync_folder(self._folder)

    def read(self, sha256: str) -> bytes | None:
        """The bytes of a file; None where it isn't kept (any more)."""
        path = self._path(sha256)
        with _mapped_errors(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def open(self, sha256: str) -> BinaryIO | None:
        """A file for reading, which the caller closes; None where it isn't kept (any more)."""
        path = self._path(sha256)
        with _mapped_errors(path):
            try:
                return path.open("rb")
            except FileNotFoundError:
                return None

    def remove(self, sha256s: Iterable[str]) -> None:
        """Removes files; those that aren't there are passed over."""
        for sha256 in sha256s:
            path = self._path(sha256)
            with _mapped_errors(path):
                path.unlink(missing_ok=True)

    def keep_only(self, sha256s: Container[str]) -> int:
        """Removes every other file of the folder; returns their number."""
        removed = 0
        with _mapped_errors(self._folder):
            for path in self._folder.iterdir() if self._folder.is_dir() else ():
                if path.name not in sha256s:
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _path(self, sha256: str) -> Path:
        """Raises ValueError for what is no hash, so that no other path is ever used."""
        if not _NAME.fullmatch(sha256):
            raise ValueError(f"no sha256: {sha256!r}")
        return self._folder / sha256


@contextmanager
def _mapped_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"no space left for {path}; what was stored before stands") from error
        raise StorageError(f"{path} can't be used: {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    """Has the folder's entries written to the disk, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
