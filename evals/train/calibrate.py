"""Fits the confidence: ``python -m evals.train.calibrate --data ../shared/data``.

Questions go through the real retriever and reader (``collect.py``): those of three open sets, of the
training articles that were held out and of four invented teams' pages, as they are and with every passage
that answers them taken away, and questions whose passages are on the subject but don't answer. From what
was read, logistic regression learns P(right) over ``FEATURES`` of ``rag/answering/calibration.py``. Each kind
of reading counts by ``SHARES``, each set in it alike. Scores are out of fold (five folds by question, so that
a question and its gold-less twin stay together), and once more with each set predicted by the others.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.metrics.auroc import auroc
from evals.metrics.calibration import expected_calibration_error
from evals.metrics.risk_coverage import point_at, risk_coverage
from evals.train.calibration.card_figure import confidence_svg
from evals.train.calibration.collect_readings import Kind, Sample, collect, collect_held_out, collect_pages
from rag.answering.calibration import FEATURES, Calibration
from rag.answering.decision import Decider
from rag.errors import ModelError
from rag.settings import DecideSettings, Settings, load

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SETS = ("xquad-en", "qed-dev-nq", "clapnq-dev", "nomiracl-en")
# Sets of ``evals.datasets`` that nothing else is fitted to or measured with.
PAGES = ("school", "studio", "council", "charity")
FOLDS = 5
# What is asked of a team's documents: mostly what is there; else rather something near than far.
SHARES = {Kind.ANSWERABLE: 0.6, Kind.NOT_ANSWERED: 0.3, Kind.GOLD_REMOVED: 0.1}
# Retrieval's say in which span is best, beside the reader's margin. At 0, 1 and 3 the best span was
# right in 0.742, 0.761 and 0.758 of XQuAD's questions, 0.424, 0.478 and 0.491 of QED's, 0.688,
# 0.778 and 0.792 of CLAPnq's: more than 1 helps where a corpus is made of unrelated paragraphs.
RETRIEVAL_WEIGHT = 1.0
# Of how many passages are retrieved, what each fit leaves out.
LEFT_OUT = {"large_pool": "log_rank", "small_pool": "z_score"}


def decider(retrieval_weight: float) -> Decider:
    """A decider that ranks with a retrieval weight; its confidence means nothing yet."""
    return Decider(Calibration.load(_flat(retrieval_weight)), DecideSettings())


def _flat(retrieval_weight: float) -> dict[str, Any]:
    """A calibration by which every answer is as likely right as wrong."""
    zeros, ones = [0.0] * len(FEATURES), [1.0] * len(FEATURES)
    fits = {name: {"weight": zeros, "bias": 0.0} for name in LEFT_OUT}
    rest = {"mean": zeros, "scale": ones, "retrieval_weight": retrieval_weight}
    return {"features": list(FEATURES), **rest, **fits}


def best_of(samples: Sequence[Sample], weight: float) -> tuple[list[list[float]], list[bool]]:
    """Features of each sample's best answer under a retrieval weight, and whether it is right."""
    rows, right = [], []
    judge = decider(weight)
    for sample in samples:
        decision = judge.decide(sample.analysis, sample.candidates, sample.spans)
        if decision.best is None:
            continue
        rows.append([decision.features[name] for name in FEATURES])
        right.append(sample.right[sample.spans.index(decision.best)])
    return rows, right


def fit(samples: Sequence[Sample]) -> tuple[dict[str, Any], str]:
    """The calibration as it is stored, its out-of-fold scores under ``"fitted"``, and their picture.

    Picture and scores are of the fit for many passages, which the samples have, but for ``"small_pool"``.
    """
    import numpy as np

    samples = [sample for sample in samples if sample.spans]
    rows, right = best_of(samples, RETRIEVAL_WEIGHT)
    x, y, w = np.array(rows), np.array(right, dtype=float), _weights(samples)
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale < 1e-6] = 1.0
    x = (x - mean) / scale
    folds = np.array([int(sha256(s.question_id.encode()).hexdigest(), 16) % FOLDS for s in samples])
    fits, scores, held_out = {}, {}, {}
    for name, absent in LEFT_OUT.items():
        given = x.copy()
        given[:, FEATURES.index(absent)] = 0.0
        held_out[name] = _out_of_fold(given, y, w, folds)
        fits[name] = _stored(_regress(given, y, w))
        elsewhere = {"auroc_elsewhere": _elsewhere(samples, given, y, w)}
        scores[name] = {**_scores(samples, held_out[name], y, w), **elsewhere}
    threshold = DecideSettings().threshold
    picture = confidence_svg(held_out["large_pool"].tolist(), (y > 0).tolist(), w.tolist(), threshold)
    fitted = {
        "features": list(FEATURES),
        "mean": [round(float(v), 6) for v in mean],
        "scale": [round(float(v), 6) for v in scale],
        **fits,
        "retrieval_weight": RETRIEVAL_WEIGHT,
        "fitted": {**scores["large_pool"], "small_pool": scores["small_pool"]},
    }
    return fitted, picture


