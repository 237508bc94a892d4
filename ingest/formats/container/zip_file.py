"""ZIP archives to a document: each file inside that can be read is a section named as it is."""

from __future__ import annotations

from pathlib import PurePosixPath

from ingest.formats.container.archive import Archive, is_inside
from ingest.formats.container.parts import Parse, Unread, include
from ingest.formats.source import Source
from ingest.formats.writer import DocumentWriter
from rag.errors import UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/zip"


def read(source: Source, parse: Parse) -> Document:
    """The document of an archive. Nothing is unpacked to a disk; links and names that lead out of it
    are left alone and named in the metadata as ``unread``, as is what can't be read.

    Raises:
        UnreadableDocument: no archive, damaged or encrypted, or with nothing in it to be read.
        DocumentTooLarge: more entries, more archives in one another, or unpacked to more, than the limits.
    """
    archive = Archive(source)
    writer = DocumentWriter(source.limits)
    unread = Unread()
    for name in sorted(archive.names):
        if not is_inside(name):
            unread.add(name, "its name leads out of the archive")
        elif _is_hidden(name):
            continue
        elif archive.is_link(name):
            unread.add(name, "a link is not followed")
        else:
            include(writer, source.part(archive.read(name), name), name, parse, unread)
    if not writer.headings:
        reasons = unread.metadata.get("unread", "it is empty")
        raise UnreadableDocument(f"{source.name} holds nothing that can be read: {reasons}")
    return writer.document(source, title=source.stem_title, media_type=MEDIA_TYPE, metadata=unread.metadata)


def _is_hidden(name: str) -> bool:
    """What systems leave in archives, and what its owner hid."""
    parts = PurePosixPath(name).parts
    return parts[:1] == ("__MACOSX",) or any(part.startswith(".") for part in parts)
