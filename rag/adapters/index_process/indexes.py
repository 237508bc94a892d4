"""The dense and the lexical index as their ports, each in a process of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from rag.adapters.index_process.process import IndexProcess
from rag.ports.indexes import Hit, PassageRow, SentenceRow

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors


_ROWS_PER_CALL = 2_000  # so that a call's time doesn't depend on the size of a document


class ProcessDenseIndex:
    """Fulfils ``DenseIndex`` over an index in another process."""

    def __init__(self, process: IndexProcess) -> None:
        self.process = process

    def add(self, collection: str, rows: Sequence[SentenceRow], vectors: Vectors) -> None:
        if len(rows) != len(vectors):
            raise ValueError("as many vectors as rows")
        for start in range(0, len(rows), _ROWS_PER_CALL):
            part = [_without_text(row) for row in rows[start : start + _ROWS_PER_CALL]]
            self.process.write("add", collection, part, vectors[start : start + _ROWS_PER_CALL])

    def remove(
        self, collection: str, document_id: str, version: str, *, keep: AbstractSet[str] = frozenset()
    ) -> None:
        self.process.write("remove", collection, document_id, version, keep=frozenset(keep))

    def search(
        self, collection: str, vector: Vectors, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        return list(self.process.search(collection, vector, k, within=within))

    def versions(self, collection: str) -> set[tuple[str, str]]:
        return set(self.process.scan("versions", collection))

    def count(self, collection: str) -> int:
        return int(self.process.read("count", collection))

    def collections(self) -> set[str]:
        return set(self.process.read("collections"))

    def drop(self, collection: str) -> None:
        self.process.write("drop", collection)

    def vacuum(self) -> None:
        self.process.write("vacuum")

    def close(self) -> None:
        self.process.close()


class ProcessLexicalIndex:
    """Fulfils ``LexicalIndex`` over an index in another process."""

    def __init__(self, process: IndexProcess) -> None:
        self.process = process
        self._counts: dict[str, tuple[int, int]] = {}  # by collection: the process's changes, the rows

    def add(self, collection: str, rows: Sequence[PassageRow]) -> None:
        for start in range(0, len(rows), _ROWS_PER_CALL):
            self.process.write("add", collection, list(rows[start : start + _ROWS_PER_CALL]))

    def remove(
        self,
        collection: str,
        versions: Iterable[tuple[str, str]],
        *,
        keep: AbstractSet[str] = frozenset(),
    ) -> None:
        self.process.write("remove", collection, list(versions), keep=frozenset(keep))

    def search(
        self, collection: str, query: str, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        return list(self.process.search(collection, query, k, within=within))

    def versions(self, collection: str) -> set[tuple[str, str]]:
        return set(self.process.scan("versions", collection))

    def count(self, collection: str) -> int:
        """See the port. It is asked for with every question: between writes the process is asked once."""
        changes = self.process.changes
        counted_at, count = self._counts.get(collection, (-1, 0))
        if counted_at != changes or not self.process.is_ready:
            count = int(self.process.read("count", collection))
            self._counts[collection] = changes, count
        return count

    def collections(self) -> set[str]:
        return set(self.process.read("collections"))

    def drop(self, collection: str) -> None:
        self.process.write("drop", collection)

    def vacuum(self) -> None:
        self.process.write("vacuum")

    def close(self) -> None:
        self.process.close()


def _without_text(row: SentenceRow) -> SentenceRow:
    """The row as the dense index stores it: its text is in the vector alone."""
    return SentenceRow(
        passage_id=row.passage_id,
        sentence_index=row.sentence_index,
        document_id=row.document_id,
        version=row.version,
        text="",
    )
