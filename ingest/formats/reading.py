"""A file's bytes to a document, within limits: in this process or in one of its own."""

from __future__ import annotations

from ingest.formats.limits import DEFAULT, Budget, Limits
from ingest.formats.registry import format_of
from ingest.formats.sandbox import processes as sandbox
from ingest.formats.source import Source
from rag.errors import DocumentTooLarge
from rag.types import DEFAULT_COLLECTION, Document

_IN_PROCESS_BYTES = 2_000_000


def read(
    data: bytes,
    name: str,
    *,
    uri: str,
    document_id: str,
    collection: str = DEFAULT_COLLECTION,
    media_type: str | None = None,
    limits: Limits = DEFAULT,
) -> Document:
    """The document of a file's bytes; the same bytes and names give the same document.

    A file name's extension decides before ``media_type``, as browsers send wrong ones. A name
    without an extension is read as plain text if its bytes are text. Other formats than short plain
    text are parsed in a process of their own (``ingest.formats.sandbox``).

    Raises:
        DocumentTooLarge: over one of the limits; the message names it.
        UnreadableDocument: of no supported format, or empty, damaged, encrypted or wrongly encoded;
            or its parser took too long or crashed.
    """
    if len(data) > limits.document_bytes:
        raise DocumentTooLarge(f"{name} has {len(data):,} bytes; the limit is {limits.document_bytes:,}")
    source = Source(
        data=data,
        name=name,
        uri=uri,
        document_id=document_id,
        collection=collection,
        limits=limits,
        budget=Budget(limits.unpacked_bytes),
    )
    file_format = format_of(source, media_type)
    if file_format.plain and len(data) <= _IN_PROCESS_BYTES:
        return file_format.read(source)
    return sandbox.parse(source, file_format.media_types[0])
