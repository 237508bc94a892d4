"""The stored documents that cases are judged against, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Protocol

from rag.ports.catalog import DocumentRecord
from rag.types import Document


class DocumentStore(Protocol):
    """Gives stored documents; every ``Catalog`` is one, and so is a service by its URL."""

    def document(self, document_id: str, version: str | None = None) -> Document: ...

    def list(
        self, collection: str | None = None, *, limit: int | None = None, after: str = ""
    ) -> list[DocumentRecord]: ...


class Corpus:
    """Documents of one collection, kept in memory for the length of a run. Thread-safe."""

    def __init__(self, store: DocumentStore, collection: str | None = None) -> None:
        self._store = store
        self._collection = collection
        self._by_id: dict[str, Document] | None = None
        self._lock = Lock()

    def documents(self) -> Sequence[Document]:
        """Every document, ordered by id."""
        return list(self._all().values())

    def document(self, document_id: str, version: str | None = None) -> Document:
        """One version, the current one by default. Raises UnknownDocument."""
        current = self._all().get(document_id)
        if current is not None and version in {None, current.sha256}:
            return current
        return self._store.document(document_id, version)

    def versions(self) -> Mapping[str, str]:
        """Version by the document's address, which is stable where ids may not be."""
        return {document.uri: document.sha256 for document in self._all().values()}

    def _all(self) -> dict[str, Document]:
        with self._lock:
            if self._by_id is None:
                records = self._store.list(self._collection)
                self._by_id = {record.id: self._store.document(record.id) for record in records}
            return self._by_id
