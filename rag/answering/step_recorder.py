"""Records the steps of one question as they end, and holds the question to its deadline."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rag.answering.decision import Decision
from rag.errors import DeadlineExceeded
from rag.types import (
    Candidate,
    CiteStep,
    DecideStep,
    Reading,
    ReadPassage,
    ReadSpan,
    ReadStep,
    RefineStep,
    RetrievedPassage,
    RetrieveStep,
    SpanAnswer,
    Step,
    Trace,
)

Observer = Callable[[Step], None]
"""Called with each step as it ends; what it raises ends the question."""


@dataclass(slots=True)
class StepRecorder:
    """Times the steps of one question.

    Each method ends a step, and raises DeadlineExceeded where ``deadline`` (a ``time.monotonic()`` value)
    has passed.
    """

    deadline: float | None
    observer: Observer | None = None
    _steps: list[Step] = field(default_factory=list)
    _started: float = field(default_factory=time.perf_counter)

    def retrieved(self, candidates: Sequence[Candidate], standalone_question: str | None) -> None:
        """Passages were retrieved."""
        passages = tuple(_retrieved_passage(candidate) for candidate in candidates)
        self._end(
            RetrieveStep(ms=self._elapsed(), passages=passages, standalone_question=standalone_question)
        )

    def read(self, readings: Sequence[Reading]) -> None:
        """Passages were read; ``readings`` are all so far."""
        self._end(
            ReadStep(
                ms=self._elapsed(),
                passages_read=len(readings),
                spans=sum(len(reading.spans) for reading in readings),
                best=tuple(_read_span(_best_span(reading)) for reading in readings if reading.spans),
                passages=tuple(_read_passage(reading) for reading in readings),
            )
        )

    def decided(self, decision: Decision, *, passages_read: int) -> None:
        """It was decided which passage holds the evidence, and how likely."""
        self._end(
            DecideStep(
                ms=self._elapsed(),
                confidence=decision.confidence,
                threshold=decision.threshold,
                features=decision.features,
                passages_read=passages_read,
                chosen=_read_span(decision.span) if decision.span else None,
            )
        )

    def refined(self, chosen: SpanAnswer) -> None:
        """The chosen span was refined."""
        self._end(RefineStep(ms=self._elapsed(), chosen=_read_span(chosen)))

    def cited(self, citations: int) -> None:
        """Citations were made."""
        self._end(CiteStep(ms=self._elapsed(), citations=citations))

    def trace(self) -> Trace:
        """The steps so far."""
        return Trace(steps=tuple(self._steps))

    def _elapsed(self) -> float:
        """Milliseconds since the last step ended."""
        now = time.perf_counter()
        elapsed = (now - self._started) * 1e3
        self._started = now
        return elapsed

    def _end(self, step: Step) -> None:
        self._steps.append(step)
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise DeadlineExceeded("the question took longer than it may")
        if self.observer is not None:
            self.observer(step)


def _retrieved_passage(candidate: Candidate) -> RetrievedPassage:
    scores = candidate.scores
    return RetrievedPassage(
        passage_id=candidate.passage.id,
        document_id=candidate.document.id,
        span=candidate.passage.span,
        fused=round(scores.fused, 4),
        dense=None if scores.dense is None else round(scores.dense, 4),
        lexical=None if scores.lexical is None else round(scores.lexical, 4),
    )


def _read_span(answer: SpanAnswer) -> ReadSpan:
    return ReadSpan(
        passage_id=answer.candidate.passage.id,
        span=answer.span,
        text=answer.text,
        margin=round(answer.margin, 4),
    )


def _read_passage(reading: Reading) -> ReadPassage:
    return ReadPassage(passage_id=reading.candidate.passage.id, relevance=round(reading.relevance, 4))


def _best_span(reading: Reading) -> SpanAnswer:
    return max(reading.spans, key=lambda span: span.margin)
