"""A dense index without rows, where the model that a real one was made with isn't there any more."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from rag.ports.indexes import Hit, LexicalIndex, SentenceRow

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors


class NoDense:
    """Fulfils ``DenseIndex`` without storing anything: searches find nothing.

    It says that it has the versions that the lexical index has, so that none counts as missing.
    """

    def __init__(self, lexical: LexicalIndex) -> None:
        self._lexical = lexical

    def add(self, collection: str, rows: Sequence[SentenceRow], vectors: Vectors) -> None:
        """Stores nothing."""

    def remove(
        self, collection: str, document_id: str, version: str, *, keep: AbstractSet[str] = frozenset()
    ) -> None:
        """There is nothing to remove."""

    def search(
        self, collection: str, vector: Vectors, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        del collection, vector, k, within
        return []

    def versions(self, collection: str) -> set[tuple[str, str]]:
        return self._lexical.versions(collection)

    def count(self, collection: str) -> int:
        del collection
        return 0

    def collections(self) -> set[str]:
        return set()

    def drop(self, collection: str) -> None:
        """There is nothing to drop."""

    def vacuum(self) -> None:
        """There are no files."""

    def close(self) -> None:
        """There is nothing to close."""
