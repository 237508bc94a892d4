"""The two search indexes as one: what is written to both, and whether both hold the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rag.ports.catalog import Change
from rag.ports.embedder import Embedder
from rag.ports.indexes import DenseIndex, LexicalIndex, PassageRow, SentenceRow
from rag.storage import index_rows as units
from rag.types import Document, Passage

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

Progress = Callable[[int, int], None]
"""Called with how many sentences were embedded, of how many."""

_EMBEDDED_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """All that the indexes get of some documents of one collection; ``vectors`` in order of ``units``."""

    collection: str
    units: tuple[SentenceRow, ...]
    vectors: Vectors
    rows: tuple[PassageRow, ...]


class Indexes:
    """Writes units with their vectors to the dense index, terms to the lexical one.

    Args:
        context: whether title and headings are embedded with each sentence.
    """

    def __init__(
        self, dense: DenseIndex, lexical: LexicalIndex, embedder: Embedder, *, context: bool
    ) -> None:
        self._dense = dense
        self._lexical = lexical
        self._embedder = embedder
        self._context = context

    @property
    def fingerprint(self) -> str:
        """Names the embedder and the way units are made; what was indexed under another is useless."""
        return f"{self._embedder.fingerprint} {units.fingerprint(context=self._context)}"

    def prepare(self, changes: Sequence[Change], progress: Progress | None = None) -> list[Entry]:
        """Embeds; writes nothing.

        Raises:
            ModelError: the embedder can't be loaded.
        """
        total = sum(len(passage.sentences) for change in changes for passage in change.passages)
        done = 0
        entries = []
        for collection, group in groupby(sorted(changes, key=_collection), key=_collection):
            pairs = [(change.document, passage) for change in group for passage in change.passages]
            made = tuple(unit for pair in pairs for unit in units.units(*pair, context=self._context))
            vectors = self._embedded([unit.text for unit in made], done, total, progress)
            done += len(made)
            rows = tuple(units.passage_row(*pair) for pair in pairs)
            entries.append(Entry(collection=collection, units=made, vectors=vectors, rows=rows))
        return entries

    def add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._dense.add(entry.collection, entry.units, entry.vectors)
            self._lexical.add(entry.collection, entry.rows)

    def remove(self, collection: str, versions: Sequence[tuple[str, str]]) -> None:
        for document_id, version in versions:
            self._dense.remove(collection, document_id, version)
        self._lexical.remove(collection, versions)

    def remove_strays(self, document: Document, passages: Sequence[Passage]) -> None:
        """Removes what is indexed of this version but is no part of these passages."""
        version = (document.id, document.sha256)
        keep = units.unit_ids(passages)
        self._dense.remove(document.collection, *version, keep=keep)
        self._lexical.remove(document.collection, [version], keep={p.id for p in passages})

    def versions(self, collection: str) -> dict[str, set[tuple[str, str]]]:
        """What each index holds, by the index's name."""
        return {
            "dense": self._dense.versions(collection),
            "lexical": self._lexical.versions(collection),
        }

    def counts(self, collection: str) -> dict[str, int]:
        """Sentences in the dense index, passages in the lexical one."""
        return {"dense": self._dense.count(collection), "lexical": self._lexical.count(collection)}

    def collections(self) -> set[str]:
        return self._dense.collections() | self._lexical.collections()

    def drop(self, collection: str) -> None:
        self._dense.drop(collection)
        self._lexical.drop(collection)

    def vacuum(self) -> None:
        self._dense.vacuum()
        self._lexical.vacuum()

    def _embedded(self, texts: list[str], done: int, total: int, progress: Progress | None) -> Vectors:
        import numpy as np

        parts = [self._embedder.embed([])]
        for batch in _batches(texts):
            parts.append(self._embedder.embed(batch))
            done += len(batch)
            if progress is not None:
                progress(done, total)
        return np.concatenate(parts)


def _collection(change: Change) -> str:
    return change.document.collection


def _batches(texts: list[str]) -> Iterator[list[str]]:
    return (texts[i : i + _EMBEDDED_AT_ONCE] for i in range(0, len(texts), _EMBEDDED_AT_ONCE))
