"""llama-index documents, from any reader, written into a collection."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import PurePosixPath
from time import perf_counter
from typing import TYPE_CHECKING

from ingest.batch_writer import BatchWriter
from ingest.formats.readers import narrowed, readers_in
from ingest.formats.text.front_matter import split_front_matter
from ingest.llama_index.text_structure import VERSION as STRUCTURE_VERSION
from ingest.llama_index.text_structure import with_structure
from ingest.plan import new_document_id
from ingest.prepare import Preparer
from ingest.report import Failure, Report
from ingest.wiring import preparer
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.ports.catalog import Change, DocumentRecord, Move
from rag.types import DEFAULT_COLLECTION, Document, text_sha256

if TYPE_CHECKING:
    from rag.adapters.llama_index import LlamaDocument
    from rag.wiring import Service

_SOURCE_PREFIX = "llama-index:"
# A file's dates change when it is copied or checked out; by themselves they make no new version.
_DATES = frozenset({"creation_date", "last_modified_date", "last_accessed_date"})


def ingest_documents(
    service: Service,
    documents: Sequence[LlamaDocument],
    *,
    collection: str = DEFAULT_COLLECTION,
    source: str | None = None,
) -> Report:
    """Writes llama-index documents, of any reader, into a collection; uris name them in the report.

    >>> ingest_documents(service, SimpleDirectoryReader("docs").load_data())  # doctest: +SKIP

    A document is known by its uri (``rag.adapters.llama_index.document_uris``): its ``id_``, or its file
    or URL where the id is random. One that is there already with the same text and metadata is left
    alone, a changed one is replaced; the dates of a file don't count. The text is kept exactly; its
    metadata are kept as text and can be filtered by. One that can't be taken in is reported and stops no
    other, and its earlier version stays.

    Args:
        source: the name of a set that these are **all** documents of: those of an earlier run with the
            same name that aren't among them are removed, after the others were written. None: nothing is
            removed.

    Raises:
        StorageError: the data folder can't be written.
        ModelError: the embedder can't be loaded.
    """
    run = _Run(service, preparer(service.settings), collection, source)
    run.write_all(documents)
    return run.report()


@dataclass(slots=True)
class _Run:
    """One call of ``ingest_documents``: what was written so far, and what becomes of each uri."""

    service: Service
    preparer: Preparer
    collection: str
    source: str | None
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    read_seconds: float = 0.0
    _records: dict[str, DocumentRecord] = field(default_factory=dict)
    _ids: set[str] = field(default_factory=set)
    _writer: BatchWriter = field(init=False)

    def __post_init__(self) -> None:
        self._writer = BatchWriter(self.service.library)

    def write_all(self, documents: Sequence[LlamaDocument]) -> None:
        from rag.adapters.llama_index import document_uris

        records = self.service.catalog.list(self.collection)
        self._records = {record.uri: record for record in records}
        self._ids = {record.id for record in records}
        uris = document_uris(documents)
        for change in self._changes(documents, uris):
            self._writer.add(change)
            if self._writer.is_full:
                self._note(self._writer.flush())
        self._note(self._writer.flush())
        if self.source is not None:
            self._write_source(set(uris))

    def report(self) -> Report:
        return Report(
            added=tuple(self.added),
            changed=tuple(self.changed),
            unchanged=tuple(self.unchanged),
            removed=tuple(self.removed),
            failed=tuple(self.failed),
            passages=self._writer.passages,
            read_seconds=self.read_seconds,
            write_seconds=self._writer.seconds,
        )

    def _changes(self, documents: Sequence[LlamaDocument], uris: Sequence[str]) -> Iterator[Change]:
        """The documents that are to be written; the others are noted as unchanged or failed."""
        seen: set[str] = set()
        for document, uri in zip(documents, uris, strict=True):
            try:
                if uri in seen:
                    raise UnreadableDocument(f"{uri} comes twice: give each document an id_ of its own")
                seen.add(uri)
                change = self._change(document, uri)
            except UnreadableDocument as error:
                self._fail(uri, error)
                continue
            record = self._records.get(uri)
            if record is not None and record.source_sha256 == change.source_sha256:
                self.unchanged.append(uri)
            else:
                began = perf_counter()
                try:
                    split = self._split(change)
                except UnreadableDocument as error:
                    self._fail(uri, error)
                    continue
                self.read_seconds += perf_counter() - began
                yield split

    def _fail(self, uri: str, error: UnreadableDocument) -> None:
        has_earlier_version = uri in self._records
        self.failed.append(Failure(uri=uri, reason=str(error), has_earlier_version=has_earlier_version))

    def _change(self, llama_document: LlamaDocument, uri: str) -> Change:
        """The document's next version, still without passages."""
        from rag.adapters.llama_index import to_document

        record = self._records.get(uri)
        if record is not None and record.source and not record.source.startswith(_SOURCE_PREFIX):
            raise UnreadableDocument(f"{uri} is a file of {record.source}: change it there")
        key = record.id if record else new_document_id(self.collection, uri, self._ids)
        self._ids.add(key)
        document = to_document(llama_document, document_id=key, uri=uri, collection=self.collection)
        size = len(document.text.encode())
        if size > self.preparer.max_bytes:
            raise DocumentTooLarge(f"{uri} has {size:,} bytes; the limit is {self.preparer.max_bytes:,}")
        fingerprint = fingerprint_of(document)
        document, readers = self.preparer.with_readers(document)
        return Change(
            document=document,
            passages=(),
            source=self._source_name(record),
            source_sha256=self.preparer.source_key(fingerprint, uri=uri),
            readers=narrowed(readers, readers_in(split_front_matter(document.text)[0])),
        )

    def _split(self, change: Change) -> Change:
        """The change with its text's structure and passages."""
        document = with_structure(change.document, _file_name(change.document))
        split = self.preparer.passages().of(document)
        return replace(change, document=split.document, passages=split.passages)

    def _source_name(self, record: DocumentRecord | None) -> str:
        """The set that a document will belong to; without a ``source`` it keeps its set."""
        if self.source is not None:
            return f"{_SOURCE_PREFIX}{self.source}"
        return record.source if record else ""

    def _note(self, written: Sequence[Change]) -> None:
        for change in written:
            uri = change.document.uri
            (self.changed if uri in self._records else self.added).append(uri)

    def _write_source(self, uris: set[str]) -> None:
        """Moves unchanged documents of other sets into this one, and removes this set's documents that
        weren't given."""
        name = self._source_name(None)
        obsolete = [r for r in self._records.values() if r.source == name and r.uri not in uris]
        moved = [self._records[uri] for uri in self.unchanged if self._records[uri].source != name]
        self._writer.flush(
            [(self.collection, record.id) for record in obsolete],
            [Move(collection=self.collection, document_id=r.id, uri=r.uri, source=name) for r in moved],
        )
        self.removed += [record.uri for record in obsolete]


def fingerprint_of(document: Document) -> str:
    """Names a document's text, title and metadata, the dates of its file left out; hex sha256."""
    metadata = {key: value for key, value in document.metadata.items() if key not in _DATES}
    parts = [STRUCTURE_VERSION, document.title, sorted(metadata.items()), text_sha256(document.text)]
    return sha256(json.dumps(parts).encode()).hexdigest()


def _file_name(document: Document) -> str:
    """The name that a text without a title is called by."""
    path = document.metadata.get("file_path") or document.uri.rstrip("/")
    return document.metadata.get("file_name") or PurePosixPath(path).name or document.uri
