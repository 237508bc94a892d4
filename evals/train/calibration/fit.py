"""Logistic regressions from a reading's features to P(right), scored out of fold.

Five folds by question, so that a question's reading and its reading without gold passages are in one fold;
and each data set predicted by a fit to the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from evals.metrics.auroc import auroc
from evals.metrics.calibration import expected_calibration_error
from evals.metrics.risk_coverage import point_at, risk_coverage
from evals.train.calibration.card_figure import confidence_svg
from evals.train.calibration.collect_readings import Reading, ReadingKind
from rag.answering.calibration import FEATURES, Calibration
from rag.answering.decision import Decider
from rag.settings import DecideSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDS = 5
# Weight of each kind in the fit. A team's questions are mostly answered by its documents; the others are
# more often near a subject of theirs than far from all.
KIND_WEIGHTS = {
    ReadingKind.ANSWERABLE: 0.6,
    ReadingKind.UNANSWERABLE: 0.3,
    ReadingKind.GOLD_REMOVED: 0.1,
}
# Weight of retrieval beside the reader's margin in the ranking of spans. At 0, 1 and 3 the best span was
# right in 0.742, 0.761 and 0.758 of XQuAD's questions, 0.424, 0.478 and 0.491 of QED's, 0.688,
# 0.778 and 0.792 of CLAPnq's: more than 1 helps where a corpus is made of unrelated paragraphs.
RETRIEVAL_WEIGHT = 1.0
# The feature that each fit omits: a z-score means something among many candidates, a rank among few.
OMITTED_FEATURE = {"large_pool": "log_rank", "small_pool": "z_score"}
_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the risk-coverage table


@dataclass(frozen=True, slots=True, kw_only=True)
class _Features:
    """The best span of each reading: ``x`` is ``[readings, features]``, the rest ``[readings]``."""

    x: NDArray[np.float64]
    right: NDArray[np.float64]  # 0 or 1
    weights: NDArray[np.float64]  # 1 on average


@dataclass(frozen=True, slots=True)
class _Regression:
    """``coefficients`` is ``[features]``."""

    coefficients: NDArray[np.float64]
    bias: float

    def probabilities(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """``[readings]`` of ``[readings, features]``."""
        import numpy as np

        result: NDArray[np.float64] = 1 / (1 + np.exp(-(x @ self.coefficients + self.bias)))
        return result

    def to_dict(self) -> dict[str, Any]:
        """As in `calibration.json`."""
        return {"weight": [round(float(v), 6) for v in self.coefficients], "bias": round(self.bias, 6)}


def fit(readings: Sequence[Reading]) -> tuple[dict[str, Any], str]:
    """The calibration as `calibration.json` stores it, and the picture of its scores as SVG.

    Out-of-fold scores are under ``"fitted"``: those of the fit for large pools, which the readings have, and
    under ``"small_pool"`` the other's.

    Raises:
        ValueError: all best spans are right, or none is.
    """
    import numpy as np

    readings = [reading for reading in readings if reading.spans]
    rows, right = best_answers(readings, RETRIEVAL_WEIGHT)
    x = np.array(rows)
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale < 1e-6] = 1.0
    data = _Features(x=(x - mean) / scale, right=np.array(right, dtype=float), weights=_weights(readings))
    fits, scores, probabilities = {}, {}, {}
    for name, omitted in OMITTED_FEATURE.items():
        reduced = _without_feature(data, omitted)
        probabilities[name] = _out_of_fold(readings, reduced)
        fits[name] = _regress(reduced.x, reduced.right, reduced.weights).to_dict()
        scores[name] = {
            **_scores(readings, probabilities[name], reduced),
            "auroc_elsewhere": _auroc_of_other_sets(readings, reduced),
        }
    picture = confidence_svg(
        probabilities["large_pool"].tolist(),
        (data.right > 0).tolist(),
        data.weights.tolist(),
        DecideSettings().threshold,
    )
    calibration = {
        "features": list(FEATURES),
        "mean": [round(float(v), 6) for v in mean],
        "scale": [round(float(v), 6) for v in scale],
        **fits,
        "retrieval_weight": RETRIEVAL_WEIGHT,
        "fitted": {**scores["large_pool"], "small_pool": scores["small_pool"]},
    }
    return calibration, picture


def best_answers(
    readings: Sequence[Reading], retrieval_weight: float
) -> tuple[list[list[float]], list[bool]]:
    """Features of each reading's best answer, in the order of ``FEATURES``, and whether it is right."""
    decider = Decider(Calibration.load(uninformative_calibration(retrieval_weight)), DecideSettings())
    rows, right = [], []
    for reading in readings:
        decision = decider.decide(reading.analysis, reading.candidates, reading.spans)
        if decision.best is None:
            continue
        rows.append([decision.features[name] for name in FEATURES])
        right.append(reading.right[reading.spans.index(decision.best)])
    return rows, right


