"""The stored documents of a collection, looked up once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Protocol

from rag.ports.catalog import DocumentRecord
from rag.types import Document


class DocumentStore(Protocol):
    """Where stored documents are looked up; every ``Catalog`` is one, and a service by its URL."""

    def document(self, document_id: str, version: str | None = None) -> Document: ...

    def list(
        self, collection: str | None = None, *, limit: int | None = None, after: str = ""
    ) -> list[DocumentRecord]: ...


class Corpus:
    """The documents of one collection, cached. Safe to use from several threads."""

    def __init__(self, store: DocumentStore, collection: str | None = None) -> None:
        self._store = store
        self._collection = collection
        self._cache: dict[str, Document] | None = None
        self._lock = Lock()

    def documents(self) -> Sequence[Document]:
        """Every document, ordered by id."""
        return list(self._all().values())

    def document(self, document_id: str, version: str | None = None) -> Document:
        """One version, the current one by default. Raises UnknownDocument."""
        cached = self._all().get(document_id)
        if cached is not None and version in {None, cached.sha256}:
            return cached
        return self._store.document(document_id, version)

    def versions(self) -> Mapping[str, str]:
        """Version by the document's address, which is stable where ids may not be."""
        return {document.uri: document.sha256 for document in self._all().values()}

    def _all(self) -> dict[str, Document]:
        with self._lock:
            if self._cache is None:
                records = self._store.list(self._collection)
                self._cache = {record.id: self._store.document(record.id) for record in records}
            return self._cache