def _out_of_fold(
    x: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64], folds: NDArray[np.int64]
) -> NDArray[np.float64]:
    import numpy as np

    found = np.zeros(len(y))
    for fold in range(FOLDS):
        inside = folds != fold
        found[~inside] = _predict(_regress(x[inside], y[inside], w[inside]), x[~inside])
    return found


def _weights(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """Each kind's share, divided alike among the sets that have it; 1 on average."""
    import numpy as np

    groups = Counter((sample.kind, sample.dataset) for sample in samples)
    sets = Counter(kind for kind, _ in groups)
    weights: NDArray[np.float64] = np.array(
        [SHARES[s.kind] / sets[s.kind] / groups[s.kind, s.dataset] for s in samples]
    )
    weights *= len(weights) / weights.sum()
    return weights


def _scores(
    samples: Sequence[Sample], p: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]
) -> dict[str, Any]:
    weighted = (p.tolist(), (y > 0).tolist(), w.tolist())
    return {
        "readings": len(y),
        "auroc": _rounded(auroc(*weighted)),
        "expected_calibration_error": _rounded(expected_calibration_error(*weighted)),
        "risk_coverage": _risk_coverage(*weighted),
        "answered": _answered(samples, p),
    }


def _elsewhere(
    samples: Sequence[Sample], x: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]
) -> dict[str, float]:
    """By set: how well a fit to the other sets tells right answers from wrong ones there.

    What this says of a feature the out-of-fold figure can't: whether it means the same on documents that
    nobody fitted anything to.
    """
    import numpy as np

    names = np.array([sample.dataset for sample in samples])
    found = {}
    for name in sorted(set(names.tolist())):
        there = names == name
        if 0 < y[there].mean() < 1:
            told = _predict(_regress(x[~there], y[~there], w[~there]), x[there])
            found[name] = _rounded(auroc(told.tolist(), (y[there] > 0).tolist()))
    return found


def _answered(samples: Sequence[Sample], p: NDArray[np.float64]) -> dict[str, float]:
    """The share of readings answered at the default threshold, by set and kind."""
    import numpy as np

    threshold = DecideSettings().threshold
    keys = sorted({f"{s.dataset}, {s.kind}" for s in samples})
    at = np.array([f"{s.dataset}, {s.kind}" for s in samples])
    return {key: round(float((p[at == key] >= threshold).mean()), 4) for key in keys}


_Model = tuple[Any, float]


def _regress(x: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]) -> _Model:
    """Weights and bias over standardised features."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, max_iter=1_000)
    model.fit(x, y, sample_weight=w)
    return model.coef_[0], float(model.intercept_[0])


def _stored(model: _Model) -> dict[str, Any]:
    weights, bias = model
    return {"weight": [round(float(v), 6) for v in weights], "bias": round(bias, 6)}


def _predict(model: _Model, x: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    weight, bias = model
    found: NDArray[np.float64] = 1 / (1 + np.exp(-(x @ weight + bias)))
    return found


def _risk_coverage(
    confidence: Sequence[float], right: Sequence[bool], weights: Sequence[float]
) -> list[dict[str, float]]:
    """For each threshold: what share is answered, and what share of the answers is wrong."""
    curve = risk_coverage(confidence, right, weights)
    points = {threshold: point_at(curve, threshold) for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)}
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


def _make_readable(path: Path) -> None:
    """A calibration of other features keeps the service from opening: a flat one takes its place."""
    try:
        Calibration.load(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, ModelError):
        path.write_text(json.dumps(_flat(RETRIEVAL_WEIGHT)), "utf-8")


def main() -> None:
    """Collects, fits and writes; prints the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with open/ and train/")
    parser.add_argument("--out", type=Path, default=Path("rag/models/reader/calibration.json"))
    parser.add_argument("--passages", type=int, default=Settings().read.passages)
    options = parser.parse_args()
    _make_readable(options.out)
    settings, passages = load(), options.passages
    samples: list[Sample] = list(collect_held_out(options.data / "train", settings, passages))
    for name in SETS:
        print(f"{len(samples)} readings, next {name}", file=sys.stderr)
        samples += collect(options.data / "open" / name, settings, passages)
    for name in PAGES:
        print(f"{len(samples)} readings, next {name}", file=sys.stderr)
        samples += collect_pages(name, settings, passages)
    fitted, picture = fit(samples)
    options.out.write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")
    options.out.with_name("confidence.svg").write_text(picture, "utf-8")
    print(json.dumps(fitted["fitted"], indent=1))


if __name__ == "__main__":
    main()
