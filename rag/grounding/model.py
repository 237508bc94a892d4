"""The fitted probability that a text supports a sentence: a logistic regression over ``FEATURES``.

``support_model.json`` holds its weights and the threshold; ``python -m evals.train.grounding`` fits them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rag.answering.calibration import sigmoid
from rag.errors import ModelError
from rag.grounding.features import FEATURES

FILE = Path(__file__).with_name("support_model.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportModel:
    """Attributes:
    weight: of features standardised by ``mean`` and ``scale``, each of shape ``(len(FEATURES),)``.
    threshold: probability from which a sentence counts as supported.
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float
    threshold: float

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> SupportModel:
        """From the parsed JSON file.

        Raises:
            ModelError: it was fitted for other features than these.
        """
        if tuple(data.get("features", ())) != FEATURES:
            raise ModelError("the support score was fitted for other features; fit it again")
        return cls(
            mean=tuple(data["mean"]),
            scale=tuple(data["scale"]),
            weight=tuple(data["weight"]),
            bias=float(data["bias"]),
            threshold=float(data["threshold"]),
        )

    def probability(self, features: Sequence[float]) -> float:
        """P(the text supports the sentence), of features in the order of ``FEATURES``."""
        rows = zip(features, self.mean, self.scale, self.weight, strict=True)
        return sigmoid(self.bias + sum(w * (x - mean) / scale for x, mean, scale, w in rows))


@cache
def packaged_model() -> SupportModel:
    """The model that ships. Raises ModelError."""
    return SupportModel.load(json.loads(FILE.read_text("utf-8")))
