"""Spans to a decision: which answer, how likely it is right, or why none is given. All in one place.

Spans that say the same are pooled across passages; the best pool wins by reader margin plus a share
of the retrieval score. Its confidence is a logistic regression over what the engine knows
(``FEATURES``), fitted on open data by ``python -m evals.train.calibrate`` and kept beside the reader
as ``calibration.json``.

Few features on purpose, chosen by how well a fit on some sets foretells right answers on another
(docs/decisions/confidence.md): what a feature means differs from corpus to corpus. What retrieval
knows counts only as far as the reader is in doubt. How far a passage stands out from the others found
tells much among many, and nothing among a few, so that there are two fits, with it and without, and
what is between has of both.

A probability fitted this way can be held to account by its expected
calibration error (Guo et al. 2017, arXiv:1706.04599).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.answering.comparison import differs, says_same
from rag.english.words import POSSESSIVE
from rag.errors import ModelError
from rag.question.analysis import QuestionAnalysis, matches_type
from rag.question.units_of_measure import requested_unit, unit_of
from rag.retrieval.fusion import z_sum
from rag.settings import DecideSettings
from rag.types import Candidate, Reason, SpanAnswer

FEATURES = (
    "margin",  # reader: best span minus no answer
    "near",  # in doubt: the passage's cosine, over 0.5
    "behind",  # in doubt: log(1 + rank) of the passage among what was retrieved, a few
    "standing",  # in doubt: by how many deviations it is ahead of what was retrieved, many, over 7
    "names_unknown",  # share of the question's names and numbers that nothing retrieved mentions
    "fits",  # 1: a number where a number is asked for, …; -1: not; 0: form tells nothing
)

MAX_COMPETING = 3
_BREADTH = 1.5  # of margin: how slowly doubt fades; at 0 it is a half
_NEAR = 0.5
# Standing counts for longer, since it means the same in more corpora. Doubt is a half at a margin of 0 here,
# too.
_LONGER = 9.0
_AHEAD = 7.0  # about what a passage that answers stands ahead by
_LEXICAL = 0.7  # words beside meaning, in how far a passage is ahead
# Retrieved passages, from which on standing has a say, and has it whole. Of n passages none is ahead of the
# others by more than sqrt(n - 1) deviations, so that among 25 the best stands where among 50 many do.
_CROWD = (25, 40)
# Of margin: what an answer of the wrong form loses where answers are ranked. Of 0, 1, 2, 4 and 8, the best
# answer was right in 0.638, 0.644, 0.645, 0.647 and 0.644 of QED's questions, 0.799, 0.813, 0.826, 0.819
# and 0.819 of CLAPnq's, 0.863 of XQuAD's but with 8 (0.859).
_MISFIT = 2.0
_OTHER_UNIT = 8.0  # "two" of "two years", asked how many days; too few open questions ask so to choose by
_BEHIND = 32  # characters that may hold a number's unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A logistic regression: a weight for each feature, and what is added."""

    weight: tuple[float, ...]
    bias: float

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Fit:
        """From its JSON object."""
        return cls(weight=tuple(data["weight"]), bias=float(data["bias"]))

    def probability(self, standard: Sequence[float]) -> float:
        """P(right) of standardised features."""
        return _logistic(self.bias + sum(w * x for w, x in zip(self.weight, standard, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Two logistic regressions on standardised features, and the weight of retrieval beside the reader.

    ``many`` is for questions with many passages retrieved, ``few`` for those with a few.
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    many: Fit
    few: Fit
    retrieval_weight: float

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Calibration:
        """From the parsed JSON file.

        Raises:
            ModelError: made for other features than these.
        """
        if tuple(data.get("features", ())) != FEATURES or not {"many", "few"} <= data.keys():
            raise ModelError("the calibration was fitted for other features; fit it again")
        return cls(
            mean=tuple(data["mean"]),
            scale=tuple(data["scale"]),
            many=Fit.load(data["many"]),
            few=Fit.load(data["few"]),
            retrieval_weight=float(data["retrieval_weight"]),
        )

    def probability(self, features: Sequence[float], retrieved: int) -> float:
        """P(right) of one feature vector in the order of ``FEATURES``, among so many passages retrieved."""
        rows = zip(features, self.mean, self.scale, strict=True)
        standard = [(x - mean) / scale for x, mean, scale in rows]
        share = crowded(retrieved)
        return share * self.many.probability(standard) + (1 - share) * self.few.probability(standard)


def crowded(retrieved: int) -> float:
    """0 to 1: how much the fit for many passages counts beside that for a few."""
    first, last = _CROWD
    return min(1.0, max(0.0, (retrieved - first) / (last - first)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The best answer and what else speaks for it; ``reason`` set where it isn't to be given.

    ``competing`` are other documents' answers that can't be right beside the best one, each once, and
    each as sure as ``DecideSettings.conflict_confidence`` says.
    """

    best: SpanAnswer | None
    same: tuple[SpanAnswer, ...]
    competing: tuple[SpanAnswer, ...]
    confidence: float
    reason: Reason | None
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Found:
    """What was retrieved for a question, as features need it.

    ``least`` is the lowest cosine, which a passage found by its words alone can't exceed; ``ahead`` by how
    many deviations a passage is ahead of what was retrieved, by meaning and by words.
    """

    unknown: float
    ranks: Mapping[str, int]
    least: float
    ahead: Mapping[str, float]

    @classmethod
    def of(cls, analysis: QuestionAnalysis, candidates: Sequence[Candidate]) -> _Found:
        cosines = [c.scores.dense for c in candidates if c.scores.dense is not None]
        return cls(
            unknown=_share_unknown(analysis.names, candidates),
            ranks={candidate.passage.id: rank for rank, candidate in enumerate(candidates)},
            least=min(cosines, default=0.0),
            ahead=_ahead(candidates),
        )


class Decider:
    """Weighs what was read. Pure: the same spans give the same decision.

    Args:
        cosines: whether dense scores are cosines of the embedder that the calibration was fitted with;
            else they tell nothing, and every passage counts as near as the average.
    """

    def __init__(self, calibration: Calibration, settings: DecideSettings, *, cosines: bool = True) -> None:
        self._calibration = calibration
        self._settings = settings
        self._cosines = cosines

    def decide(
        self, analysis: QuestionAnalysis, candidates: Sequence[Candidate], spans: Sequence[SpanAnswer]
    ) -> Decision:
        """The decision over all spans read so far; ``candidates`` are those retrieved, best first."""
        if not candidates:
            return _none(Reason.NOTHING_RELEVANT)
        ranked = self._rank(analysis, spans)
        if not ranked:
            return _none(Reason.NOT_ANSWERED_HERE)
        best = ranked[0]
        same = tuple(span for span in ranked[1:] if says_same(span.text, best.text))
        found = _Found.of(analysis, candidates)
        features = self._features(analysis, found, best)
        confidence = self._calibration.probability(features, len(candidates))
        return Decision(
            best=best,
            same=same,
            competing=self._competing_answers(analysis, found, ranked),
            confidence=confidence,
            reason=self._reason(confidence, best),
            features=dict(zip(FEATURES, features, strict=True)),
        )

    def _features(self, analysis: QuestionAnalysis, found: _Found, span: SpanAnswer) -> list[float]:
        """In the order of ``FEATURES``."""
        form = _form_of(analysis, span)
        doubt = _doubt(span.margin, _BREADTH)
        dense = span.candidate.scores.dense
        near = doubt * ((found.least if dense is None else dense) - _NEAR)
        return [
            span.margin,
            near if self._cosines else self._calibration.mean[FEATURES.index("near")],
            doubt * math.log1p(found.ranks.get(span.candidate.passage.id, len(found.ranks))),
            _doubt(span.margin, _LONGER) * (found.ahead.get(span.candidate.passage.id, 0.0) - _AHEAD),
            found.unknown,
            0.0 if form is None else 1.0 if form else -1.0,
        ]

    def _competing_answers(
        self, analysis: QuestionAnalysis, found: _Found, ranked: Sequence[SpanAnswer]
    ) -> tuple[SpanAnswer, ...]:
        best, first = ranked[0], _first_of_each(ranked)
        agreeing = {span.candidate.document.id for span in first if not differs(span.text, best.text)}
        competing: list[SpanAnswer] = []
        for span in first:
            known = any(not differs(span.text, other.text) for other in competing)
            if known or span.candidate.document.id in agreeing or _form_of(analysis, span) is False:
                continue
            features = self._features(analysis, found, span)
            if (
                self._calibration.probability(features, len(found.ranks))
                >= self._settings.conflict_confidence
            ):
                competing.append(span)
        return tuple(competing[:MAX_COMPETING])

    def choose_better_typed(
        self, analysis: QuestionAnalysis, refined: SpanAnswer, best: SpanAnswer
    ) -> SpanAnswer:
        """The closer look's answer, but for one of the wrong form where the first look's wasn't."""
        return (
            best
            if _form_of(analysis, refined) is False and _form_of(analysis, best) is not False
            else refined
        )

    def is_clear(self, decision: Decision) -> bool:
        """True where reading more passages is not worth its time."""
        return decision.confidence >= self._settings.clear

    def _rank(self, analysis: QuestionAnalysis, spans: Sequence[SpanAnswer]) -> list[SpanAnswer]:
        """Best first; ties by place, so that order never depends on what came first."""
        return sorted(
            spans, key=lambda span: (-self._worth(analysis, span), span.candidate.passage.id, span.span.start)
        )

    def _worth(self, analysis: QuestionAnalysis, span: SpanAnswer) -> float:
        retrieval = self._calibration.retrieval_weight * span.candidate.scores.fused
        return span.margin + retrieval - _misfit(analysis, span)

    def _reason(self, confidence: float, best: SpanAnswer) -> Reason | None:
        if confidence >= self._settings.threshold:
            return None
        return Reason.NOT_ANSWERED_HERE if best.margin <= 0 else Reason.NOT_CONFIDENT


def _doubt(margin: float, breadth: float) -> float:
    """A half at a margin of 0, and less above it, the more slowly the greater the breadth."""
    return _logistic(-margin / breadth)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, x))))


def _ahead(candidates: Sequence[Candidate]) -> dict[str, float]:
    """z-scores among the candidates (not among what was taken from them), of meaning and of words."""
    keys = [candidate.passage.id for candidate in candidates]
    dense = {c.passage.id: c.scores.dense for c in candidates if c.scores.dense is not None}
    lexical = {c.passage.id: c.scores.lexical for c in candidates if c.scores.lexical is not None}
    return z_sum(dense, lexical, keys, lexical_weight=_LEXICAL)


def _first_of_each(ranked: Sequence[SpanAnswer]) -> list[SpanAnswer]:
    """Each passage's best span, best first."""
    first: dict[str, SpanAnswer] = {}
    for span in ranked:
        first.setdefault(span.candidate.passage.id, span)
    return list(first.values())


def _misfit(analysis: QuestionAnalysis, span: SpanAnswer) -> float:
    """What an answer of the wrong form loses."""
    if _form_of(analysis, span) is not False:
        return 0.0
    wanted, found = requested_unit(analysis.standalone), unit_of(span.text, _behind(span))
    return _OTHER_UNIT if wanted and found and found != wanted else _MISFIT


def _behind(span: SpanAnswer) -> str:
    end = span.span.end
    return span.candidate.document.text[end : end + _BEHIND]


def _form_of(analysis: QuestionAnalysis, span: SpanAnswer) -> bool | None:
    """Whether a span has the form that is asked for, told by itself and the text behind it."""
    return matches_type(analysis, span.text, _behind(span))


def _none(reason: Reason) -> Decision:
    return Decision(best=None, same=(), competing=(), confidence=0.0, reason=reason, features={})


def _share_unknown(names: Sequence[str], candidates: Sequence[Candidate]) -> float:
    """The share of names that no candidate's text or title holds: asked of somebody else, it seems."""
    if not names:
        return 0.0
    texts = [candidate.text for candidate in candidates]
    said = (
        "\n".join((*dict.fromkeys(c.document.title for c in candidates), *texts)).casefold().replace("’", "'")
    )
    known = [re.search(rf"(?<!\w){re.escape(re.sub(POSSESSIVE, '', name))}", said) for name in names]
    return known.count(None) / len(names)
