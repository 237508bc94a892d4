"""Spans to a decision: which answer, how likely it is right, or why none is given. All in one place.

Spans that say the same are pooled across passages; the best pool wins by reader margin plus a share
of the retrieval score. Its confidence is a logistic regression over what the engine knows
(``FEATURES``), fitted on open data by ``python -m evals.train.calibrate`` and kept beside the reader
as ``calibration.json``.

Few features on purpose. On the sets it is fitted to, the lead over the next answer, the answer's length
and its words in common with the question gave more (out-of-fold AUROC 0.798 for 0.778), a passage's
cosine more still; on documents it had not seen they made it worse at telling what can be answered (seed
article 0.893 for 0.958, handbook 1.00 for 1.00): what they mean differs from corpus to corpus.

A probability fitted this way can be held to account by its expected
calibration error (Guo et al. 2017, arXiv:1706.04599).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.compare import differs, says_same
from rag.errors import ModelError
from rag.measures import unit_asked, unit_of
from rag.question import POSSESSIVE, Asked, fits, folded_words, share_found
from rag.settings import DecideSettings
from rag.types import Candidate, Reason, SpanAnswer

FEATURES = (
    "margin",  # reader: best span minus no answer
    "coverage",  # share of the question's content words in passage, title and headings
    "names_unknown",  # share of the question's names and numbers that nothing retrieved mentions
    "fits",  # 1: a number where a number is asked for, …; -1: not; 0: form tells nothing
)

RIVALS = 3
# Of margin: what an answer of the wrong form loses where answers are ranked. Of 0, 1, 2, 4 and 8, the best
# answer was right in 0.638, 0.644, 0.645, 0.647 and 0.644 of QED's questions, 0.799, 0.813, 0.826, 0.819
# and 0.819 of CLAPnq's, 0.863 of XQuAD's but with 8 (0.859).
_MISFIT = 2.0
_OTHER_UNIT = 8.0  # "two" of "two years", asked how many days; too few open questions ask so to choose by
_BEHIND = 32  # characters that may hold a number's unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Logistic regression on standardised features, and the weight of retrieval beside the reader."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float
    retrieval_weight: float

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Calibration:
        """From the parsed JSON file.

        Raises:
            ModelError: made for other features than these.
        """
        if tuple(data.get("features", ())) != FEATURES:
            raise ModelError("the calibration was fitted for other features; fit it again")
        return cls(
            mean=tuple(data["mean"]),
            scale=tuple(data["scale"]),
            weight=tuple(data["weight"]),
            bias=float(data["bias"]),
            retrieval_weight=float(data["retrieval_weight"]),
        )

    def probability(self, features: Sequence[float]) -> float:
        """P(right) of one feature vector in the order of ``FEATURES``."""
        rows = zip(features, self.mean, self.scale, self.weight, strict=True)
        logit = self.bias + sum(w * (x - m) / s for x, m, s, w in rows)
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The best answer and what else speaks for it; ``reason`` set where it isn't to be given.

    ``rivals`` are other documents' answers that can't be right beside the best one, each once, and
    each as sure as an answer must be.
    """

    best: SpanAnswer | None
    same: tuple[SpanAnswer, ...]
    rivals: tuple[SpanAnswer, ...]
    confidence: float
    reason: Reason | None
    features: Mapping[str, float]


