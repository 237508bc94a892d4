"""Pages of a stored PDF as readers see them: their images, and where quotes stand on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.formats.limits import DEFAULT, Limits, Recognition
from ingest.formats.pdf.quote_boxes import Box, PageQuote
from ingest.formats.sandbox import processes as sandbox
from ingest.formats.source import Source
from rag.settings import Settings
from rag.types import Document, Span

_MAX_CHARACTERS = 20_000  # code points of a quote on one page
_MAX_PAGES = 5  # of a quote


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMarks:
    """Where a quote stands on one page: no box where it isn't found there."""

    number: int
    boxes: tuple[Box, ...]


def view_limits(settings: Settings) -> Limits:
    """The limits of drawing a page, or finding a quote on it."""
    return replace(
        DEFAULT,
        seconds=settings.originals.render_seconds,
        memory_bytes=settings.limits.parse_memory_bytes,
        recognition=Recognition(
            languages=settings.ocr.languages if settings.ocr.enabled else "",
            page_seconds=settings.ocr.page_seconds,
            seconds=_MAX_PAGES * settings.ocr.page_seconds,
        ),
    )


def page_image(data: bytes, name: str, number: int, limits: Limits = DEFAULT) -> bytes:
    """A page of a PDF as PNG, drawn in a process of its own; ``number`` counts from 1.

    Raises:
        UnreadableDocument: it has no such page, is damaged, or drawing it took too long.
    """
    return sandbox.page_image(_source(data, name, limits), number)


def page_marks(
    data: bytes, name: str, document: Document, span: Span, limits: Limits = DEFAULT
) -> Sequence[PageMarks]:
    """The places of a span of the document's text on the pages of its PDF, one for each page, at most five.

    Raises:
        UnreadableDocument: the PDF is damaged, or finding them took too long.
    """
    quotes = _page_quotes(document, span)
    if not quotes:
        return ()
    found = sandbox.quote_boxes(_source(data, name, limits), quotes)
    return tuple(
        PageMarks(number=quote.number, boxes=tuple(boxes)) for quote, boxes in zip(quotes, found, strict=True)
    )


def _page_quotes(document: Document, span: Span) -> list[PageQuote]:
    """The part of the span on each page, by its place in that page's text."""
    quotes = []
    for page in document.pages:
        start = max(span.start, page.span.start)
        end = min(span.end, page.span.end, start + _MAX_CHARACTERS)
        if start < end and document.text[start:end].strip():
            offset = page.span.start
            text = page.span.slice(document.text)
            quotes.append(PageQuote(number=page.number, text=text, start=start - offset, end=end - offset))
    return quotes[:_MAX_PAGES]


def _source(data: bytes, name: str, limits: Limits) -> Source:
    return Source(data=data, name=name, uri="", document_id="", limits=limits)
