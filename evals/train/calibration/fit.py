"""Logistic regressions from a decision's features to two probabilities, scored out of fold.

Each probability has two regressions: one for decisions where relevance ranked the passages, and one, of few
features, for those where spans did. Every feature counts once by itself and once times the overlap of
question and passage.

Five folds by question, so that a question's decision and its decision without gold passages are in one fold;
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
from evals.train.calibration.collect_readings import JudgedDecision, ReadingKind
from rag.answering.calibration import FEATURES, FITS
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
# Weight of retrieval's fused score beside the reader's relevance, in the ranking of passages.
FUSED_WEIGHT = 0.5
SPAN_FEATURES = ("margin", "cosine", "log_rank", "unknown_names", "overlap", "type_match")
_THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the risk-coverage table
_RISK_STEP = 0.01  # between the thresholds of ``risks``


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Decisions of one target.

    ``x`` is ``[decisions, 2 * features]``: standardised, by themselves and times the overlap; the rest is
    ``[decisions]``.
    """

    decisions: Sequence[JudgedDecision]
    x: NDArray[np.float64]
    by_spans: NDArray[np.bool_]
    right: NDArray[np.float64]  # 0 or 1
    weights: NDArray[np.float64]  # 1 on average


@dataclass(frozen=True, slots=True)
class _Regression:
    """``coefficients`` is ``[2 * features]``."""

    coefficients: NDArray[np.float64]
    bias: float

    def probabilities(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """``[decisions]`` of ``[decisions, 2 * features]``."""
        import numpy as np

        result: NDArray[np.float64] = 1 / (1 + np.exp(-(x @ self.coefficients + self.bias)))
        return result

    def to_dict(self) -> dict[str, Any]:
        """As in `calibration.json`."""
        weights = [round(float(v), 6) for v in self.coefficients]
        count = len(FEATURES)
        return {"weight": weights[:count], "by_overlap": weights[count:], "bias": round(self.bias, 6)}


@dataclass(frozen=True, slots=True)
class _Pair:
    """The regressions of one target: where relevance ranked the passages, and where spans did."""

    by_relevance: _Regression
    by_spans: _Regression

    def probabilities(self, x: NDArray[np.float64], by_spans: NDArray[np.bool_]) -> NDArray[np.float64]:
        """``[decisions]`` of ``[decisions, 2 * features]``."""
        import numpy as np

        return np.where(by_spans, self.by_spans.probabilities(x), self.by_relevance.probabilities(x))


def fit(decisions: Sequence[JudgedDecision]) -> tuple[dict[str, Any], str]:
    """The calibration as `calibration.json` stores it, and the picture of the evidence's scores as SVG.

    Out-of-fold scores are under ``"fitted"``, by target.

    Raises:
        ValueError: all decisions are right, or none is.
    """
    import numpy as np

    x = np.array([decision.features for decision in decisions])
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale < 1e-6] = 1.0
    targets = {
        "evidence": _rows(decisions, [d.evidence_right for d in decisions], mean, scale),
        "short_answer": _rows(decisions, [d.short_answer_right for d in decisions], mean, scale),
    }
    fits, scores, probabilities = {}, {}, {}
    for name, rows in targets.items():
        probabilities[name] = _out_of_fold(rows)
        pair = _regress_pair(rows, np.ones(len(rows.decisions), dtype=bool))
        fits[name], fits[f"span_{name}"] = pair.by_relevance.to_dict(), pair.by_spans.to_dict()
        scores[name] = {**_scores(rows, probabilities[name]), "auroc_elsewhere": _auroc_of_other_sets(rows)}
    evidence = targets["evidence"]
    picture = confidence_svg(
        probabilities["evidence"].tolist(),
        (evidence.right > 0).tolist(),
        evidence.weights.tolist(),
        DecideSettings().threshold,
    )
    calibration = {
        "features": list(FEATURES),
        "mean": [round(float(v), 6) for v in mean],
        "scale": [round(float(v), 6) for v in scale],
        **fits,
        "fused_weight": FUSED_WEIGHT,
        "risks": _risks(evidence, probabilities["evidence"]),
        "fitted": scores,
    }
    return calibration, picture


def uninformative_calibration(fused_weight: float) -> dict[str, Any]:
    """A calibration, as stored, that gives everything a probability of one half."""
    zeros, ones = [0.0] * len(FEATURES), [1.0] * len(FEATURES)
    return {
        "features": list(FEATURES),
        "mean": zeros,
        "scale": ones,
        **{name: {"weight": zeros, "by_overlap": zeros, "bias": 0.0} for name in FITS},
        "fused_weight": fused_weight,
        "risks": [],
    }


def _rows(
    decisions: Sequence[JudgedDecision],
    right: Sequence[bool | None],
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
) -> _Rows:
    """Those decisions of which it is known whether they are right."""
    import numpy as np

    known = [(d, float(r)) for d, r in zip(decisions, right, strict=True) if r is not None]
    judged = [decision for decision, _ in known]
    features = np.array([decision.features for decision in judged])
    standardised = (features - mean) / scale
    overlap = features[:, [FEATURES.index("overlap")]]
    return _Rows(
        decisions=judged,
        x=np.hstack([standardised, standardised * overlap]),
        by_spans=np.array([decision.by_spans for decision in judged]),
        right=np.array([is_right for _, is_right in known]),
        weights=_weights(judged),
    )