def uninformative_calibration(retrieval_weight: float) -> dict[str, Any]:
    """A calibration, as stored, that gives every answer a probability of one half."""
    zeros, ones = [0.0] * len(FEATURES), [1.0] * len(FEATURES)
    return {
        "features": list(FEATURES),
        "mean": zeros,
        "scale": ones,
        "retrieval_weight": retrieval_weight,
        **{name: {"weight": zeros, "bias": 0.0} for name in OMITTED_FEATURE},
    }


def _weights(readings: Sequence[Reading]) -> NDArray[np.float64]:
    """``[readings]``: each kind's weight, divided alike among the sets that have it; 1 on average."""
    import numpy as np

    groups = Counter((reading.kind, reading.dataset) for reading in readings)
    sets = Counter(kind for kind, _ in groups)
    weights: NDArray[np.float64] = np.array(
        [KIND_WEIGHTS[r.kind] / sets[r.kind] / groups[r.kind, r.dataset] for r in readings]
    )
    weights *= len(weights) / weights.sum()
    return weights


def _without_feature(data: _Features, name: str) -> _Features:
    x = data.x.copy()
    x[:, FEATURES.index(name)] = 0.0
    return _Features(x=x, right=data.right, weights=data.weights)


def _regress(x: NDArray[np.float64], right: NDArray[np.float64], weights: NDArray[np.float64]) -> _Regression:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, max_iter=1_000)
    model.fit(x, right, sample_weight=weights)
    return _Regression(model.coef_[0], float(model.intercept_[0]))


def _held_out(data: _Features, held_out: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Probabilities of the readings of a mask ``[readings]``, by a fit to the others."""
    regression = _regress(data.x[~held_out], data.right[~held_out], data.weights[~held_out])
    return regression.probabilities(data.x[held_out])


def _out_of_fold(readings: Sequence[Reading], data: _Features) -> NDArray[np.float64]:
    """``[readings]``: each predicted by a fit to the other folds."""
    import numpy as np

    folds = np.array([int(sha256(r.question_id.encode()).hexdigest(), 16) % FOLDS for r in readings])
    probabilities = np.zeros(len(readings))
    for fold in range(FOLDS):
        probabilities[folds == fold] = _held_out(data, folds == fold)
    return probabilities


def _auroc_of_other_sets(readings: Sequence[Reading], data: _Features) -> dict[str, float]:
    """By set with right and wrong answers: the AUROC there of a fit to the other sets.

    Whether a feature means the same on documents that nothing was fitted to, which out-of-fold scores can't
    say.
    """
    import numpy as np

    names = np.array([reading.dataset for reading in readings])
    areas = {}
    for name in sorted(set(names.tolist())):
        held_out = names == name
        right = data.right[held_out]
        if 0 < right.mean() < 1:
            areas[name] = _rounded(auroc(_held_out(data, held_out).tolist(), (right > 0).tolist()))
    return areas


def _scores(
    readings: Sequence[Reading], probabilities: NDArray[np.float64], data: _Features
) -> dict[str, Any]:
    weighted = (probabilities.tolist(), (data.right > 0).tolist(), data.weights.tolist())
    return {
        "readings": len(readings),
        "auroc": _rounded(auroc(*weighted)),
        "expected_calibration_error": _rounded(expected_calibration_error(*weighted)),
        "risk_coverage": _risk_coverage(*weighted),
        "answered": _answered(readings, probabilities),
    }


def _answered(readings: Sequence[Reading], probabilities: NDArray[np.float64]) -> dict[str, float]:
    """The share of readings answered at the default threshold, by set and kind."""
    import numpy as np

    threshold = DecideSettings().threshold
    groups = np.array([f"{reading.dataset}, {reading.kind}" for reading in readings])
    return {
        group: round(float((probabilities[groups == group] >= threshold).mean()), 4)
        for group in sorted(set(groups.tolist()))
    }


def _risk_coverage(
    confidence: Sequence[float], right: Sequence[bool], weights: Sequence[float]
) -> list[dict[str, float]]:
    """For each threshold the share of readings answered, and the share of answers that are wrong."""
    curve = risk_coverage(confidence, right, weights)
    points = {threshold: point_at(curve, threshold) for threshold in _THRESHOLDS}
    return [
        {
            "threshold": threshold,
            "coverage": round(point.coverage, 4) if point else 0.0,
            "risk": round(point.risk, 4) if point else 0.0,
        }
        for threshold, point in points.items()
    ]


def _rounded(value: float | None) -> float:
    if value is None:
        raise ValueError("scores need a right and a wrong answer")
    return round(value, 4)
