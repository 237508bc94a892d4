"""The trace of one question: what each step did, how long it took, and what it found.

A trace explains an outcome and is never part of its identity. Steps are values; ``rag/wire/trace.py`` has
their JSON form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.types.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievedPassage:
    """A retrieved passage: its place and its scores, without its text.

    ``dense`` (cosine) and ``lexical`` (BM25) are None where that retriever did not return it.
    """

    passage_id: str
    document_id: str
    span: Span
    fused: float
    dense: float | None
    lexical: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSpan:
    """A span that the reader scored. ``margin``: its score above the score of "no answer", in logits."""

    passage_id: str
    span: Span
    text: str
    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPassage:
    """A passage that was read. ``relevance``: logit that it holds what was asked, against "none does"."""

    passage_id: str
    relevance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieveStep:
    """Passages were retrieved, best first.

    ``standalone_question`` is what was searched and read for, where that differs from the question as
    it was put (a completed follow-up, corrected spelling, expanded acronyms).
    """

    ms: float
    passages: tuple[RetrievedPassage, ...]
    standalone_question: str | None = None

    @property
    def name(self) -> str:
        return "retrieve"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStep:
    """Passages were read. ``best`` holds the best span of each passage read so far, in reading order.

    ``passages_read`` counts passages and ``spans`` the spans scored, over this and earlier read steps.
    ``passages`` holds the relevance of each passage read so far, in reading order; empty where the reader
    gives none.
    """

    ms: float
    passages_read: int
    spans: int
    best: tuple[ReadSpan, ...]
    passages: tuple[ReadPassage, ...] = ()

    @property
    def name(self) -> str:
        return f"read {self.passages_read}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideStep:
    """The decision: the chosen span, its features, its confidence and the threshold for an answer."""

    ms: float
    confidence: float
    threshold: float
    features: Mapping[str, float]
    passages_read: int
    chosen: ReadSpan | None

    @property
    def name(self) -> str:
        return "decide"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefineStep:
    """The chosen span was refined by a second forward pass over the sentences around it."""

    ms: float
    chosen: ReadSpan

    @property
    def name(self) -> str:
        return "refine"


@dataclass(frozen=True, slots=True, kw_only=True)
class CiteStep:
    """Citations were made and checked to be exact."""

    ms: float
    citations: int

    @property
    def name(self) -> str:
        return "cite"


Step = RetrieveStep | ReadStep | DecideStep | RefineStep | CiteStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The steps of one question, in order; empty where no trace was kept."""

    steps: tuple[Step, ...] = field(default=())

    @property
    def timings_ms(self) -> dict[str, float]:
        """Milliseconds by step name; a step that was taken several times counts as their sum."""
        totals: dict[str, float] = {}
        for step in self.steps:
            totals[step.name] = totals.get(step.name, 0.0) + step.ms
        return totals

    @property
    def retrieved(self) -> RetrieveStep | None:
        """The retrieval step; of a question of several parts the first part's, as below."""
        return next((step for step in self._of_first_part() if isinstance(step, RetrieveStep)), None)

    @property
    def read(self) -> ReadStep | None:
        """The last read step: it covers every passage that was read."""
        return next((step for step in reversed(self._of_first_part()) if isinstance(step, ReadStep)), None)

    @property
    def decided(self) -> DecideStep | None:
        """The decision step."""
        return next((step for step in self._of_first_part() if isinstance(step, DecideStep)), None)

    def _of_first_part(self) -> tuple[Step, ...]:
        """The steps up to the second retrieval."""
        retrievals = [number for number, step in enumerate(self.steps) if isinstance(step, RetrieveStep)]
        return self.steps[: retrievals[1]] if len(retrievals) > 1 else self.steps
