"""How far an expected passage came in the pipeline: stored, retrieved, read, chosen.

From the outcome's trace alone, so that it works in process and over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.explanation.regions import Region
from rag.types import ReadSpan, RetrievedPassage, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPassage:
    """A passage as retrieval ranked it; ranks count from 1, None: that retriever did not return it."""

    passage: RetrievedPassage
    rank: int
    dense_rank: int | None
    lexical_rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageTrace:
    """How far the expected regions came.

    ``retrieved`` are the passages among ``pool_size`` that hold a part of them, best first; ``read`` the
    best span of each of these that was read; ``chosen`` the span that the decision chose, of any passage.
    """

    stored: bool
    pool_size: int
    retrieved: tuple[RankedPassage, ...]
    read: tuple[ReadSpan, ...]
    passages_read: int
    chosen: ReadSpan | None
    confidence: float | None
    threshold: float | None

    @property
    def rank(self) -> int | None:
        """The best rank of an expected passage."""
        return self.retrieved[0].rank if self.retrieved else None

    @property
    def is_chosen(self) -> bool:
        """True where the chosen span is of one of the expected passages."""
        ids = {ranked.passage.passage_id for ranked in self.retrieved}
        return self.chosen is not None and self.chosen.passage_id in ids


def trace_regions(regions: Sequence[Region], trace: Trace) -> PassageTrace:
    """How far these regions came. An empty trace gives an empty pool."""
    passages = trace.retrieved.passages if trace.retrieved else ()
    dense, lexical = _ranks(passages, lambda p: p.dense), _ranks(passages, lambda p: p.lexical)
    retrieved = tuple(
        RankedPassage(passage=passage, rank=n, dense_rank=dense.get(n), lexical_rank=lexical.get(n))
        for n, passage in enumerate(passages, 1)
        if any(region.overlaps(passage) for region in regions)
    )
    expected_ids = {ranked.passage.passage_id for ranked in retrieved}
    spans = trace.read.best if trace.read else ()
    decided = trace.decided
    return PassageTrace(
        stored=bool(regions),
        pool_size=len(passages),
        retrieved=retrieved,
        read=tuple(span for span in spans if span.passage_id in expected_ids),
        passages_read=len(spans),
        chosen=decided.chosen if decided else None,
        confidence=decided.confidence if decided else None,
        threshold=decided.threshold if decided else None,
    )


def _ranks(
    passages: Sequence[RetrievedPassage], score: Callable[[RetrievedPassage], float | None]
) -> dict[int, int]:
    """By place in the fused order (from 1), the rank among those that this retriever returned."""
    scored = [(n, value) for n, passage in enumerate(passages, 1) if (value := score(passage)) is not None]
    ordered = sorted(scored, key=lambda pair: (-pair[1], pair[0]))
    return {n: rank for rank, (n, _) in enumerate(ordered, 1)}
