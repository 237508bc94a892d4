"""Evidence: a part of the documents that a case names, and whether a citation covers it."""

from __future__ import annotations

from dataclasses import dataclass

from rag.explanation.regions import is_named
from rag.types import Citation, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A part of a document, named by its quote, its document, its offsets, or several of them.

    ``document`` is a document's id, its title, its ``uri`` or the end of it (a file's name).
    ``span`` holds code points of the version that is stored now.

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
        """True where this document can hold the evidence: it is the one named, or none is named."""
        if self.document is None:
            return True
        return is_named(self.document, document_id=document_id, uri=uri, title=title)

    def cited_by(self, citation: Citation) -> bool:
        """True where a citation covers all of the evidence; white space counts alike."""
        if not self.in_document(citation.document_id, citation.uri, citation.title):
            return False
        if self.span is not None and not citation.span.contains(self.span):
            return False
        return self.quote is None or contains_text(citation.quote, self.quote)

    def overlapped_by(self, citation: Citation) -> bool:
        """True where a citation covers a part of the evidence, or is a part of it."""
        if not self.in_document(citation.document_id, citation.uri, citation.title):
            return False
        if self.span is not None and not self.span.overlaps(citation.span):
            return False
        return (
            self.quote is None
            or contains_text(citation.quote, self.quote)
            or contains_text(self.quote, citation.quote)
        )

    def __str__(self) -> str:
        offsets = None if self.span is None else f"{self.span.start}-{self.span.end}"
        where = " ".join(part for part in (self.document, offsets) if part)
        if self.quote is None:
            return where
        return f"{self.quote!r} in {where}" if where else repr(self.quote)


def normalize_whitespace(text: str) -> str:
    """A text with every run of white space made one space, and none at its ends."""
    return " ".join(text.split())


def contains_text(text: str, part: str) -> bool:
    """True where a text holds another, white space counting alike."""
    return normalize_whitespace(part) in normalize_whitespace(text)
