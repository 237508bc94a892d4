"""Verification: citations checked against the text they were made from, and later against what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.quote_search import find_quote
from rag.errors import DamagedDocument, UnknownDocument
from rag.ports.catalog import Catalog
from rag.types import Citation, Document, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationCheck:
    """Whether a citation still holds. ``message`` is one plain line; ``moved_to`` where its quote is now."""

    citation: Citation
    holds: bool
    message: str
    moved_to: Span | None = None


def is_exact(citation: Citation, document: Document) -> bool:
    """True where the citation is of this version and its quote is this version's slice."""
    return (
        citation.document_id == document.id
        and citation.version == document.sha256
        and citation.span.slice(document.text) == citation.quote
    )


def is_altered(document: Document, catalog: Catalog) -> bool:
    """Whether the stored text isn't the one that the document's passages were made from.

    Raises:
        DamagedDocument: its passages can't be read.
    """
    return any(passage.version != document.sha256 for passage in catalog.passages_of(document.id))


def check_citations(citations: Sequence[Citation], catalog: Catalog) -> list[CitationCheck]:
    """A check of each citation, in order, against the versions stored now.

    A citation of a version that was replaced doesn't hold, even if the new version has its quote: the check
    then says where.
    """
    return [_check(citation, catalog) for citation in citations]


def _check(citation: Citation, catalog: Catalog) -> CitationCheck:
    try:
        document = catalog.document(citation.document_id)
    except UnknownDocument:
        return CitationCheck(citation=citation, holds=False, message="the document is no longer stored")
    except DamagedDocument as error:
        return CitationCheck(citation=citation, holds=False, message=str(error))
    if is_exact(citation, document):
        return CitationCheck(citation=citation, holds=True, message="the quote is exactly there")
    if is_altered(document, catalog):
        message = "the stored text was altered; remove the document and ingest it again"
        return CitationCheck(citation=citation, holds=False, message=message)
    moved_to = find_quote(
        document.text, citation.quote, prefix=citation.prefix, suffix=citation.suffix, near=citation.start
    )
    same_version = citation.version == document.sha256
    problem = "the quote isn't what stands there" if same_version else "the document has changed since"
    if moved_to is None:
        return CitationCheck(citation=citation, holds=False, message=f"{problem}, and no longer says this")
    message = f"{problem}; the quote is at {moved_to.start}-{moved_to.end} now"
    return CitationCheck(citation=citation, holds=False, message=message, moved_to=moved_to)
