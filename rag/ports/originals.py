"""The store of the files that documents were read from, each under the sha256 of its bytes."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import BinaryIO, Protocol

from rag.ports.catalog import Original


class OriginalStore(Protocol):
    """Kept files; documents of the same bytes share one.

    Every method may raise StorageError (StorageFull where no space is left).
    """

    @property
    def max_bytes(self) -> int:
        """The most bytes of all files together."""
        ...

    def put(self, original: Original) -> None:
        """Keeps a file; it is durable when this returns, or when the transaction ends that it is part of."""
        ...

    def read(self, sha256: str) -> bytes | None:
        """The bytes of a file; None where it isn't kept (any more)."""
        ...

    def open(self, sha256: str) -> BinaryIO | None:
        """A file for reading, which the caller closes; None where it isn't kept (any more)."""
        ...

    def remove(self, sha256s: Iterable[str]) -> None:
        """Removes files; those that aren't there are passed over."""
        ...

    def keep_only(self, sha256s: Container[str]) -> int:
        """Removes every other file; returns their number."""
        ...