class Decider:
    """Weighs what was read. Pure: the same spans give the same decision."""

    def __init__(self, calibration: Calibration, settings: DecideSettings) -> None:
        self._calibration = calibration
        self._settings = settings

    def decide(self, asked: Asked, candidates: Sequence[Candidate], spans: Sequence[SpanAnswer]) -> Decision:
        """The decision over all spans read so far; ``candidates`` are those retrieved, best first."""
        if not candidates:
            return _none(Reason.NOTHING_RELEVANT)
        ranked = self._rank(asked, spans)
        if not ranked:
            return _none(Reason.NOT_ANSWERED_HERE)
        best = ranked[0]
        same = tuple(span for span in ranked[1:] if says_same(span.text, best.text))
        unknown = _share_unknown(asked.names, candidates)
        features = _features(asked, unknown, best)
        confidence = self._calibration.probability(features)
        return Decision(
            best=best,
            same=same,
            rivals=self._rivals(asked, unknown, ranked),
            confidence=confidence,
            reason=self._reason(confidence, best),
            features=dict(zip(FEATURES, features, strict=True)),
        )

    def _rivals(self, asked: Asked, unknown: float, ranked: Sequence[SpanAnswer]) -> tuple[SpanAnswer, ...]:
        best, first = ranked[0], _first_of_each(ranked)
        agreeing = {span.candidate.document.id for span in first if not differs(span.text, best.text)}
        rivals: list[SpanAnswer] = []
        for span in first:
            known = any(not differs(span.text, rival.text) for rival in rivals)
            if known or span.candidate.document.id in agreeing or _form_of(asked, span) is False:
                continue
            if self._calibration.probability(_features(asked, unknown, span)) >= self._settings.rival:
                rivals.append(span)
        return tuple(rivals[:RIVALS])

    def better_formed(self, asked: Asked, closer: SpanAnswer, best: SpanAnswer) -> SpanAnswer:
        """The closer look's answer, but for one of the wrong form where the first look's wasn't."""
        return best if _form_of(asked, closer) is False and _form_of(asked, best) is not False else closer

    def is_clear(self, decision: Decision) -> bool:
        """True where reading more passages is not worth its time."""
        return decision.confidence >= self._settings.clear

    def _rank(self, asked: Asked, spans: Sequence[SpanAnswer]) -> list[SpanAnswer]:
        """Best first; ties by place, so that order never depends on what came first."""
        return sorted(
            spans, key=lambda span: (-self._worth(asked, span), span.candidate.passage.id, span.span.start)
        )

    def _worth(self, asked: Asked, span: SpanAnswer) -> float:
        retrieval = self._calibration.retrieval_weight * span.candidate.scores.fused
        return span.margin + retrieval - _misfit(asked, span)

    def _reason(self, confidence: float, best: SpanAnswer) -> Reason | None:
        if confidence >= self._settings.threshold:
            return None
        return Reason.NOT_ANSWERED_HERE if best.margin <= 0 else Reason.NOT_CONFIDENT


def _first_of_each(ranked: Sequence[SpanAnswer]) -> list[SpanAnswer]:
    """Each passage's best span, best first."""
    first: dict[str, SpanAnswer] = {}
    for span in ranked:
        first.setdefault(span.candidate.passage.id, span)
    return list(first.values())


def _features(asked: Asked, unknown: float, best: SpanAnswer) -> list[float]:
    """In the order of ``FEATURES``; ``unknown`` is the same for every span of a question."""
    form = _form_of(asked, best)
    return [
        best.margin,
        share_found(asked.content, _context_words(best)),
        unknown,
        0.0 if form is None else 1.0 if form else -1.0,
    ]


def _misfit(asked: Asked, span: SpanAnswer) -> float:
    """What an answer of the wrong form loses."""
    if _form_of(asked, span) is not False:
        return 0.0
    wanted, found = unit_asked(asked.plain), unit_of(span.text, _behind(span))
    return _OTHER_UNIT if wanted and found and found != wanted else _MISFIT


def _behind(span: SpanAnswer) -> str:
    end = span.span.end
    return span.candidate.document.text[end : end + _BEHIND]


def _form_of(asked: Asked, span: SpanAnswer) -> bool | None:
    """Whether a span has the form that is asked for, told by itself and the text behind it."""
    return fits(asked, span.text, _behind(span))


def _none(reason: Reason) -> Decision:
    return Decision(best=None, same=(), rivals=(), confidence=0.0, reason=reason, features={})


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


def _context_words(span: SpanAnswer) -> list[str]:
    """Words of the whole passage, its leads, the names behind its pronouns, its title and headings."""
    passage, document = span.candidate.passage, span.candidate.document
    places = (*passage.leads, *(mention.referent for mention in passage.mentions), passage.span)
    parts = [place.slice(document.text) for place in places]
    return folded_words("\n".join((document.title, *document.section_at(passage.span.start), *parts)))
