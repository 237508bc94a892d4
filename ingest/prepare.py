"""One source made ready to be written: read, split, its pronouns led back to names."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from ingest import formats
from ingest.plan import document_id
from rag.ports import Change, Resolver, Splitter
from rag.types import DEFAULT_COLLECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparer:
    """Turns bytes into a ``Change``, for a folder's files and for uploads alike.

    ``limit`` is the most bytes a document may have.
    """

    splitter: Splitter
    resolver: Resolver | None = None
    limit: int = formats.DOCUMENT_BYTES

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
    ) -> Change:
        """The next version of the document at ``uri``, with its passages.

        Args:
            key: the document's id; None: a new document's at that place.

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
            limit=self.limit,
        )
        passages = list(self.splitter.split(document))
        if self.resolver is not None:
            passages = self.resolver.resolve(document, passages)
        return Change(
            document=document,
            passages=tuple(passages),
            source=source,
            source_sha256=self.key(sha256(data).hexdigest()),
        )

    def key(self, sha256_of_bytes: str) -> str:
        """Names these bytes as read by these rules, so that a change of either is noticed."""
        rules = [
            formats.VERSION,
            self.splitter.fingerprint,
            self.resolver.fingerprint if self.resolver else "",
        ]
        return sha256("\0".join((sha256_of_bytes, *rules)).encode()).hexdigest()