def _weights(decisions: Sequence[JudgedDecision]) -> NDArray[np.float64]:
    """``[decisions]``: each kind's weight, divided alike among the sets that have it; 1 on average.

    Those where spans ranked the passages weigh 1 each: most are of one set.
    """
    import numpy as np

    ranked = [decision for decision in decisions if not decision.by_spans]
    groups = Counter((decision.kind, decision.dataset) for decision in ranked)
    sets = Counter(kind for kind, _ in groups)
    by_group = {(k, name): KIND_WEIGHTS[k] / sets[k] / count for (k, name), count in groups.items()}
    total = sum(by_group[decision.kind, decision.dataset] for decision in ranked)
    return np.array(
        [1.0 if d.by_spans else by_group[d.kind, d.dataset] * len(ranked) / total for d in decisions]
    )


def _regress(x: NDArray[np.float64], right: NDArray[np.float64], weights: NDArray[np.float64]) -> _Regression:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, max_iter=1_000)
    model.fit(x, right, sample_weight=weights)
    return _Regression(model.coef_[0], float(model.intercept_[0]))


def _regress_pair(rows: _Rows, mask: NDArray[np.bool_]) -> _Pair:
    """The fits to the decisions of a mask ``[decisions]``.

    Without a right or a wrong decision among those by spans the other regression stands for theirs.
    """
    import numpy as np

    ranked, spans = mask & ~rows.by_spans, mask & rows.by_spans
    by_relevance = _regress(rows.x[ranked], rows.right[ranked], rows.weights[ranked])
    if len(set(rows.right[spans].tolist())) < 2:
        return _Pair(by_relevance, by_relevance)
    numbers = [FEATURES.index(name) for name in SPAN_FEATURES]
    columns = numbers + [len(FEATURES) + number for number in numbers]
    few = _regress(rows.x[spans][:, columns], rows.right[spans], rows.weights[spans])
    coefficients = np.zeros(rows.x.shape[1])
    coefficients[columns] = few.coefficients
    return _Pair(by_relevance, _Regression(coefficients, few.bias))


def _predicted_by_others(rows: _Rows, held_out: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Probabilities of the decisions of a mask ``[decisions]``, by a fit to the others."""
    pair = _regress_pair(rows, ~held_out)
    return pair.probabilities(rows.x[held_out], rows.by_spans[held_out])


def _out_of_fold(rows: _Rows) -> NDArray[np.float64]:
    """``[decisions]``: each predicted by a fit to the other folds."""
    import numpy as np

    folds = np.array([int(sha256(d.question_id.encode()).hexdigest(), 16) % FOLDS for d in rows.decisions])
    probabilities = np.zeros(len(folds))
    for fold in range(FOLDS):
        probabilities[folds == fold] = _predicted_by_others(rows, folds == fold)
    return probabilities


def _auroc_of_other_sets(rows: _Rows) -> dict[str, float]:
    """By set with right and wrong answers: the AUROC there of a fit to the other sets.

    Whether a feature means the same on documents that nothing was fitted to, which out-of-fold scores can't
    say.
    """
    import numpy as np

    names = np.array([decision.dataset for decision in rows.decisions])
    if len(set(names.tolist())) == 1:
        return {}
    areas = {}
    for name in sorted(set(names.tolist())):
        held_out = names == name
        right = rows.right[held_out]
        if 0 < right.mean() < 1:
            areas[name] = _rounded(auroc(_predicted_by_others(rows, held_out).tolist(), (right > 0).tolist()))
    return areas


def _risks(rows: _Rows, probabilities: NDArray[np.float64]) -> list[tuple[float, float]]:
    """By threshold, ascending, the share of answers above it that are wrong; it never grows."""
    import numpy as np

    risks: list[tuple[float, float]] = []
    lowest = 1.0
    for threshold in np.arange(0.0, 1.0, _RISK_STEP):
        answered = probabilities >= threshold
        if not answered.any():
            break
        weights = rows.weights[answered]
        lowest = min(lowest, float((weights * (1 - rows.right[answered])).sum() / weights.sum()))
        risks.append((round(float(threshold), 2), round(lowest, 4)))
    return risks


def _scores(rows: _Rows, probabilities: NDArray[np.float64]) -> dict[str, Any]:
    weighted = (probabilities.tolist(), (rows.right > 0).tolist(), rows.weights.tolist())
    return {
        "decisions": len(rows.decisions),
        "auroc": _rounded(auroc(*weighted)),
        "expected_calibration_error": _rounded(expected_calibration_error(*weighted)),
        "risk_coverage": _risk_coverage(*weighted),
        "answered": _answered(rows, probabilities),
    }


def _answered(rows: _Rows, probabilities: NDArray[np.float64]) -> dict[str, float]:
    """The share of decisions answered at the default threshold, by set and kind."""
    import numpy as np

    threshold = DecideSettings().threshold
    groups = np.array([f"{decision.dataset}, {decision.kind}" for decision in rows.decisions])
    return {
        group: round(float((probabilities[groups == group] >= threshold).mean()), 4)
        for group in sorted(set(groups.tolist()))
    }


def _risk_coverage(
    confidence: Sequence[float], right: Sequence[bool], weights: Sequence[float]
) -> list[dict[str, float]]:
    """For each threshold the share of decisions answered, and the share of answers that are wrong."""
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
