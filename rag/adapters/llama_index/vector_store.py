"""Any llama-index vector store in Chroma's place (``SAYWHERE_VECTOR_STORE=package.module:factory``).

llama-index asks of a store no more than ``add``, ``delete`` by document and ``query``; whether ``add``
overwrites, what a score means, what is stored and whether it is durable differs from store to store.
So a ledger beside the store keeps what was given to it, and the laws of the port are kept from there.

Chroma itself is used directly (``rag.adapters.chroma``), not by this way: ``ChromaVectorStore.add``
leaves rows that exist as they were, its score is ``exp(-distance)``, and it stores each node as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from rag.adapters.llama_index.ledger import Row, UnitLedger, owner_of
from rag.errors import IndexUnavailable, StorageError
from rag.ports.indexes import Hit, SentenceRow

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

    from rag.ports.embedder import Vectors

_PROBED = 20
_REFILLED_AT_ONCE = 100  # document versions


class LlamaIndexStore:
    """Fulfils ``DenseIndex`` through a llama-index vector store.

    >>> LlamaIndexStore(SimpleVectorStore(), tmp_path / "ledger.sqlite3")  # doctest: +SKIP

    A store that lost what it was given, as one in memory does when its process ends, is filled
    again from the ledger.

    Args:
        store: the store; nobody else may write the documents in it.
        ledger: a file of our own in the data folder.

    Raises:
        IndexUnavailable: the store doesn't answer.
        StorageError: the ledger can't be used.
    """

    def __init__(self, store: BasePydanticVectorStore, ledger: Path) -> None:
        self._store = store
        self._ledger = UnitLedger(ledger)
        self._writing = Lock()
        try:
            if not self._holds_all():
                self._refill()
        except BaseException:
            self._ledger.close()
            raise

    def add(self, collection: str, units: Sequence[SentenceRow], vectors: Vectors) -> None:
        """Rows of a version that is there already are deleted and written again, with the new ones."""
        if len(units) != len(vectors):
            raise ValueError("as many vectors as units")
        with self._writing:
            owners = {owner_of(collection, unit.document_id, unit.version) for unit in units}
            known = {owner for owner in owners if self._ledger.of_owner(owner)}
            self._ledger.put(collection, units, vectors)
            self._delete(known)
            self._insert([row for owner in sorted(owners) for row in self._ledger.of_owner(owner)])

    def remove(
        self, collection: str, document_id: str, version: str, *, keep: AbstractSet[str] = frozenset()
    ) -> None:
        owner = owner_of(collection, document_id, version)
        with self._writing:
            rows = self._ledger.of_owner(owner)
            self._delete({owner})
            self._insert([row for row in rows if row.unit in keep])
            self._ledger.delete([row.node for row in rows if row.unit not in keep])

    def search(
        self, collection: str, vector: Vectors, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        """The store's nearest, with their cosines from the ledger, whatever the store calls a score.

        Within a few documents the ledger's own vectors are compared: stores differ in what they filter by.
        """
        if k < 1 or not self._ledger.count(collection):
            return []
        if within is None:
            rows = self._ledger.of_nodes(self._nearest(collection, vector, k))
        else:
            owners = [owner_of(collection, *version) for version in sorted(within)]
            rows = [row for owner in owners for row in self._ledger.of_owner(owner)]
        scored = sorted(((float(row.vector @ vector), row.unit) for row in rows), reverse=True)
        return [_hit(unit, score) for score, unit in scored[:k]]

    def versions(self, collection: str) -> set[tuple[str, str]]:
        return self._ledger.versions(collection)

    def count(self, collection: str) -> int:
        return self._ledger.count(collection)

    def collections(self) -> set[str]:
        return self._ledger.collections()

    def drop(self, collection: str) -> None:
        with self._writing:
            for owner in self._ledger.owners(collection):
                self._delete({owner})
                self._ledger.delete([row.node for row in self._ledger.of_owner(owner)])

    def vacuum(self) -> None:
        """Gives the ledger's space back; the store's own is the store's matter."""
        with self._writing:
            self._ledger.vacuum()

    def close(self) -> None:
        self._ledger.close()

    def _nearest(self, collection: str, vector: Vectors, k: int) -> list[str]:
        from llama_index.core.vector_stores.types import (
            MetadataFilter,
            MetadataFilters,
            VectorStoreQuery,
        )

        # A filter costs a store much, so that it's asked for only where there is something to filter.
        alone = self._ledger.collections() == {collection}
        only = MetadataFilters(filters=[MetadataFilter(key="collection", value=collection)])
        with _translated():
            found = self._store.query(
                VectorStoreQuery(
                    query_embedding=vector.tolist(), similarity_top_k=k, filters=None if alone else only
                )
            )
        return list(found.ids or [node.node_id for node in found.nodes or []])

    def _insert(self, rows: Sequence[Row]) -> None:
        if rows:
            with _translated():
                self._store.add([_node(row) for row in rows])

    def _delete(self, owners: AbstractSet[str]) -> None:
        with _translated():
            for owner in sorted(owners):
                self._store.delete(owner)

    def _holds_all(self) -> bool:
        """Whether rows asked for by their own vector are found, or others that are just as near."""
        for row in self._ledger.some(_PROBED):
            found = self._ledger.of_nodes(self._nearest(row.collection, row.vector, 1))
            if not found or float(found[0].vector @ row.vector) < 0.999 * float(row.vector @ row.vector):
                return False
        return True

    def _refill(self) -> None:
        owners = self._ledger.owners()
        for start in range(0, len(owners), _REFILLED_AT_ONCE):
            some = owners[start : start + _REFILLED_AT_ONCE]
            self._delete(set(some))
            self._insert([row for owner in some for row in self._ledger.of_owner(owner)])


def _node(row: Row) -> TextNode:
    """A node without text: what it says is the catalog's matter."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    return TextNode(
        id_=row.node,
        text="",
        embedding=row.vector.tolist(),
        metadata={"collection": row.collection},
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=row.owner)},
    )


def _hit(unit: str, score: float) -> Hit:
    passage_id, _, index = unit.rpartition(":")
    return Hit(passage_id=passage_id, score=score, sentence_index=int(index))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except StorageError:
        raise
    except Exception as error:  # a store of any maker, with errors of its own
        raise IndexUnavailable(f"the vector store can't be used: {error}") from error
