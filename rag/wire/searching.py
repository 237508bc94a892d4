"""Wire models of search results."""

from __future__ import annotations

from rag.wire.asking import CitationOut
from rag.wire.base import Out


class ScoresOut(Out):
    """Why a passage is where it is; null: that retriever did not return it."""

    fused: float
    dense: float | None
    lexical: float | None


class PassageOut(Out):
    """A passage that may hold the answer: a citation of all of it, with its scores."""

    citation: CitationOut
    scores: ScoresOut


class SearchOut(Out):
    """Passages, best first."""

    query: str
    collection: str
    results: list[PassageOut]
