"""How far an expected passage came in the pipeline: stored, retrieved, read, ranked first after reading.

From the outcome's trace alone, so that it works in process and over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.explanation.regions import Region
from rag.types import ReadSpan, ReadStep, RetrievedPassage, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPassage:
    """A passage as retrieval ranked it; ranks count from 1, None: that retriever did not return it."""

    passage: RetrievedPassage
    rank: int
    dense_rank: int | None
    lexical_rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRank:
    """A passage's rank by relevance (a logit) among those that were read, from 1."""

    rank: int
    relevance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageTrace:
    """How far the expected regions came.

    ``retrieved`` are the passages among ``pool_size`` that hold a part of them, best first. ``is_read``: one
    of these was read; ``read`` has the best span of each. ``read_rank`` is the best rank of one by
    relevance, None where the reader gives none. ``chosen`` is the span that the decision chose, of any
    passage; ``first`` the id of its passage, or of the most relevant one where no span was chosen.
    """

    stored: bool
    pool_size: int
    retrieved: tuple[RankedPassage, ...]
    is_read: bool
    read: tuple[ReadSpan, ...]
    read_rank: ReadRank | None
    passages_read: int
    chosen: ReadSpan | None
    first: str | None
    confidence: float | None
    threshold: float | None

    @property
    def rank(self) -> int | None:
        """The best rank of an expected passage."""
        return self.retrieved[0].rank if self.retrieved else None

    @property
    def is_first(self) -> bool:
        """True where an expected passage ranks first after reading."""
        return self.first in {ranked.passage.passage_id for ranked in self.retrieved}


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
    read_ranks = _read_ranks(trace.read)
    read_ids = {span.passage_id for span in spans} | read_ranks.keys()
    decided = trace.decided
    chosen = decided.chosen if decided else None
    expected_ranks = [rank for passage_id, rank in read_ranks.items() if passage_id in expected_ids]
    return PassageTrace(
        stored=bool(regions),
        pool_size=len(passages),
        retrieved=retrieved,
        is_read=bool(expected_ids & read_ids),
        read=tuple(span for span in spans if span.passage_id in expected_ids),
        read_rank=min(expected_ranks, key=lambda one: one.rank, default=None),
        passages_read=len(read_ids),
        chosen=chosen,
        first=chosen.passage_id if chosen else next(iter(read_ranks), None),
        confidence=decided.confidence if decided else None,
        threshold=decided.threshold if decided else None,
    )


def _read_ranks(step: ReadStep | None) -> Mapping[str, ReadRank]:
    """By passage id, the ranks by relevance of the passages read, best first."""
    passages = sorted(step.passages, key=lambda one: -one.relevance) if step else []
    return {
        one.passage_id: ReadRank(rank=rank, relevance=one.relevance) for rank, one in enumerate(passages, 1)
    }


def _ranks(
    passages: Sequence[RetrievedPassage], score: Callable[[RetrievedPassage], float | None]
) -> dict[int, int]:
    """By place in the fused order (from 1), the rank among those that this retriever returned."""
    scored = [(n, value) for n, passage in enumerate(passages, 1) if (value := score(passage)) is not None]
    ordered = sorted(scored, key=lambda pair: (-pair[1], pair[0]))
    return {n: rank for rank, (n, _) in enumerate(ordered, 1)}
