"""Readings to a decision: which passage holds the evidence, how likely, or why no answer is given.

Passages are ranked by the reader's relevance plus the weighted retrieval score. Of the best one two
calibrated probabilities (``rag/answering/calibration.py``) say whether its evidence holds what was asked, and
whether its short answer is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.answering.calibration import FEATURES, Calibration
from rag.answering.comparison import differs
from rag.answering.features import (
    PoolStatistics,
    features_of,
    has_expected_type,
    relevance_share,
)
from rag.answering.selection import best_span, prefer_by_margin, rank_by_spans, rank_readings, spans_decide
from rag.question.analysis import QuestionAnalysis
from rag.settings import DecideSettings
from rag.types import Candidate, Certainty, Reading, Reason, SpanAnswer

MAX_COMPETING = 3
READ_CLOSELY = 2  # passages, where relevance decides
# The share of a collection retrieved at which it begins to count as small, and from which on it is.
_SMALL_COLLECTION = (1 / 3, 1 / 2)
_CELL_CONFIDENCE = 0.85  # of a cell that the question names
_NEAR_TIE = 2.0  # logits of relevance below the best passage's, at which another passage is cited too


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The best passage with its short answer; ``reason`` is set where no answer is to be given.

    Attributes:
        ranked: all readings, best first.
        by_relevance: the same by relevance alone.
        second: another passage that is about as relevant, where the answer is only likely.
        span: its best short answer.
        competing: short answers of other documents that can't be right beside this one, each once, each with
            at least the probability ``DecideSettings.conflict_confidence``.
        confidence: P(the evidence holds what was asked).
        short_answer_confidence: P(the short answer is right).
        is_named_cell: whether the short answer is a table's cell that the question names
            (``rag/answering/cell_lookup.py``): it is shown as it is.
        by_spans: whether spans ranked the passages (``rag/answering/selection.py``), not their relevance.
        threshold: the confidence that an answer needs here.
        certainty: how an answer is marked; None where none is given.
        features: of the best passage, by name.
    """

    ranked: tuple[Reading, ...] = ()
    by_relevance: tuple[Reading, ...] = ()
    second: Reading | None = None
    span: SpanAnswer | None = None
    competing: tuple[SpanAnswer, ...] = ()
    confidence: float = 0.0
    short_answer_confidence: float = 0.0
    is_named_cell: bool = False
    by_spans: bool = False
    threshold: float
    certainty: Certainty | None = None
    reason: Reason | None
    features: Mapping[str, float]

    @property
    def reading(self) -> Reading | None:
        """That of the passage whose evidence answers; None where nothing was read."""
        return self.ranked[0] if self.ranked else None


