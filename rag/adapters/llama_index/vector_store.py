"""Any llama-index vector store in Chroma's place (``SAYWHERE_VECTOR_STORE=package.module:factory``).

llama-index requires of a store only ``add``, ``delete`` by document and ``query``; whether ``add``
overwrites, what a score means, what is stored and whether it is durable differs from store to store. So a
copy of the vectors is kept beside the store, by which the laws of the port are fulfilled.

Chroma itself is used directly (``rag.adapters.chroma``), not through llama-index: ``ChromaVectorStore.add``
leaves existing rows unchanged, its score is ``exp(-distance)``, and it stores each node as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from rag.adapters.llama_index.sentence_vectors import SentenceVector, SentenceVectors, version_ref_doc_id
from rag.errors import IndexUnavailable, StorageError
from rag.ports.indexes import Hit, SentenceRow

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

    from rag.ports.embedder import Vectors

_CHECKED_SENTENCES = 20
_VERSIONS_PER_BATCH = 100


class LlamaIndexStore:
    """Fulfils ``DenseIndex`` through a llama-index vector store.

    >>> LlamaIndexStore(SimpleVectorStore(), tmp_path / "vectors.sqlite3")  # doctest: +SKIP

    A store that lost its rows, as one in memory does when its process ends, is filled again from the copy.

    Args:
        store: the store; nobody else may write the documents in it.
        copy: the SQLite file of the copy, in the data folder.

    Raises:
        IndexUnavailable: the store doesn't answer.
        StorageError: the copy can't be read or written.
    """

    def __init__(self, store: BasePydanticVectorStore, copy: Path) -> None:
        self._store = store
        self._copy = SentenceVectors(copy)
        self._writing = Lock()
        try:
            if not self._is_complete():
                self._refill()
        except BaseException:
            self._copy.close()
            raise

    def add(self, collection: str, rows: Sequence[SentenceRow], vectors: Vectors) -> None:
        """Rows of a version that is there already are deleted and written again, with the new ones."""
        if len(rows) != len(vectors):
            raise ValueError("as many vectors as rows")
        with self._writing:
            ref_doc_ids = {version_ref_doc_id(collection, row.document_id, row.version) for row in rows}
            existing = {ref_doc_id for ref_doc_id in ref_doc_ids if self._copy.of_version(ref_doc_id)}
            self._copy.upsert(collection, rows, vectors)
            self._delete(existing)
            self._insert([row for key in sorted(ref_doc_ids) for row in self._copy.of_version(key)])

    def remove(
        self, collection: str, document_id: str, version: str, *, keep: AbstractSet[str] = frozenset()
    ) -> None:
        ref_doc_id = version_ref_doc_id(collection, document_id, version)
        with self._writing:
            rows = self._copy.of_version(ref_doc_id)
            self._delete({ref_doc_id})
            self._insert([row for row in rows if row.sentence_id in keep])
            self._copy.delete([row.node_id for row in rows if row.sentence_id not in keep])

    def search(
        self, collection: str, vector: Vectors, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        """The store's nearest rows, scored by cosines of the copied vectors, whatever the store's score is.

        Within a few documents the copied vectors alone are compared: stores differ in what they filter by.
        """
        if k < 1 or not self._copy.count(collection):
            return []
        if within is None:
            rows = self._copy.by_node_id(self._nearest(collection, vector, k))
        else:
            ref_doc_ids = [version_ref_doc_id(collection, *version) for version in sorted(within)]
            rows = [row for ref_doc_id in ref_doc_ids for row in self._copy.of_version(ref_doc_id)]
        scored = sorted(((float(row.vector @ vector), row.sentence_id) for row in rows), reverse=True)
        return [_hit(sentence_id, score) for score, sentence_id in scored[:k]]

    def versions(self, collection: str) -> set[tuple[str, str]]:
        return self._copy.versions(collection)

    def count(self, collection: str) -> int:
        return self._copy.count(collection)

    def collections(self) -> set[str]:
        return self._copy.collections()

    def drop(self, collection: str) -> None:
        with self._writing:
            for ref_doc_id in self._copy.ref_doc_ids(collection):
                self._delete({ref_doc_id})
                self._copy.delete([row.node_id for row in self._copy.of_version(ref_doc_id)])

    def vacuum(self) -> None:
        """Vacuums the copy; llama-index's interface has no such call for the store itself."""
        with self._writing:
            self._copy.vacuum()

    def close(self) -> None:
        self._copy.close()

    def _nearest(self, collection: str, vector: Vectors, k: int) -> list[str]:
        """Node ids of the ``k`` nearest rows of a collection, by the store's own search."""
        from llama_index.core.vector_stores.types import (
            MetadataFilter,
            MetadataFilters,
            VectorStoreQuery,
        )

        # Filters are slow in most stores, so one is used only where there is another collection.
        is_alone = self._copy.collections() == {collection}
        in_collection = MetadataFilters(filters=[MetadataFilter(key="collection", value=collection)])
        with _translated_errors():
            result = self._store.query(
                VectorStoreQuery(
                    query_embedding=vector.tolist(),
                    similarity_top_k=k,
                    filters=None if is_alone else in_collection,
                )
            )
        return list(result.ids or [node.node_id for node in result.nodes or []])

    def _insert(self, rows: Sequence[SentenceVector]) -> None:
        if rows:
            with _translated_errors():
                self._store.add([_to_node(row) for row in rows])

    def _delete(self, ref_doc_ids: AbstractSet[str]) -> None:
        with _translated_errors():
            for ref_doc_id in sorted(ref_doc_ids):
                self._store.delete(ref_doc_id)

    def _is_complete(self) -> bool:
        """Whether a sample of vectors, searched for by themselves, finds itself or rows just as near."""
        for row in self._copy.sample(_CHECKED_SENTENCES):
            nearest = self._copy.by_node_id(self._nearest(row.collection, row.vector, 1))
            if not nearest or float(nearest[0].vector @ row.vector) < 0.999 * float(row.vector @ row.vector):
                return False
        return True

    def _refill(self) -> None:
        ref_doc_ids = self._copy.ref_doc_ids()
        for start in range(0, len(ref_doc_ids), _VERSIONS_PER_BATCH):
            batch = ref_doc_ids[start : start + _VERSIONS_PER_BATCH]
            self._delete(set(batch))
            self._insert([row for ref_doc_id in batch for row in self._copy.of_version(ref_doc_id)])


def _to_node(row: SentenceVector) -> TextNode:
    """A node with its vector and without text, which the catalog holds."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    return TextNode(
        id_=row.node_id,
        text="",
        embedding=row.vector.tolist(),
        metadata={"collection": row.collection},
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=row.ref_doc_id)},
    )


def _hit(sentence_id: str, score: float) -> Hit:
    passage_id, _, index = sentence_id.rpartition(":")
    return Hit(passage_id=passage_id, score=score, sentence_index=int(index))


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Turns every error of a store into IndexUnavailable: each store has its own exceptions."""
    try:
        yield
    except StorageError:
        raise
    except Exception as error:
        raise IndexUnavailable(f"the vector store can't be used: {error}") from error
