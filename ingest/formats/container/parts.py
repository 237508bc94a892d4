"""Parts of files that hold other files: each part that can be read is a section of the document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ingest.formats.readers import READERS, Readers, narrowed, readers_in
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document

_LISTED = 20


class Parse(Protocol):
    """Reads a file inside another, by its name's extension, else by its media type."""

    def __call__(self, source: Source, media_type: str | None = None, /) -> Document: ...


@dataclass(slots=True)
class UnreadParts:
    """Parts that could not be read, with reasons; in the document's metadata they are ``unread``.

    ``readers`` are those that every part that names readers names: the document's.
    """

    reasons: list[str] = field(default_factory=list)
    readers: Readers = None

    def add(self, name: str, reason: str) -> None:
        reason = reason.partition("; supported are ")[0]
        self.reasons.append(well_formed(reason if name in reason else f"{name}: {reason}"))

    @property
    def metadata(self) -> dict[str, str]:
        readers = {} if self.readers is None else {READERS: ", ".join(self.readers)}
        if not self.reasons:
            return readers
        more = len(self.reasons) - _LISTED
        listed = [*self.reasons[:_LISTED], *([f"and {more} more"] if more > 0 else [])]
        return {"unread": "; ".join(listed), **readers}


def include_part(
    writer: DocumentWriter, part: Source, name: str, parse: Callable[[Source], Document], unread: UnreadParts
) -> bool:
    """Writes a part as a section ``name``; False if it can't be read: the reason is added to ``unread``.

    Raises:
        DocumentTooLarge: archives in archives beyond the limit, or all parts together over a limit.
    """
    if part.inside > part.limits.archives:
        raise DocumentTooLarge(
            f"{part.name} lies in more than {part.limits.archives} archives or messages; that is the limit"
        )
    try:
        document = parse(part)
    except DocumentTooLarge:
        raise
    except UnreadableDocument as error:
        unread.add(part.name, str(error))
        return False
    unread.readers = narrowed(unread.readers, readers_in(document.metadata))
    writer.include(document, name)
    return True
