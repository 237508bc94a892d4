"""Features to a calibrated probability that an answer is right: two logistic regressions.

Fitted on open data by ``python -m evals.train.calibrate`` and kept beside the reader as
``calibration.json``. A probability fitted this way is judged by its expected calibration error (Guo et al.
2017, arXiv:1706.04599).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.errors import ModelError

FEATURES = (
    "margin",  # the reader's best span score minus its "no answer" score, in logits
    "cosine",  # while the reader is uncertain: the passage's cosine, above 0.5
    "log_rank",  # while the reader is uncertain: log(1 + rank) of the passage among those retrieved
    "z_score",  # while the reader is uncertain: the passage's z-score in the candidate pool, above 7
    "unknown_names",  # share of the question's names and numbers that no candidate mentions
    "type_match",  # 1: the answer has the expected type; -1: it has not; 0: the type can't be told
)
# Candidates from which on the fit for large pools counts, and from which on it alone counts. Of n
# candidates none has a z-score above sqrt(n - 1), so that among 25 the best reaches what many do among 50.
_LARGE_POOL = (25, 40)


def sigmoid(x: float) -> float:
    """The logistic function, its argument clipped to [-50, 50]."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, x))))


def large_pool_weight(pool_size: int) -> float:
    """The weight, 0 to 1, of the fit for large pools beside that for small ones."""
    first, last = _LARGE_POOL
    return min(1.0, max(0.0, (pool_size - first) / (last - first)))


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
    """Two fits on features standardised by ``mean`` and ``scale``, and the weight of retrieval in ranking.

    ``large_pool`` is for questions with many candidates, ``small_pool`` for those with few; between the
    two sizes their probabilities are interpolated.
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    large_pool: LogisticFit
    small_pool: LogisticFit
    retrieval_weight: float

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Calibration:
        """From the parsed JSON file.

        Raises:
            ModelError: it was fitted for other features than these.
        """
        if tuple(data.get("features", ())) != FEATURES or not {"large_pool", "small_pool"} <= data.keys():
            raise ModelError("the calibration was fitted for other features; fit it again")
        return cls(
            mean=tuple(data["mean"]),
            scale=tuple(data["scale"]),
            large_pool=LogisticFit.load(data["large_pool"]),
            small_pool=LogisticFit.load(data["small_pool"]),
            retrieval_weight=float(data["retrieval_weight"]),
        )

    def probability(self, features: Sequence[float], pool_size: int) -> float:
        """P(right) of features in the order of ``FEATURES``, for a pool of so many candidates."""
        rows = zip(features, self.mean, self.scale, strict=True)
        standardised = [(x - mean) / scale for x, mean, scale in rows]
        share = large_pool_weight(pool_size)
        large = self.large_pool.probability(standardised)
        return share * large + (1 - share) * self.small_pool.probability(standardised)
