"""Citations of documents made for tests."""

from __future__ import annotations

from rag.text import quote_context
from rag.types import Citation, Document, Span


def cite(document: Document, quote: str, section: tuple[str, ...] | None = None) -> Citation:
    """The citation of a quote's first occurrence in the document.

    Args:
        section: the headings above; None: those that the document has there.

    Raises:
        ValueError: the document doesn't have the quote.
    """
    start = document.text.index(quote)
    span = Span(start, start + len(quote))
    prefix, suffix = quote_context(document.text, span)
    return Citation(
        document_id=document.id,
        version=document.sha256,
        title=document.title,
        uri=document.uri,
        start=span.start,
        end=span.end,
        quote=quote,
        prefix=prefix,
        suffix=suffix,
        section=document.section_at(start) if section is None else section,
    )
