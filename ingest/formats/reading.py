"""A file's bytes to a document and its passages, within limits: in this process or in one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.formats.limits import DEFAULT, Budget, Limits
from ingest.formats.registry import format_of, is_read_in_process
from ingest.formats.sandbox import processes as sandbox
from ingest.formats.source import Source
from rag.errors import DocumentTooLarge
from rag.types import DEFAULT_COLLECTION, Document

if TYPE_CHECKING:
    from ingest.cancellation import Cancellation
    from ingest.passages import Passages, SplitDocument

_IN_PROCESS_BYTES = 32_000  # of plain text: milliseconds of work, whatever it holds


def read(
    data: bytes,
    name: str,
    *,
    uri: str,
    document_id: str,
    collection: str = DEFAULT_COLLECTION,
    media_type: str | None = None,
    limits: Limits = DEFAULT,
    hidden: bool = False,
) -> Document:
    """The document of a file's bytes; the same bytes and names give the same document.

    Args:
        hidden: hidden sheets, rows, columns and texts are read, too.

    Raises:
        DocumentTooLarge, UnreadableDocument: as ``read_split``.
    """
    source = _source(data, name, uri, document_id, collection, limits, hidden=hidden)
    file_format = format_of(source, media_type)
    if len(data) <= _IN_PROCESS_BYTES and is_read_in_process(file_format, data):
        return file_format.read(source)
    return sandbox.parse(source, file_format.media_types[0])


def read_split(
    data: bytes,
    name: str,
    passages: Passages,
    *,
    uri: str,
    document_id: str,
    collection: str = DEFAULT_COLLECTION,
    media_type: str | None = None,
    hidden: bool = False,
    cancellation: Cancellation | None = None,
) -> SplitDocument:
    """The document of a file's bytes with its passages, within the limits of ``passages``.

    A file name's extension decides before ``media_type``, as browsers send wrong ones. A name
    without an extension is read as plain text if its bytes are text. All but short plain text is read
    and split in a process of its own (``ingest.formats.sandbox``), which ends when ``cancellation`` is set.

    Args:
        hidden: hidden sheets, rows, columns and texts are read, too.

    Raises:
        DocumentTooLarge: over one of the limits; the message names it.
        UnreadableDocument: of no supported format, or empty, damaged, encrypted or wrongly encoded;
            or its parser took too long or crashed.
        Cancelled: ``cancellation`` was set.
    """
    source = _source(data, name, uri, document_id, collection, passages.limits, hidden=hidden)
    file_format = format_of(source, media_type)
    if len(data) <= _IN_PROCESS_BYTES and is_read_in_process(file_format, data):
        return passages.of(file_format.read(source))
    return sandbox.parse_and_split(source, file_format.media_types[0], passages, cancellation)


def _source(
    data: bytes, name: str, uri: str, document_id: str, collection: str, limits: Limits, *, hidden: bool
) -> Source:
    """Raises DocumentTooLarge."""
    if len(data) > limits.document_bytes:
        raise DocumentTooLarge(f"{name} has {len(data):,} bytes; the limit is {limits.document_bytes:,}")
    return Source(
        data=data,
        name=name,
        uri=uri,
        document_id=document_id,
        collection=collection,
        limits=limits,
        hidden=hidden,
        budget=Budget.of(limits),
    )
