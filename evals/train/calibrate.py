"""Fits the confidence: ``python -m evals.train.calibrate --data ../shared/data/open``.

Questions of the open sets go through the real retriever and reader, once as they are and once with
every passage of the gold documents taken away, so that nothing indexed answers. From what was read,
logistic regression learns P(right) over ``rag.decide.FEATURES``; the weight of retrieval beside the
reader is chosen first, by how often the best answer is right. Scores are out of fold (five folds by
question, so that a question and its gold-less twin stay together).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.train.collect import Sample, collect
from rag.decide import FEATURES, Calibration, Decider
from rag.settings import DecideSettings, Settings, load

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SETS = ("xquad-en", "qed-dev-nq", "clapnq-dev")
WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
FOLDS = 5
# How much a reading without its gold counts beside one with it: people mostly ask what is there.
ABSENT_WEIGHT = 0.5


def decider(retrieval_weight: float) -> Decider:
    """A decider that ranks with a retrieval weight; its confidence means nothing yet."""
    flat = Calibration(
        mean=(0.0,) * len(FEATURES),
        scale=(1.0,) * len(FEATURES),
        weight=(0.0,) * len(FEATURES),
        bias=0.0,
        retrieval_weight=retrieval_weight,
    )
    return Decider(flat, DecideSettings())


def best_of(samples: Sequence[Sample], weight: float) -> tuple[list[list[float]], list[bool]]:
    """Features of each sample's best answer under a retrieval weight, and whether it is right."""
    rows, right = [], []
    judge = decider(weight)
    for sample in samples:
        decision = judge.decide(sample.asked, sample.candidates, sample.spans)
        if decision.best is None:
            continue
        rows.append([decision.features[name] for name in FEATURES])
        right.append(sample.right[sample.spans.index(decision.best)])
    return rows, right


def choose_weight(samples: Sequence[Sample]) -> tuple[float, dict[float, float]]:
    """The retrieval weight under which the best answer is right most often, gold present."""
    present = [sample for sample in samples if sample.gold_present]
    shares = {}
    for weight in WEIGHTS:
        _, right = best_of(present, weight)
        shares[weight] = sum(right) / len(right)
    return max(shares, key=lambda weight: shares[weight]), shares


def fit(samples: Sequence[Sample]) -> dict[str, Any]:
    """The calibration as it is stored, with its out-of-fold scores under ``"fitted"``."""
    import numpy as np
    from sklearn.metrics import roc_auc_score

    samples = [sample for sample in samples if sample.spans]
    weight, shares = choose_weight(samples)
    rows, right = best_of(samples, weight)
    x, y = np.array(rows), np.array(right, dtype=float)
    w = np.array([1.0 if s.gold_present or s.dataset == "clapnq-dev" else ABSENT_WEIGHT for s in samples])
    folds = np.array([int(sha256(s.question_id.encode()).hexdigest(), 16) % FOLDS for s in samples])
    held_out = np.zeros(len(y))
    for fold in range(FOLDS):
        inside = folds != fold
        model = _regress(x[inside], y[inside], w[inside])
        held_out[~inside] = _predict(model, x[~inside])
    mean, scale, weights, bias = _regress(x, y, w)
    return {
        "features": list(FEATURES),
        "mean": [round(float(v), 6) for v in mean],
        "scale": [round(float(v), 6) for v in scale],
        "weight": [round(float(v), 6) for v in weights],
        "bias": round(float(bias), 6),
        "retrieval_weight": weight,
        "fitted": {
            "samples": len(y),
            "right_by_retrieval_weight": {str(k): round(v, 4) for k, v in shares.items()},
            "auroc": round(float(roc_auc_score(y, held_out, sample_weight=w)), 4),
            "expected_calibration_error": round(_calibration_error(held_out, y, w), 4),
            "risk_coverage": _risk_coverage(held_out, y, w),
        },
    }


_Model = tuple[Any, Any, Any, float]


def _regress(x: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]) -> _Model:
    from sklearn.linear_model import LogisticRegression

    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale < 1e-6] = 1.0
    model = LogisticRegression(C=1.0, max_iter=1_000)
    model.fit((x - mean) / scale, y, sample_weight=w)
    return mean, scale, model.coef_[0], float(model.intercept_[0])


def _predict(model: _Model, x: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    mean, scale, weight, bias = model
    found: NDArray[np.float64] = 1 / (1 + np.exp(-(((x - mean) / scale) @ weight + bias)))
    return found


def _calibration_error(p: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]) -> float:
    """Expected calibration error in ten bins of equal width (Guo et al. 2017), weighted."""
    import numpy as np

    bins = np.minimum((p * 10).astype(int), 9)
    total = 0.0
    for b in range(10):
        inside = bins == b
        if inside.any():
            gap = np.average(p[inside], weights=w[inside]) - np.average(y[inside], weights=w[inside])
            total += abs(gap) * w[inside].sum()
    return float(total / w.sum())


def _risk_coverage(
    p: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]
) -> list[dict[str, float]]:
    """For each threshold: what share is answered, and what share of the answers is wrong."""
    points = []
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        given = p >= threshold
        answered = float(w[given].sum())
        wrong = float((w * (1 - y))[given].sum())
        points.append(
            {
                "threshold": threshold,
                "coverage": round(answered / float(w.sum()), 4),
                "risk": round(wrong / answered, 4) if answered else 0.0,
            }
        )
    return points


def main() -> None:
    """Collects, fits and writes; prints the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the open sets")
    parser.add_argument("--out", type=Path, default=Path("rag/models/reader/calibration.json"))
    parser.add_argument("--passages", type=int, default=Settings().read.passages)
    options = parser.parse_args()
    from rag.mentions import PronounResolver

    samples: list[Sample] = []
    for name in SETS:
        for sample in collect(options.data / name, load(), PronounResolver(), options.passages):
            samples.append(sample)
            if len(samples) % 100 == 0:
                print(f"\r{name}: {len(samples)} readings", end="", file=sys.stderr)
    fitted = fit(samples)
    options.out.write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")
    print("\n" + json.dumps(fitted["fitted"], indent=1))


if __name__ == "__main__":
    main()
