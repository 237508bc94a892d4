"""The regions of stored documents that hold what a case names as evidence, or accepts as its answer."""

from __future__ import annotations

from collections.abc import Iterable

from evals.cases.evidence import Evidence
from evals.cases.matchers import Matcher
from evals.diagnose.accepted_spans import accepted_spans
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


def accepted_regions(matchers: Iterable[Matcher], documents: Iterable[Document]) -> tuple[Region, ...]:
    """Every place in these documents that says what one of the matchers accepts."""
    accepted = list(matchers)
    return tuple(
        Region(document.id, span)
        for document in documents
        for matcher in accepted
        for span in accepted_spans(matcher, document.text)
    )


def _spans(evidence: Evidence, text: str) -> list[Span]:
    if evidence.span is not None:
        return [evidence.span] if evidence.span.end <= len(text) else []
    if evidence.quote is None:
        return [Span(0, len(text))] if text else []
    return quote_spans(text, evidence.quote)
