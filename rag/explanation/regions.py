"""Regions: spans of stored documents that an answer is expected from."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answering.quote_search import find_quote
from rag.types import RetrievedPassage, Span

_MAX_OCCURRENCES = 100  # of one quote in one document


@dataclass(frozen=True, slots=True)
class Region:
    """A span of a stored document."""

    document_id: str
    span: Span

    def overlaps(self, passage: RetrievedPassage) -> bool:
        """True where a retrieved passage shares a character with this region."""
        return passage.document_id == self.document_id and self.span.overlaps(passage.span)


def is_named(name: str, *, document_id: str, uri: str, title: str) -> bool:
    """True where a name is a document's id, title or address, or the end of its address (a file's name)."""
    return name in {document_id, title, uri} or uri.endswith(f"/{name}")


def quote_spans(text: str, quote: str) -> list[Span]:
    """Every occurrence of a quote in a text; where there is none, one that differs in white space alone."""
    spans: list[Span] = []
    at = text.find(quote)
    while at >= 0 and len(spans) < _MAX_OCCURRENCES:
        spans.append(Span(at, at + len(quote)))
        at = text.find(quote, at + 1)
    words = quote.split()
    if spans or len(words) < 2 or not all(word in text for word in words):
        return spans
    wrapped = find_quote(text, quote)
    return [] if wrapped is None else [wrapped]
