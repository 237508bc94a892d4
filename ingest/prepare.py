"""One source made ready to be written: read, split, its pronouns led back to names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from ingest import formats
from ingest.formats.limits import DEFAULT, Limits
from ingest.plan import document_id
from rag.ports.catalog import Change
from rag.ports.resolver import Resolver
from rag.ports.splitter import Splitter
from rag.types import DEFAULT_COLLECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparer:
    """Turns bytes into a ``Change``, for a folder's files and for uploads alike.

    ``limits`` bound what one file may cost.
    """

    splitter: Splitter
    resolver: Resolver | None = None
    limits: Limits = DEFAULT

    @property
    def limit(self) -> int:
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
        key: str | None = None,
        title: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Change:
        """The next version of the document at ``uri``, with its passages.

        Args:
            key: the document's id; None: a new document's at that place.
            title: in place of the document's own.
            metadata: beside the document's own, above them where both have a name.

        Raises:
            DocumentTooLarge: over the limit.
            UnreadableDocument: of no supported format, or empty, binary or wrongly encoded.
        """
        document = formats.read(
            data,
            name,
            uri=uri,
            document_id=key or document_id(collection, uri),
            collection=collection,
            media_type=media_type,
            limits=self.limits,
        )
        if title is not None or metadata:
            document = replace(
                document, title=title or document.title, metadata={**document.metadata, **(metadata or {})}
            )
        passages = list(self.splitter.split(document))
        if self.resolver is not None:
            passages = self.resolver.resolve(document, passages)
        return Change(
            document=document,
            passages=tuple(passages),
            source=source,
            source_sha256=self.key(sha256(data).hexdigest(), title=title, metadata=metadata),
        )

    def key(
        self, sha256_of_bytes: str, *, title: str | None = None, metadata: Mapping[str, str] | None = None
    ) -> str:
        """Names these bytes as read by these rules, so that a change of either is noticed."""
        given = json.dumps([title, dict(metadata or {})], sort_keys=True) if title or metadata else ""
        rules = [
            formats.VERSION,
            self.splitter.fingerprint,
            self.resolver.fingerprint if self.resolver else "",
        ]
        parts = (sha256_of_bytes, *rules, *([given] if given else []))
        return sha256("\0".join(parts).encode()).hexdigest()
