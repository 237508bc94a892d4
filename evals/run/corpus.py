"""The stored documents that cases are judged against, looked up once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Protocol

from rag.ports.catalog import DocumentRecord
from rag.types import Document


class Texts(Protocol):
    """Where stored documents are looked up; every ``Catalog`` is one, and a service by its URL."""

    def document(self, document_id: str, version: str | None = None) -> Document: ...

    def list(
        self, collection: str | None = None, *, limit: int | None = None, after: str = ""
    ) -> list[DocumentRecord]: ...


class Corpus:
    """Documents of one collection, kept while a run lasts. Safe to use from several threads."""

    def __init__(self, texts: Texts, collection: str | None = None) -> None:
        self._texts = texts
        self._collection = collection
        self._kept: dict[str, Document] | None = None
        self._lock = Lock()

    def documents(self) -> Sequence[Document]:
        """Every document, ordered by id."""
        return list(self._all().values())

    def document(self, document_id: str, version: str | None = None) -> Document:
        """One version, the current one by default. Raises UnknownDocument."""
        kept = self._all().get(document_id)
        if kept is not None and version in {None, kept.sha256}:
            return kept
        return self._texts.document(document_id, version)

    def versions(self) -> Mapping[str, str]:
        """Version by the document's address, which stays the same where ids may not."""
        return {document.uri: document.sha256 for document in self._all().values()}

    def _all(self) -> dict[str, Document]:
        with self._lock:
            if self._kept is None:
                records = self._texts.list(self._collection)
                self._kept = {r.id: self._texts.document(r.id) for r in records}
            return self._kept
