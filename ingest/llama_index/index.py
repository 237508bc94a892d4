"""A data folder as llama-index's users know an index: documents in, retriever and query engine out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ingest.llama_index.documents import ingest_documents
from ingest.report import Report
from rag.errors import UnknownDocument
from rag.settings import load
from rag.types import DEFAULT_COLLECTION
from rag.wiring import Service, open_service

if TYPE_CHECKING:
    from rag.adapters.llama_index import LlamaDocument, SaywhereQueryEngine, SaywhereRetriever


class SaywhereIndex:
    """A data folder for programs written on llama-index. A context manager; closing lets the folder go.

    >>> with SaywhereIndex.open("data") as index:  # doctest: +SKIP
    ...     index.ingest(SimpleDirectoryReader("docs").load_data())
    ...     index.as_query_engine().query("who demanded an apology?")

    It is no ``BaseIndex`` of llama-index: splitting, embedding and storing are Saywhere's own.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    @classmethod
    def open(cls, data: str | Path | None = None, **settings: Any) -> SaywhereIndex:
        """Opens a data folder, made if it is absent; one process owns it at a time.

        Args:
            data: the folder; None: the one that ``SAYWHERE_DATA`` names, or ``data``.
            settings: as ``rag.settings.load`` takes them, above those of the environment.

        Raises:
            InvalidSettings: a setting can't be used.
            DataFolderLocked: another process owns the folder.
            StorageError: the folder can't be read or written.
        """
        return cls(open_service(load(data=data, **settings)))

    def ingest(
        self,
        documents: Sequence[LlamaDocument],
        *,
        collection: str = DEFAULT_COLLECTION,
        source: str | None = None,
    ) -> Report:
        """See ``ingest_documents``."""
        return ingest_documents(self.service, documents, collection=collection, source=source)

    def delete_ref_doc(self, ref_doc_id: str, *, collection: str = DEFAULT_COLLECTION) -> None:
        """Removes a document by its nodes' ``ref_doc_id``, which is its uri.

        Raises:
            UnknownDocument: the collection has no such document.
        """
        record = self.service.catalog.find_by_uri(collection, ref_doc_id)
        if record is None:
            raise UnknownDocument(f"no document {ref_doc_id!r} in collection {collection!r}")
        self.service.library.remove(collection, record.id)

    def as_retriever(self, **options: Any) -> SaywhereRetriever:
        """A retriever; ``options`` are those of ``SaywhereRetriever``."""
        from rag.adapters.llama_index import SaywhereRetriever

        return SaywhereRetriever(self.service, **options)

    def as_query_engine(self, **options: Any) -> SaywhereQueryEngine:
        """A query engine; ``options`` are those of ``SaywhereQueryEngine``."""
        from rag.adapters.llama_index import SaywhereQueryEngine

        return SaywhereQueryEngine(self.service, **options)

    def close(self) -> None:
        self.service.close()

    def __enter__(self) -> SaywhereIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
