"""Bytes of a source to the change that the library writes: read, split, pronouns resolved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from ingest import formats
from ingest.cancellation import Cancellation
from ingest.formats.limits import DEFAULT, Limits
from ingest.formats.readers import Readers, narrowed, readers_in, without_readers
from ingest.passages import Passages
from ingest.plan import new_document_id
from ingest.reader_rules import ReaderRules
from rag.ports.catalog import Change, Original
from rag.ports.resolver import Resolver
from rag.ports.splitter import Splitter
from rag.types import DEFAULT_COLLECTION, Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparer:
    """Turns bytes into a ``Change``, in the same way for a folder's files and for uploads.

    ``limits`` bound what one file may cost; None as ``resolver``: pronouns aren't resolved.
    ``hidden``: hidden sheets, rows, columns and texts are read, too. ``keep_originals``: changes have their
    files with them. ``reader_rules`` say who may read a document; its own metadata and those sent with it
    can take readers away, and add none.
    """

    splitter: Splitter
    resolver: Resolver | None = None
    limits: Limits = DEFAULT
    hidden: bool = False
    keep_originals: bool = False
    reader_rules: ReaderRules = field(default_factory=ReaderRules)

    @property
    def max_bytes(self) -> int:
        """The most bytes a document may have."""
        return self.limits.document_bytes

    def prepare(
        self,
        data: bytes,
        name: str,
        *,
        uri: str,
        collection: str = DEFAULT_COLLECTION,
        media_type: str | None = None,
        source: str = "",
        document_id: str | None = None,
        title: str | None = None,
        metadata: Mapping[str, str] | None = None,
        fingerprint: str | None = None,
        cancellation: Cancellation | None = None,
    ) -> Change:
        """The next version of the document at ``uri``, with its passages.

        Args:
            name: the file's name; its extension tells the format.
            media_type: tells the format where the extension doesn't.
            source: what the file is from, a root folder or a site; empty for an upload.
            document_id: None: the id of a new document at that uri.
            title: replaces the document's own.
            metadata: added to the document's own; replaces values of the same name.
            fingerprint: what the source tells these bytes, title and metadata by; None: a hash of them.

        Raises:
            DocumentTooLarge: over one of the limits.
            UnreadableDocument: of no supported format, or empty, binary or wrongly encoded.
            Cancelled: ``cancellation`` was set meanwhile.
        """
        sent = metadata or {}
        split = formats.read_split(
            data,
            name,
            self.passages(title=title, metadata=without_readers(sent)),
            uri=uri,
            document_id=document_id or new_document_id(collection, uri),
            collection=collection,
            media_type=media_type,
            hidden=self.hidden,
            cancellation=cancellation,
        )
        if fingerprint is not None:
            source_key = self.source_key(fingerprint, uri)
        else:
            source_key = self.source_key(sha256(data).hexdigest(), uri, title=title, metadata=metadata)
        document, readers = self.with_readers(split.document)
        return Change(
            document=document,
            passages=split.passages,
            source=source,
            source_sha256=source_key,
            readers=narrowed(readers, readers_in(sent)),
            original=Original.of(data, name, split.document.media_type) if self.keep_originals else None,
        )

    def passages(self, *, title: str | None = None, metadata: Mapping[str, str] | None = None) -> Passages:
        """The rules for a document's passages, with a title and metadata of its own."""
        return Passages(
            splitter=self.splitter,
            resolver=self.resolver,
            title=title,
            metadata=dict(metadata or {}),
            limits=self.limits,
        )

    def with_readers(self, document: Document) -> tuple[Document, Readers]:
        """The document without the metadata that name its readers, and the readers: by rules and metadata."""
        readers = narrowed(self.reader_rules.readers(document.uri), readers_in(document.metadata))
        return replace(document, metadata=without_readers(document.metadata)), readers

    def source_key(
        self,
        fingerprint: str,
        uri: str = "",
        *,
        title: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> str:
        """A hash (hex) of a fingerprint and of the rules of reading; stored as ``source_sha256``.

        It differs if the fingerprint, the version of the formats, the splitter, the resolver, whether hidden
        parts are read, the readers by the rules for this uri, or the title and metadata sent with them
        differ; for files that may hold scanned pages also if the text recognition installed, or its
        languages, differ.

        Args:
            fingerprint: the sha256 of the bytes, in hex, or what a source tells its versions by.
            uri: the document's; its extension tells whether the file may hold scanned pages.
        """
        sent = json.dumps([title, dict(metadata or {})], sort_keys=True) if title or metadata else ""
        rules = [
            formats.VERSION,
            self.splitter.fingerprint,
            self.resolver.fingerprint if self.resolver else "",
            *(["hidden"] if self.hidden else []),
        ]
        readers = self.reader_rules.readers(uri)
        named = json.dumps(["readers", *readers]) if readers is not None else ""
        recognition = formats.recognition_fingerprint(uri, self.limits.recognition)
        parts = (fingerprint, *rules, *filter(None, (sent, named, recognition)))
        return sha256("\0".join(parts).encode()).hexdigest()
