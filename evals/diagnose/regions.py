"""Where the places that a case names stand in the stored documents."""

from __future__ import annotations

from collections.abc import Iterable

from evals.cases.places import Place
from rag.explanation.regions import Region, quote_spans
from rag.types import Document, Span


def regions(places: Iterable[Place], documents: Iterable[Document]) -> tuple[Region, ...]:
    """Where the places stand in these documents, every occurrence."""
    wanted = list(places)
    return tuple(
        Region(document.id, span)
        for document in documents
        for place in wanted
        if place.of_document(document.id, document.uri, document.title)
        for span in _spans(place, document.text)
    )


def _spans(place: Place, text: str) -> list[Span]:
    if place.span is not None:
        return [place.span] if place.span.end <= len(text) else []
    if place.quote is None:
        return [Span(0, len(text))] if text else []
    return quote_spans(text, place.quote)
