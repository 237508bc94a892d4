"""Pages of PDFs for readers: drawn in other processes, few at a time."""

from __future__ import annotations

from dataclasses import dataclass

from api.backend import Backend
from api.security.request_limits import ConcurrencyLimiter
from ingest.page_view import PageMarks, page_image, page_marks, view_limits
from rag.errors import NoOriginal
from rag.ports.catalog import OriginalRecord
from rag.settings import LimitSettings
from rag.types import Document, Span

_AT_ONCE = 2
_WAITING = 16


def page_view_limits(limits: LimitSettings) -> LimitSettings:
    """The bounds on questions, with those on pages that are drawn at the same time in their place."""
    return limits.model_copy(update={"concurrent": _AT_ONCE, "waiting": _WAITING})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageViews:
    """The pages of one service's documents.

    Every method may raise Busy, DeadlineExceeded, UnknownDocument (also where the version isn't the current
    one), NoOriginal (no file is kept, or it has no pages) and UnreadableDocument (no such page).
    """

    backend: Backend
    limiter: ConcurrencyLimiter

    async def image(self, document_id: str, version: str | None, number: int) -> bytes:
        """A page as PNG; ``number`` counts from 1."""

        def draw() -> bytes:
            _, record, data = self._pdf(document_id, version)
            return page_image(data, record.name, number, view_limits(self.backend.settings))

        return await self.limiter.run(draw)

    async def marks(self, document_id: str, version: str | None, span: Span) -> list[PageMarks]:
        """Where a span of the text stands on the pages."""

        def find() -> list[PageMarks]:
            document, record, data = self._pdf(document_id, version)
            return list(page_marks(data, record.name, document, span, view_limits(self.backend.settings)))

        return await self.limiter.run(find)

    def _pdf(self, document_id: str, version: str | None) -> tuple[Document, OriginalRecord, bytes]:
        document = self.backend.catalog.document(document_id, version)
        record = self.backend.catalog.original(document_id)
        files = self.backend.original_files
        data = files.read(record.sha256) if files is not None and record is not None else None
        if record is None or data is None:
            raise NoOriginal(f"no file of document {document_id!r} is kept")
        if not record.has_pages:
            raise NoOriginal(f"{record.name} is no PDF and no picture: it has no pages to show")
        return document, record, data
