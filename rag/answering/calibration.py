"""Features to calibrated probabilities: that the evidence holds what was asked, and of the short answer.

Logistic regressions over the same features, fitted on open data by ``python -m evals.train.calibrate`` and
kept beside the reader as ``calibration.json``. A feature's weight depends on how far the question has the
passage's words: the span's margin tells most where it has them, least where it is put in other words. Where
spans alone decide, regressions of their own hold. A probability fitted this way is judged by its expected
calibration error (Guo et al. 2017, arXiv:1706.04599).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.errors import ModelError

FEATURES = (
    "relevance",  # of the passage, in logits against "no passage holds it"
    "share",  # log of the passage's share of the relevance of all passages read
    "support",  # of its best sentence, in logits
    "margin",  # of its best span: span score minus "no answer" score, in logits
    "cosine",  # the passage's cosine, above 0.5
    "z_score",  # the passage's z-score in a large candidate pool, above 7; 0 in a small one
    "log_rank",  # log(1 + rank) of the passage in a small candidate pool; 0 in a large one
    "small_pool",  # how far the candidate pool is a small one: 0 to 1
    "unknown_names",  # share of the question's names and numbers that no candidate mentions
    "overlap",  # share of the question's content words that the passage, its title or its headings have
    "type_match",  # 1: the short answer has the expected type; -1: it has not; 0: the type can't be told
)
FITS = ("evidence", "short_answer", "span_evidence", "span_short_answer")
_OVERLAP = FEATURES.index("overlap")


def sigmoid(x: float) -> float:
    """The logistic function, its argument clipped to [-50, 50]."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, x))))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticFit:
    """A logistic regression.

    Attributes:
        weight: of each feature.
        by_overlap: what is added to each weight, times the feature ``overlap``.
    """

    weight: tuple[float, ...]
    by_overlap: tuple[float, ...]
    bias: float

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> LogisticFit:
        """From its JSON object."""
        return cls(
            weight=tuple(data["weight"]), by_overlap=tuple(data["by_overlap"]), bias=float(data["bias"])
        )

    def probability(self, standardised: Sequence[float], overlap: float) -> float:
        """P(right) of standardised features, shape ``(len(FEATURES),)``; ``overlap`` is not standardised."""
        rows = zip(self.weight, self.by_overlap, standardised, strict=True)
        return sigmoid(self.bias + sum((w + by * overlap) * x for w, by, x in rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Fits on features standardised by ``mean`` and ``scale``, and what was measured with them.

    Attributes:
        evidence: P(the cited evidence holds what was asked).
        short_answer: P(the short answer is right).
        span_evidence: the former, where spans decide (``rag/answering/selection.py``).
        span_short_answer: the latter, likewise.
        fused_weight: of retrieval's fused score beside relevance, in the ranking of passages.
        risks: by threshold of the evidence's probability, ascending, the share of answers above it that were
            wrong.
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    evidence: LogisticFit
    short_answer: LogisticFit
    span_evidence: LogisticFit
    span_short_answer: LogisticFit
    fused_weight: float
    risks: tuple[tuple[float, float], ...]

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Calibration:
        """From the parsed JSON file.

        Raises:
            ModelError: it was fitted for other features than these.
        """
        if tuple(data.get("features", ())) != FEATURES or not set(FITS) <= data.keys():
            raise ModelError("the calibration was fitted for other features; fit it again")
        return cls(
            mean=tuple(data["mean"]),
            scale=tuple(data["scale"]),
            **{name: LogisticFit.load(data[name]) for name in FITS},
            fused_weight=float(data["fused_weight"]),
            risks=tuple((float(threshold), float(risk)) for threshold, risk in data["risks"]),
        )

    def evidence_probability(self, features: Sequence[float], *, by_spans: bool = False) -> float:
        """P(the evidence holds what was asked), of features in the order of ``FEATURES``."""
        return self._probability(self.span_evidence if by_spans else self.evidence, features)

    def short_answer_probability(self, features: Sequence[float], *, by_spans: bool = False) -> float:
        """P(the short answer is right), of features in the order of ``FEATURES``."""
        return self._probability(self.span_short_answer if by_spans else self.short_answer, features)

    def threshold_for(self, risk: float) -> float:
        """The lowest threshold at which at most this share of answers was wrong; 1 where none is."""
        return min((threshold for threshold, wrong in self.risks if wrong <= risk), default=1.0)

    def _probability(self, fit: LogisticFit, features: Sequence[float]) -> float:
        rows = zip(features, self.mean, self.scale, strict=True)
        return fit.probability([(x - mean) / scale for x, mean, scale in rows], features[_OVERLAP])
