"""Bytes to documents: one module a format, found by media type, extension or content.

A format is added by writing ``read(source) -> Document`` and naming it in ``_FORMATS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.formats import markdown, plain
from ingest.formats.source import Source
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import DEFAULT_COLLECTION, Document

DOCUMENT_BYTES = 25_000_000
VERSION = "formats/1"  # rises when a reader makes another document of the same bytes


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
)


def read(
    data: bytes,
    name: str,
    *,
    uri: str,
    document_id: str,
    collection: str = DEFAULT_COLLECTION,
    media_type: str | None = None,
    limit: int = DOCUMENT_BYTES,
) -> Document:
    """The document that these bytes are; the same bytes and names give the same document.

    A file name's extension decides before ``media_type``, as browsers send wrong ones. A name
    without an extension is read as plain text if its bytes are text.

    Raises:
        DocumentTooLarge: over ``limit`` bytes.
        UnreadableDocument: of no supported format, or empty, binary or wrongly encoded.
    """
    if len(data) > limit:
        raise DocumentTooLarge(f"{name} has {len(data):,} bytes; the limit is {limit:,}")
    source = Source(data=data, name=name, uri=uri, document_id=document_id, collection=collection)
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
