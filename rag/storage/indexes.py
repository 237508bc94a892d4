"""The two search indexes as one: embeds, and writes to both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rag.ports.catalog import Change
from rag.ports.embedder import Embedder
from rag.ports.indexes import DenseIndex, LexicalIndex, PassageRow, SentenceRow
from rag.storage import index_rows
from rag.types import Document, Passage

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

Progress = Callable[[int, int], None]
"""Called with the number of sentences embedded so far and their total, every few hundred sentences.

What it raises ends the work.
"""

_SENTENCES_PER_BATCH = 256
_PASSAGES_PER_BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRows:
    """Rows of one collection for both indexes.

    ``vectors`` has shape ``(len(sentence_rows), dimensions)``, in the order of ``sentence_rows``.
    """

    collection: str
    sentence_rows: tuple[SentenceRow, ...]
    vectors: Vectors
    passage_rows: tuple[PassageRow, ...]


class Indexes:
    """Both indexes and the embedder. Index calls may raise IndexUnavailable and StorageFull.

    Args:
        context: whether title and headings are embedded with each sentence.
        fingerprint: that of the indexes, where it isn't that of the embedder and the rules for rows.
    """

    def __init__(
        self,
        dense: DenseIndex,
        lexical: LexicalIndex,
        embedder: Embedder,
        *,
        context: bool,
        fingerprint: str | None = None,
    ) -> None:
        self._fingerprint = fingerprint
        self._dense = dense
        self._lexical = lexical
        self._embedder = embedder
        self._context = context

    @property
    def fingerprint(self) -> str:
        """Names the embedder and how rows are made; an index of another fingerprint has to be rebuilt."""
        return self._fingerprint or index_fingerprint(self._embedder, context=self._context)

    def prepare(self, changes: Sequence[Change], progress: Progress | None = None) -> list[IndexRows]:
        """Makes the rows of all changes and embeds them; writes nothing.

        Raises:
            ModelError: the embedder can't be loaded.
        """
        total = sum(len(passage.sentences) for change in changes for passage in change.passages)
        done = 0
        prepared = []
        for collection, group in groupby(sorted(changes, key=_collection), key=_collection):
            pairs = [(change.document, passage) for change in group for passage in change.passages]
            sentence_rows: list[SentenceRow] = []
            passage_rows: list[PassageRow] = []
            for number, pair in enumerate(pairs):
                if progress is not None and number and number % _PASSAGES_PER_BATCH == 0:
                    progress(done, total)
                sentence_rows += index_rows.sentence_rows(*pair, context=self._context)
                passage_rows.append(index_rows.passage_row(*pair))
            vectors = self._embed([row.text for row in sentence_rows], done, total, progress)
            done += len(sentence_rows)
            prepared.append(
                IndexRows(
                    collection=collection,
                    sentence_rows=tuple(sentence_rows),
                    vectors=vectors,
                    passage_rows=tuple(passage_rows),
                )
            )
        return prepared

    def add(self, prepared: Iterable[IndexRows]) -> None:
        for rows in prepared:
            self._dense.add(rows.collection, rows.sentence_rows, rows.vectors)
            self._lexical.add(rows.collection, rows.passage_rows)

    def rename(self, moved: Iterable[Change]) -> None:
        """Writes the passage rows of documents with new uris, whose words are part of the rows' context."""
        for change in moved:
            rows = [index_rows.passage_row(change.document, passage) for passage in change.passages]
            self._lexical.add(change.document.collection, rows)

    def remove(self, collection: str, versions: Sequence[tuple[str, str]]) -> None:
        for document_id, version in versions:
            self._dense.remove(collection, document_id, version)
        self._lexical.remove(collection, versions)

    def remove_orphans(self, document: Document, passages: Sequence[Passage]) -> None:
        """Removes the rows of this version that belong to none of these passages."""
        version = (document.id, document.sha256)
        self._dense.remove(document.collection, *version, keep=index_rows.sentence_row_ids(passages))
        self._lexical.remove(document.collection, [version], keep={p.id for p in passages})

    def versions(self, collection: str) -> dict[str, set[tuple[str, str]]]:
        """The ``(document_id, version)``s with rows in each index, by the index's name."""
        return {
            "dense": self._dense.versions(collection),
            "lexical": self._lexical.versions(collection),
        }

    def counts(self, collection: str) -> dict[str, int]:
        """The number of rows in each index, by the index's name."""
        return {"dense": self._dense.count(collection), "lexical": self._lexical.count(collection)}

    def collections(self) -> set[str]:
        return self._dense.collections() | self._lexical.collections()

    def drop(self, collection: str) -> None:
        self._dense.drop(collection)
        self._lexical.drop(collection)

    def vacuum(self) -> None:
        self._dense.vacuum()
        self._lexical.vacuum()

    def _embed(self, texts: list[str], done: int, total: int, progress: Progress | None) -> Vectors:
        import numpy as np

        none = self._embedder.embed([])
        vectors = np.empty((len(texts), none.shape[1]), dtype=none.dtype)
        for start in range(0, len(texts), _SENTENCES_PER_BATCH):
            batch = texts[start : start + _SENTENCES_PER_BATCH]
            vectors[start : start + len(batch)] = self._embedder.embed(batch)
            done += len(batch)
            if progress is not None:
                progress(done, total)
        return vectors


def index_fingerprint(embedder: Embedder, *, context: bool) -> str:
    """Names an embedder and the rules for rows; an index of another fingerprint has to be rebuilt."""
    return f"{embedder.fingerprint} {index_rows.fingerprint(context=context)}"


def _collection(change: Change) -> str:
    return change.document.collection