class Decider:
    """Decides between the passages that were read. Pure: the same readings give the same decision.

    Args:
        cosines: whether dense scores are cosines of the embedder that the calibration was fitted with;
            else every passage's cosine counts as the average.
    """

    def __init__(self, calibration: Calibration, settings: DecideSettings, *, cosines: bool = True) -> None:
        self._calibration = calibration
        self._settings = settings
        self._sure = calibration.threshold_for(settings.sure_risk)
        self._default_cosine = None if cosines else calibration.mean[FEATURES.index("cosine")]

    def passages_to_read_closely(self, analysis: QuestionAnalysis, candidates: Sequence[Candidate]) -> int:
        """How many of the best passages a span reader reads: all, where spans alone decide."""
        return len(candidates) if spans_decide(analysis, len(candidates)) else READ_CLOSELY

    def rank(self, analysis: QuestionAnalysis, readings: Sequence[Reading]) -> list[Reading]:
        """The readings, best first (``rank_readings``)."""
        return rank_readings(analysis, readings, fused_weight=self._calibration.fused_weight)

    def decide(
        self,
        analysis: QuestionAnalysis,
        candidates: Sequence[Candidate],
        readings: Sequence[Reading],
        *,
        retrieved_share: float = 0.0,
    ) -> Decision:
        """The decision over all passages read so far.

        Args:
            candidates: those retrieved, best first.
            retrieved_share: of the collection's passages those that were retrieved, 0 to 1.
        """
        threshold = self._threshold(retrieved_share)
        if not candidates:
            return Decision(threshold=threshold, reason=Reason.NOTHING_RELEVANT, features={})
        by_relevance = self.rank(analysis, readings)
        by_spans = spans_decide(analysis, len(candidates))
        if by_spans:
            ranked = rank_by_spans(analysis, by_relevance)
        else:
            ranked = prefer_by_margin(analysis, by_relevance, fused_weight=self._calibration.fused_weight)
        if not ranked:
            return Decision(threshold=threshold, reason=Reason.NOT_ANSWERED_HERE, features={})
        best = ranked[0]
        span = best_span(analysis, best)
        pool = PoolStatistics.of(analysis, candidates)
        features = self._features(analysis, pool, best, ranked)
        confidence = self._calibration.evidence_probability(features, by_spans=by_spans)
        certainty = self._certainty(confidence, threshold)
        return Decision(
            ranked=tuple(ranked),
            by_relevance=tuple(by_relevance),
            second=_second(ranked) if certainty is not Certainty.SURE else None,
            span=span,
            competing=self._competing(analysis, pool, ranked, by_spans=by_spans),
            confidence=confidence,
            short_answer_confidence=0.0
            if span is None
            else self._calibration.short_answer_probability(features, by_spans=by_spans),
            by_spans=by_spans,
            threshold=threshold,
            certainty=certainty,
            reason=None if certainty else self._reason(best),
            features=dict(zip(FEATURES, features, strict=True)),
        )

    def with_named_cell(self, decision: Decision, cell: SpanAnswer) -> Decision:
        """The decision for the cell that a question names, which is one of the passages read.

        A sure decision stands. So does one that has the cell's text already, but for its confidence.
        """
        if decision.certainty is Certainty.SURE:
            return decision
        passage = cell.candidate.passage.id
        reading = next(r for r in decision.by_relevance if r.candidate.passage.id == passage)
        confidence = max(decision.confidence, _CELL_CONFIDENCE)
        certainty = self._certainty(confidence, decision.threshold)
        return replace(
            decision,
            ranked=(reading, *(r for r in decision.ranked if r.candidate.passage.id != passage)),
            second=None,
            span=cell,
            competing=(),
            confidence=confidence,
            short_answer_confidence=max(decision.short_answer_confidence, _CELL_CONFIDENCE),
            is_named_cell=True,
            certainty=Certainty.LIKELY if certainty else None,
            reason=None if certainty else decision.reason,
        )

    def choose_better_typed(
        self, analysis: QuestionAnalysis, refined: SpanAnswer, best: SpanAnswer
    ) -> SpanAnswer:
        """The refined span, unless it alone of the two lacks the expected answer type."""
        loses_type = (
            has_expected_type(analysis, refined) is False and has_expected_type(analysis, best) is not False
        )
        return best if loses_type else refined

    def is_clear(self, decision: Decision) -> bool:
        """True where reading more passages is not worth its time."""
        return decision.confidence >= self._settings.clear

    def has_short_answer(self, decision: Decision) -> bool:
        """True where the short answer is right so probably that it is shown before its evidence."""
        return decision.short_answer_confidence >= self._settings.short_answer

    def _features(
        self,
        analysis: QuestionAnalysis,
        pool: PoolStatistics,
        reading: Reading,
        readings: Sequence[Reading],
    ) -> list[float]:
        return features_of(
            analysis,
            pool,
            reading,
            best_span(analysis, reading),
            share=relevance_share(reading, readings),
            default_cosine=self._default_cosine,
        )

    def _competing(
        self, analysis: QuestionAnalysis, pool: PoolStatistics, ranked: Sequence[Reading], *, by_spans: bool
    ) -> tuple[SpanAnswer, ...]:
        """Each reading's probability is that beside the answer's rivals of other documents left out."""
        spans = [(reading, span) for reading in ranked if (span := best_span(analysis, reading)) is not None]
        if not spans or spans[0][0] is not ranked[0]:
            return ()
        best = spans[0][1]
        agreeing = {
            reading.candidate.document.id for reading, span in spans if not differs(span.text, best.text)
        }
        competing: list[SpanAnswer] = []
        for reading, span in spans[1:]:
            is_listed = any(not differs(span.text, other.text) for other in competing)
            if (
                is_listed
                or reading.candidate.document.id in agreeing
                or has_expected_type(analysis, span) is False
            ):
                continue
            features = self._features(analysis, pool, reading, [reading])
            confidence = self._calibration.short_answer_probability(features, by_spans=by_spans)
            if confidence >= self._settings.conflict_confidence:
                competing.append(span)
        return tuple(competing[:MAX_COMPETING])

    def _threshold(self, retrieved_share: float) -> float:
        """The confidence that an answer needs: in a small collection its odds are higher by the factor."""
        none, whole = _SMALL_COLLECTION
        weight = min(1.0, max(0.0, (retrieved_share - none) / (whole - none)))
        odds: float = self._settings.small_collection_odds**weight
        threshold = self._settings.threshold
        return threshold * odds / (1 - threshold + threshold * odds)

    def _certainty(self, confidence: float, threshold: float) -> Certainty | None:
        if confidence < threshold:
            return None
        return Certainty.SURE if confidence >= self._sure else Certainty.LIKELY

    def _reason(self, best: Reading) -> Reason:
        return Reason.NOT_ANSWERED_HERE if best.relevance <= 0 else Reason.NOT_CONFIDENT


def _second(ranked: Sequence[Reading]) -> Reading | None:
    if len(ranked) < 2 or ranked[1].relevance < ranked[0].relevance - _NEAR_TIE:
        return None
    return ranked[1]
