"""Read spans to a decision: which answer, how likely it is right, or why none is given.

Spans are ranked by the reader's margin plus the weighted retrieval score; further spans with the same text
count as agreeing. The best one's confidence is a calibrated probability (``rag/answering/calibration.py``)
over a few features (``rag/answering/features.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answering.calibration import FEATURES, Calibration
from rag.answering.comparison import differs, says_same
from rag.answering.features import PoolStatistics, features_of, has_expected_type, has_other_unit
from rag.question.analysis import QuestionAnalysis
from rag.settings import DecideSettings
from rag.types import Candidate, Reason, SpanAnswer

MAX_COMPETING = 3
# Logits that an answer of another type than expected loses where answers are ranked. At 0, 1, 2, 4 and 8
# the best answer was right for 0.638, 0.644, 0.645, 0.647 and 0.644 of QED's questions, 0.799, 0.813, 0.826,
# 0.819 and 0.819 of CLAPnq's, 0.863 of XQuAD-en's (0.859 at 8).
_TYPE_MISMATCH_PENALTY = 2.0
_UNIT_MISMATCH_PENALTY = 8.0  # "two" of "two years", asked how many days; too few open questions to fit it


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The best answer with agreeing and competing spans; ``reason`` is set where it is not to be given.

    ``agreeing`` are further spans that say the same. ``competing`` are answers of other documents that
    can't be right beside the best one, each once, each with at least the confidence
    ``DecideSettings.conflict_confidence``.
    """

    best: SpanAnswer | None
    agreeing: tuple[SpanAnswer, ...]
    competing: tuple[SpanAnswer, ...]
    confidence: float
    reason: Reason | None
    features: Mapping[str, float]


class Decider:
    """Decides between the spans that were read. Pure: the same spans give the same decision.

    Args:
        cosines: whether dense scores are cosines of the embedder that the calibration was fitted with;
            else every passage's cosine counts as the average.
    """

    def __init__(self, calibration: Calibration, settings: DecideSettings, *, cosines: bool = True) -> None:
        self._calibration = calibration
        self._settings = settings
        self._default_cosine = None if cosines else calibration.mean[FEATURES.index("cosine")]

    def decide(
        self, analysis: QuestionAnalysis, candidates: Sequence[Candidate], spans: Sequence[SpanAnswer]
    ) -> Decision:
        """The decision over all spans read so far; ``candidates`` are those retrieved, best first."""
        if not candidates:
            return _no_answer(Reason.NOTHING_RELEVANT)
        ranked = self._rank(analysis, spans)
        if not ranked:
            return _no_answer(Reason.NOT_ANSWERED_HERE)
        best = ranked[0]
        pool = PoolStatistics.of(analysis, candidates)
        features = self._features(analysis, pool, best)
        confidence = self._calibration.probability(features, len(candidates))
        return Decision(
            best=best,
            agreeing=tuple(span for span in ranked[1:] if says_same(span.text, best.text)),
            competing=self._competing(analysis, pool, ranked),
            confidence=confidence,
            reason=self._reason(confidence, best),
            features=dict(zip(FEATURES, features, strict=True)),
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

    def _features(self, analysis: QuestionAnalysis, pool: PoolStatistics, span: SpanAnswer) -> list[float]:
        return features_of(analysis, pool, span, default_cosine=self._default_cosine)

    def _competing(
        self, analysis: QuestionAnalysis, pool: PoolStatistics, ranked: Sequence[SpanAnswer]
    ) -> tuple[SpanAnswer, ...]:
        best, best_by_passage = ranked[0], _best_by_passage(ranked)
        agreeing = {
            span.candidate.document.id for span in best_by_passage if not differs(span.text, best.text)
        }
        competing: list[SpanAnswer] = []
        for span in best_by_passage:
            is_listed = any(not differs(span.text, other.text) for other in competing)
            if (
                is_listed
                or span.candidate.document.id in agreeing
                or has_expected_type(analysis, span) is False
            ):
                continue
            confidence = self._calibration.probability(self._features(analysis, pool, span), len(pool.ranks))
            if confidence >= self._settings.conflict_confidence:
                competing.append(span)
        return tuple(competing[:MAX_COMPETING])

    def _rank(self, analysis: QuestionAnalysis, spans: Sequence[SpanAnswer]) -> list[SpanAnswer]:
        """Best first; ties by position, so that the order never depends on the order of reading."""
        return sorted(
            spans,
            key=lambda span: (-self._score(analysis, span), span.candidate.passage.id, span.span.start),
        )

    def _score(self, analysis: QuestionAnalysis, span: SpanAnswer) -> float:
        retrieval = self._calibration.retrieval_weight * span.candidate.scores.fused
        return span.margin + retrieval - _mismatch_penalty(analysis, span)

    def _reason(self, confidence: float, best: SpanAnswer) -> Reason | None:
        if confidence >= self._settings.threshold:
            return None
        return Reason.NOT_ANSWERED_HERE if best.margin <= 0 else Reason.NOT_CONFIDENT


def _best_by_passage(ranked: Sequence[SpanAnswer]) -> list[SpanAnswer]:
    """Each passage's best span, best first."""
    best: dict[str, SpanAnswer] = {}
    for span in ranked:
        best.setdefault(span.candidate.passage.id, span)
    return list(best.values())


def _mismatch_penalty(analysis: QuestionAnalysis, span: SpanAnswer) -> float:
    """What an answer of another type than expected loses, in logits."""
    if has_expected_type(analysis, span) is not False:
        return 0.0
    return _UNIT_MISMATCH_PENALTY if has_other_unit(analysis, span) else _TYPE_MISMATCH_PENALTY


def _no_answer(reason: Reason) -> Decision:
    return Decision(best=None, agreeing=(), competing=(), confidence=0.0, reason=reason, features={})
