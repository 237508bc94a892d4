"""Bytes to documents: one module a format, found by media type, extension or content.

A format is added by writing ``read(source) -> Document`` and naming it in ``_FORMATS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.formats import docx, html, markdown, pdf, plain
from ingest.formats.limits import DEFAULT, Limits
from ingest.formats.source import Source
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import DEFAULT_COLLECTION, Document

VERSION = "formats/2"  # rises when a reader makes another document of the same bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file: what it is called, and what reads it."""

    name: str
    media_types: tuple[str, ...]
    extensions: tuple[str, ...]
    read: Callable[[Source], Document]


_FORMATS = (
    Format(
        name="Markdown",
        media_types=("text/markdown", "text/x-markdown"),
        extensions=(".md", ".markdown", ".mdown", ".mkd"),
        read=markdown.read,
    ),
    Format(
        name="plain text",
        media_types=("text/plain",),
        extensions=(".txt", ".text", ""),
        read=plain.read,
    ),
    Format(
        name="HTML",
        media_types=("text/html", "application/xhtml+xml"),
        extensions=(".html", ".htm", ".xhtml"),
        read=html.read,
    ),
    Format(
        name="Word",
        media_types=(docx.MEDIA_TYPE,),
        extensions=(".docx", ".docm"),
        read=docx.read,
    ),
    Format(name="PDF", media_types=(pdf.MEDIA_TYPE,), extensions=(".pdf",), read=pdf.read),
)


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
    """The document that these bytes are; the same bytes and names give the same document.

    A file name's extension decides before ``media_type``, as browsers send wrong ones. A name
    without an extension is read as plain text if its bytes are text.

    Raises:
        DocumentTooLarge: over one of the limits; the message names it.
        UnreadableDocument: of no supported format, or empty, damaged, encrypted or wrongly encoded.
    """
    if len(data) > limits.document_bytes:
        raise DocumentTooLarge(f"{name} has {len(data):,} bytes; the limit is {limits.document_bytes:,}")
    source = Source(
        data=data, name=name, uri=uri, document_id=document_id, collection=collection, limits=limits
    )
    return _format_of(name, media_type).read(source)


def is_supported(name: str) -> bool:
    """Whether a file of this name has an extension that some reader takes."""
    return _extension(name) in _by_extension()


def supported() -> str:
    """For people: ``.md, .markdown, ... (Markdown); .txt ... (plain text)``."""
    lines = (f"{', '.join(e for e in f.extensions if e)} ({f.name})" for f in _FORMATS)
    return "; ".join(lines)


def _format_of(name: str, media_type: str | None) -> Format:
    extension = _extension(name)
    by_extension = _by_extension()
    if extension and extension in by_extension:
        return by_extension[extension]
    bare = (media_type or "").partition(";")[0].strip().lower()
    for known in _FORMATS:
        if bare in known.media_types:
            return known
    if extension in by_extension:
        return by_extension[extension]
    raise UnreadableDocument(f"{name}: {extension} files can't be read; supported are {supported()}")


def _by_extension() -> dict[str, Format]:
    return {extension: known for known in _FORMATS for extension in known.extensions}


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
