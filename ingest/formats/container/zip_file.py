"""ZIP archives to a document: each file inside that can be read is a section under its name."""

from __future__ import annotations

from pathlib import PurePosixPath

from ingest.formats.container.archive import Archive, is_inside
from ingest.formats.container.parts import Parse, UnreadParts, include_part
from ingest.formats.source import Source
from ingest.formats.writer import DocumentWriter
from rag.errors import UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/zip"


def read(source: Source, parse: Parse) -> Document:
    """The document of an archive. Nothing is unpacked to a disk. Links, names that lead out of the archive
    and files that can't be read are listed in the metadata as ``unread``; hidden files are left out.

    Args:
        parse: reads a file inside.

    Raises:
        UnreadableDocument: no archive, damaged or encrypted, or without a file that can be read.
        DocumentTooLarge: more entries, more archives in one another, or unpacked to more, than the limits.
    """
    archive = Archive(source)
    writer = DocumentWriter(source.limits)
    unread = UnreadParts()
    for name in sorted(archive.names):
        if not is_inside(name):
            unread.add(name, "its name leads out of the archive")
        elif _is_hidden(name):
            continue
        elif archive.is_link(name):
            unread.add(name, "a link is not followed")
        else:
            include_part(writer, source.part(archive.read(name), name), name, parse, unread)
    if not writer.headings:
        reasons = unread.metadata.get("unread", "it is empty")
        raise UnreadableDocument(f"{source.name} holds nothing that can be read: {reasons}")
    return writer.document(source, title=source.stem_title, media_type=MEDIA_TYPE, metadata=unread.metadata)


def _is_hidden(name: str) -> bool:
    """Whether a member is a hidden file, or one that macOS adds to archives."""
    parts = PurePosixPath(name).parts
    return parts[:1] == ("__MACOSX",) or any(part.startswith(".") for part in parts)
