"""Re-checks citations: against the text they are cut from, and later against what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.quote_search import find_quote
from rag.errors import UnknownDocument
from rag.ports.catalog import Catalog
from rag.types import Citation, Document, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of a citation. ``why`` is one plain line; ``moved_to`` where its quote is now."""

    citation: Citation
    holds: bool
    why: str
    moved_to: Span | None = None


def exact(citation: Citation, document: Document) -> bool:
    """True where the citation is of this version and its quote is this version's slice."""
    return (
        citation.document_id == document.id
        and citation.version == document.sha256
        and citation.span.slice(document.text) == citation.quote
    )


def recheck(citations: Sequence[Citation], catalog: Catalog) -> list[Finding]:
    """A finding for each citation, in order, against the versions stored now.

    A citation of a version that was replaced doesn't hold, even where its words still stand: the
    finding then says where.
    """
    return [_recheck(citation, catalog) for citation in citations]


def _recheck(citation: Citation, catalog: Catalog) -> Finding:
    try:
        document = catalog.document(citation.document_id)
    except UnknownDocument:
        return Finding(citation=citation, holds=False, why="the document is no longer stored")
    if exact(citation, document):
        return Finding(citation=citation, holds=True, why="the quote is exactly there")
    moved = find_quote(
        document.text, citation.quote, prefix=citation.prefix, suffix=citation.suffix, near=citation.start
    )
    same_version = citation.version == document.sha256
    problem = "the quote isn't what stands there" if same_version else "the document has changed since"
    if moved is None:
        return Finding(citation=citation, holds=False, why=f"{problem}, and no longer says this")
    where = f"{problem}; the quote is at {moved.start}-{moved.end} now"
    return Finding(citation=citation, holds=False, why=where, moved_to=moved)
