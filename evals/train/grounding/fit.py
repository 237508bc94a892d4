"""The features of WiCE's claims, and a logistic regression over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from evals.train.grounding.wice import Claim
from rag.grounding.facts import missing_facts
from rag.grounding.features import FEATURES, features_of
from rag.grounding.selection import SentenceIndex

Evidence = Literal["annotated", "selected"]
EVIDENCES: tuple[Evidence, ...] = ("annotated", "selected")
_REGULARISATION = 0.3  # sklearn's C, chosen by cross-validation on the development part
_KEPT = 0.98  # of supported claims without a missing fact that the threshold keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A claim beside its evidence: features, whether a fact is missing, and whether it is supported."""

    features: tuple[float, ...]
    has_missing: bool
    is_supported: bool


def cited_for(claim: Claim, evidence: Evidence) -> tuple[list[str], list[str]]:
    """The texts that a claim is checked against, and their context.

    Args:
        evidence: ``annotated``: the sentences that people marked (``selected`` where they marked none);
            ``selected``: those that the service would select from the whole page.
    """
    indices = (
        claim.gold if evidence == "annotated" and claim.gold else SentenceIndex(claim.page).select(claim.text)
    )
    titles = [text for text in claim.page[:6] if "TITLE:" in text]
    return [claim.page[i] for i in indices], [claim.title, *titles]


def row(claim: Claim, evidence: Evidence) -> Row:
    """The features of one claim."""
    cited, context = cited_for(claim, evidence)
    missing = missing_facts(claim.text, cited, context)
    return Row(
        features=features_of(claim.text, cited, context, missing),
        has_missing=bool(missing),
        is_supported=claim.is_supported,
    )


def fit(rows: Sequence[Row]) -> dict[str, Any]:
    """The JSON object of the model: standardisation, weights, bias and threshold.

    The threshold is the highest that keeps 98 % of the supported claims without a missing fact.
    """
    from sklearn.linear_model import LogisticRegression

    features = np.asarray([row.features for row in rows])
    labels = np.asarray([row.is_supported for row in rows])
    mean, scale = features.mean(axis=0), features.std(axis=0)
    regression = LogisticRegression(C=_REGULARISATION, max_iter=1_000).fit((features - mean) / scale, labels)
    complete = np.asarray([row.is_supported and not row.has_missing for row in rows])
    scores = regression.predict_proba((features - mean) / scale)[:, 1]
    return {
        "features": list(FEATURES),
        "mean": [round(float(x), 6) for x in mean],
        "scale": [round(float(x), 6) for x in scale],
        "weight": [round(float(x), 6) for x in regression.coef_[0]],
        "bias": round(float(regression.intercept_[0]), 6),
        "threshold": round(float(np.quantile(scores[complete], 1 - _KEPT)), 4),
    }
