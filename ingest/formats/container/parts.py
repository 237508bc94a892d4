"""What files that hold other files have in common: each part that can be read is a section."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document

Parse = Callable[[Source], Document]
_TOLD = 20


@dataclass(slots=True)
class Unread:
    """Parts that could not be read and why; kept in the document's metadata as ``unread``."""

    reasons: list[str] = field(default_factory=list)

    def add(self, name: str, reason: str) -> None:
        self.reasons.append(well_formed(reason if name in reason else f"{name}: {reason}"))

    @property
    def metadata(self) -> dict[str, str]:
        if not self.reasons:
            return {}
        more = len(self.reasons) - _TOLD
        told = [*self.reasons[:_TOLD], *([f"and {more} more"] if more > 0 else [])]
        return {"unread": "; ".join(told)}


def include(writer: DocumentWriter, part: Source, name: str, parse: Parse, unread: Unread) -> bool:
    """Writes a part as a section of its own; False where it can't be read, which is noted.

    Raises:
        DocumentTooLarge: archives in archives beyond the limit, or all parts together over one.
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
    writer.include(document, name)
    return True
