"""A place in the documents as a case names it, and whether a citation is one of it."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Citation, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """By its words, its document, its offsets, or several of them; at least one is given.

    ``document`` is a document's id, its title, its ``uri`` or the end of it (a file's name).
    ``span`` are code points of the version that is stored now.

    Raises:
        ValueError: neither quote nor document, or offsets without a document.
    """

    quote: str | None = None
    document: str | None = None
    span: Span | None = None

    def __post_init__(self) -> None:
        if self.document is None and (self.quote is None or self.span is not None):
            raise ValueError("a place has a quote or a document, and offsets only with a document")

    def in_document(self, document_id: str, uri: str, title: str) -> bool:
        """True where this place may be in that document."""
        if self.document is None:
            return True
        return self.document in {document_id, title, uri} or uri.endswith(f"/{self.document}")

    def within(self, quote: str, span: Span) -> bool:
        """True where a stretch of the right document holds this place; white space counts alike."""
        if self.span is not None and not span.contains(self.span):
            return False
        return self.quote is None or normalize_whitespace(self.quote) in normalize_whitespace(quote)

    def cited_by(self, citation: Citation) -> bool:
        """True where a citation is of this place."""
        there = self.in_document(citation.document_id, citation.uri, citation.title)
        return there and self.within(citation.quote, citation.span)

    def overlapped_by(self, citation: Citation) -> bool:
        """True where a citation is of a part of this place: what must not be cited, not even in part."""
        if not self.in_document(citation.document_id, citation.uri, citation.title):
            return False
        if self.span is not None and not self.span.overlaps(citation.span):
            return False
        if self.quote is None:
            return True
        one, other = normalize_whitespace(self.quote), normalize_whitespace(citation.quote)
        return one in other or other in one

    def __str__(self) -> str:
        said = None if self.quote is None else repr(self.quote)
        where = None if self.span is None else f"{self.span.start}-{self.span.end}"
        told = " ".join(part for part in (self.document, where) if part)
        return f"{said} in {told}" if said and told else said or told


def normalize_whitespace(text: str) -> str:
    """A text with all white space folded."""
    return " ".join(text.split())
