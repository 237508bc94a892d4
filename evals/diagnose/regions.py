"""The regions of stored documents that hold the evidence which a case names."""

from __future__ import annotations

from collections.abc import Iterable

from evals.cases.evidence import Evidence
from rag.explanation.regions import Region, quote_spans
from rag.types import Document, Span


def regions(evidence: Iterable[Evidence], documents: Iterable[Document]) -> tuple[Region, ...]:
    """Every occurrence of the evidence in these documents."""
    expected = list(evidence)
    return tuple(
        Region(document.id, span)
        for document in documents
        for one in expected
        if one.in_document(document.id, document.uri, document.title)
        for span in _spans(one, document.text)
    )


def _spans(evidence: Evidence, text: str) -> list[Span]:
    if evidence.span is not None:
        return [evidence.span] if evidence.span.end <= len(text) else []
    if evidence.quote is None:
        return [Span(0, len(text))] if text else []
    return quote_spans(text, evidence.quote)
