"""RTF to a document: its text without formatting, read as plain text."""

from __future__ import annotations

from dataclasses import replace

from ingest.formats.source import Source
from ingest.formats.text import plain
from rag.errors import UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/rtf"


def read(source: Source) -> Document:
    """The document of an RTF file.

    Raises:
        UnreadableDocument: no RTF, or without text.
    """
    from striprtf.striprtf import rtf_to_text

    if not source.data.lstrip().startswith(b"{\\rtf"):
        raise UnreadableDocument(f"{source.name} is no RTF file")
    try:
        text = rtf_to_text(source.data.decode("latin-1"), errors="replace")
    except (ValueError, IndexError, KeyError, LookupError, RecursionError) as error:
        raise UnreadableDocument(f"{source.name} is damaged: {error}") from None
    document = plain.read(source.part(text.encode("utf-8", "replace"), source.name))
    return replace(document, media_type=MEDIA_TYPE)
