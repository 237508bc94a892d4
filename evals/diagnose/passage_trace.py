"""How far an expected passage came in one question's way: stored, found, read, chosen, trusted.

Read from the trace that every outcome carries, so that it works alike in process and over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.cases.evidence import Evidence
from rag.answering.quote_search import find_quote
from rag.types import Document, Span, Trace

_PLACES = 100  # of one quote in one document that are looked at


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a stored document."""

    document_id: str
    span: Span

    def meets(self, told: Mapping[str, Any]) -> bool:
        """True where a passage or span of a trace shares a character with this region."""
        same = told.get("document_id") == self.document_id
        return same and self.span.overlaps(Span(int(told["start"]), int(told["end"])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage as retrieval ranked it; ranks count from 1, None: that retriever did not return it."""

    told: Mapping[str, Any]
    rank: int
    dense_rank: int | None
    lexical_rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where the expected passage got to.

    ``found`` are the passages retrieved that hold a part of it, best first, out of ``of``; ``read`` the
    best span of each of them that was read; ``chosen`` the span that was decided on, wherever it is.
    """

    stored: bool
    of: int
    found: tuple[Found, ...]
    read: tuple[Mapping[str, Any], ...]
    passages_read: int
    chosen: Mapping[str, Any] | None
    confidence: float | None
    threshold: float | None

    @property
    def rank(self) -> int | None:
        return self.found[0].rank if self.found else None

    @property
    def chosen_here(self) -> bool:
        """True where the span decided on is of one of these passages."""
        here = {found.told["id"] for found in self.found}
        return self.chosen is not None and self.chosen["passage"] in here


def regions(places: Iterable[Evidence], documents: Iterable[Document]) -> tuple[Region, ...]:
    """Where the places stand in these documents, every occurrence."""
    wanted = list(places)
    return tuple(
        Region(document.id, span)
        for document in documents
        for place in wanted
        if place.in_document(document.id, document.uri, document.title)
        for span in _spans(place, document.text)
    )


def whereabouts(where: Sequence[Region], trace: Trace) -> Whereabouts:
    """How far these regions came. A trace without passages tells only what was decided."""
    details = {step.name.split(" ")[0]: step.detail for step in trace.steps}
    passages: Sequence[Mapping[str, Any]] = _listed(details.get("retrieve", {}), "passages")
    ranks = {name: _ranks(passages, name) for name in ("dense", "lexical")}
    found = tuple(
        Found(told=told, rank=n, dense_rank=ranks["dense"].get(n), lexical_rank=ranks["lexical"].get(n))
        for n, told in enumerate(passages, 1)
        if any(region.meets(told) for region in where)
    )
    here = {one.told["id"] for one in found}
    spans = _listed(details.get("read", {}), "best")
    decided: Mapping[str, Any] = details.get("decide", {})
    return Whereabouts(
        stored=bool(where),
        of=len(passages),
        found=found,
        read=tuple(span for span in spans if span["passage"] in here),
        passages_read=len(spans),
        chosen=decided.get("chosen"),
        confidence=decided.get("confidence"),
        threshold=decided.get("threshold"),
    )


def _listed(detail: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    value = detail.get(name)
    return value if isinstance(value, list) else []


def _ranks(passages: Sequence[Mapping[str, Any]], name: str) -> dict[int, int]:
    """By place in the fused order (from 1), the rank among those this retriever returned."""
    scored = [(n, told[name]) for n, told in enumerate(passages, 1) if told.get(name) is not None]
    ordered = sorted(scored, key=lambda pair: (-pair[1], pair[0]))
    return {n: rank for rank, (n, _) in enumerate(ordered, 1)}


def _spans(place: Evidence, text: str) -> list[Span]:
    if place.span is not None:
        return [place.span] if place.span.end <= len(text) else []
    if place.quote is None:
        return [Span(0, len(text))] if text else []
    exact: list[Span] = []
    at = text.find(place.quote)
    while at >= 0 and len(exact) < _PLACES:
        exact.append(Span(at, at + len(place.quote)))
        at = text.find(place.quote, at + 1)
    words = place.quote.split()
    if exact or len(words) < 2 or not all(word in text for word in words):
        return exact
    wrapped = find_quote(text, place.quote)
    return [] if wrapped is None else [wrapped]
