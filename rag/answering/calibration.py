"""Features to calibrated probabilities: that the evidence holds what was asked, and of the short answer.

Logistic regressions over the same features, fitted on open data by ``python -m evals.train.calibrate`` and
kept beside the reader as ``calibration.json``. A probability fitted this way is judged by its expected
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


def sigmoid(x: float) -> float:
    """The logistic function, its argument clipped to [-50, 50]."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, x))))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticFit:
    """A logistic regression: a weight for each feature, and a bias."""

    weight: tuple[float, ...]
    bias: float

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> LogisticFit:
        """From its JSON object."""
        return cls(weight=tuple(data["weight"]), bias=float(data["bias"]))

    def probability(self, standardised: Sequence[float]) -> float:
        """P(right) of standardised features, shape ``(len(FEATURES),)``."""
        return sigmoid(self.bias + sum(w * x for w, x in zip(self.weight, standardised, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Two fits on features standardised by ``mean`` and ``scale``, and what was measured with them.

    Attributes:
        evidence: P(the cited evidence holds what was asked).
        short_answer: P(the short answer is right).
        fused_weight: of retrieval's fused score beside relevance, in the ranking of passages.
        risks: by threshold of the evidence's probability, ascending, the share of answers above it that were
            wrong.
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    evidence: LogisticFit
    short_answer: LogisticFit
    fused_weight: float
    risks: tuple[tuple[float, float], ...]

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Calibration:
        """From the parsed JSON file.

        Raises:
            ModelError: it was fitted for other features than these.
        """
        if tuple(data.get("features", ())) != FEATURES or not {"evidence", "short_answer"} <= data.keys():
            raise ModelError("the calibration was fitted for other features; fit it again")
        return cls(
            mean=tuple(data["mean"]),
            scale=tuple(data["scale"]),
            evidence=LogisticFit.load(data["evidence"]),
            short_answer=LogisticFit.load(data["short_answer"]),
            fused_weight=float(data["fused_weight"]),
            risks=tuple((float(threshold), float(risk)) for threshold, risk in data["risks"]),
        )

    def evidence_probability(self, features: Sequence[float]) -> float:
        """P(the evidence holds what was asked), of features in the order of ``FEATURES``."""
        return self.evidence.probability(self._standardised(features))

    def short_answer_probability(self, features: Sequence[float]) -> float:
        """P(the short answer is right), of features in the order of ``FEATURES``."""
        return self.short_answer.probability(self._standardised(features))

    def threshold_for(self, risk: float) -> float:
        """The lowest threshold at which at most this share of answers was wrong; 1 where none is."""
        return min((threshold for threshold, wrong in self.risks if wrong <= risk), default=1.0)

    def _standardised(self, features: Sequence[float]) -> list[float]:
        rows = zip(features, self.mean, self.scale, strict=True)
        return [(x - mean) / scale for x, mean, scale in rows]
