"""The trace of one question: what each step did, how long it took, and what it found.

A trace explains an outcome and is never part of its identity. Steps are values; ``rag/wire/trace.py`` has
their JSON form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteStep:
    """An LLM was asked for further search queries.

    ``failure`` says why there is none (a value of ``rag.errors.LlmFailure``); None where it answered.
    """

    ms: float
    queries: tuple[str, ...]
    failure: str | None = None

    @property
    def name(self) -> str:
        return "rewrite"


class DropRule(StrEnum):
    """The rule that a drafted sentence breaks.

    ``DANGLING``: it begins with a word that refers to the sentence before, which was dropped. ``INCOMPLETE``
    and ``OUT_OF_ORDER`` are of steps, which stand or fall together.
    """

    UNCITED = "uncited"
    UNSUPPORTED = "unsupported"
    NOT_ACCEPTED = "not_accepted"
    DANGLING = "dangling"
    INCOMPLETE = "incomplete"
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedSentence:
    """A sentence of a draft that is not shown, for the rule it breaks; ``text`` is the LLM's own, unchecked.

    Attributes:
        cited: the numbers of evidence that it cites, also those that don't exist.
        score: the support score; None where it wasn't computed.
        missing: what the cited places don't hold.
    """

    text: str
    rule: DropRule
    cited: tuple[int, ...] = ()
    score: float | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStep:
    """An LLM was asked to draft an answer from numbered evidence.

    Attributes:
        model: names provider and model.
        evidence: how many sentences, items and rows were sent; 0 where nothing was sent.
        kept: how many of its sentences are kept.
        is_used: whether the answer is made of them.
        is_declined: whether the LLM said that the evidence holds no answer.
        failure: why there is no draft (a value of ``rag.errors.LlmFailure``); None where there is one.
        prompt_tokens, completion_tokens: as the endpoint counts them; None where it doesn't say.
    """

    ms: float
    model: str
    evidence: int
    kept: int = 0
    dropped: tuple[DroppedSentence, ...] = ()
    is_used: bool = False
    is_declined: bool = False
    failure: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @property
    def name(self) -> str:
        return "draft"


Step = RetrieveStep | RewriteStep | ReadStep | DecideStep | RefineStep | DraftStep | CiteStep


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

    @property
    def drafted(self) -> DraftStep | None:
        """The last drafting step; ``is_used`` tells whether the answer's statements are an LLM's."""
        return next((step for step in reversed(self.steps) if isinstance(step, DraftStep)), None)

    def _of_first_part(self) -> tuple[Step, ...]:
        """The steps up to the second retrieval."""
        retrievals = [number for number, step in enumerate(self.steps) if isinstance(step, RetrieveStep)]
        return self.steps[: retrievals[1]] if len(retrievals) > 1 else self.steps
