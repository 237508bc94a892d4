"""Features to probabilities, and the thresholds of a risk."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from rag.adapters.onnx.reader import packaged_calibration
from rag.answering.calibration import FEATURES, Calibration, sigmoid
from rag.errors import ModelError
from tests.unit.rag.answering.samples import calibration, fit

ZEROS = [0.0] * len(FEATURES)
BIASES = {"evidence": 0.0, "short_answer": -2.0, "span_evidence": 1.0, "span_short_answer": -1.0}


def stored(**changed: Any) -> dict[str, Any]:
    """A calibration as its file has it: everything counts once, the short answer less often."""
    ones = [1.0] * len(FEATURES)
    return {
        "features": list(FEATURES),
        "mean": ZEROS,
        "scale": ones,
        **{name: {"weight": ones, "by_overlap": ZEROS, "bias": bias} for name, bias in BIASES.items()},
        "fused_weight": 0.5,
        "risks": [[0.0, 0.3], [0.5, 0.1], [0.7, 0.04], [0.9, 0.01]],
        **changed,
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"features": ["margin"]},
        {"features": [*FEATURES[1:], FEATURES[0]]},
        {"features": None},
    ],
)
def test_a_calibration_of_other_features_is_refused(changed: dict[str, Any]) -> None:
    """Weights without their features, or in another order, would be noise."""
    data = {name: value for name, value in stored(**changed).items() if value is not None}
    with pytest.raises(ModelError, match="fit it again"):
        Calibration.load(data)


@pytest.mark.parametrize("missing", BIASES)
def test_a_calibration_that_lacks_a_fit_is_refused(missing: str) -> None:
    """Both probabilities are told, by relevance and by spans; none stands for another."""
    data = stored()
    del data[missing]
    with pytest.raises(ModelError, match="fit it again"):
        Calibration.load(data)


def test_a_stored_calibration_has_both_probabilities() -> None:
    """Each by its own fit, from the same features."""
    loaded = Calibration.load(stored())
    features = [2.0, *ZEROS[1:]]
    assert loaded.evidence_probability(features) == pytest.approx(sigmoid(2.0))
    assert loaded.short_answer_probability(features) == pytest.approx(0.5)
    assert loaded.fused_weight == 0.5


def test_where_spans_decide_the_fits_are_others() -> None:
    """Of the same features."""
    loaded = Calibration.load(stored())
    features = [2.0, *ZEROS[1:]]
    assert loaded.evidence_probability(features, by_spans=True) == pytest.approx(sigmoid(3.0))
    assert loaded.short_answer_probability(features, by_spans=True) == pytest.approx(sigmoid(1.0))


def test_a_weight_grows_with_the_overlap() -> None:
    """The margin tells more the more of the question's words the passage has."""
    loaded = calibration(evidence=fit(by_overlap={"margin": 2.0}))
    margin, overlap = FEATURES.index("margin"), FEATURES.index("overlap")
    for shared in (0.0, 0.5, 1.0):
        features = [1.0 if n == margin else shared if n == overlap else 0.0 for n in range(len(ZEROS))]
        assert loaded.evidence_probability(features) == pytest.approx(sigmoid(2.0 * shared))


def test_features_are_standardised_before_they_are_weighed() -> None:
    """A feature at its mean says nothing; one at mean and scale counts once."""
    mean, scale = (3.0,) + (0.0,) * (len(FEATURES) - 1), (2.0,) + (1.0,) * (len(FEATURES) - 1)
    loaded = replace(calibration(evidence=fit(relevance=1.0)), mean=mean, scale=scale)
    assert loaded.evidence_probability([3.0, *ZEROS[1:]]) == pytest.approx(0.5)
    assert loaded.evidence_probability([5.0, *ZEROS[1:]]) == pytest.approx(sigmoid(1.0))


def test_probabilities_stay_inside_their_bounds() -> None:
    """An absurd logit is no overflow."""
    low, high = (calibration().evidence_probability([relevance, *ZEROS[1:]]) for relevance in (-1e9, 1e9))
    assert 0.0 <= low < 1e-9
    assert 1 - 1e-9 < high <= 1.0


def test_the_threshold_of_a_risk_is_the_lowest_that_keeps_it() -> None:
    """A risk that no threshold keeps has the threshold 1: no answer is that sure."""
    loaded = Calibration.load(stored())
    assert [loaded.threshold_for(risk) for risk in (1.0, 0.3, 0.2, 0.05, 0.01)] == [0.0, 0.0, 0.5, 0.7, 0.9]
    assert loaded.threshold_for(0.001) == 1.0
    assert replace(loaded, risks=()).threshold_for(1.0) == 1.0


def test_the_packaged_calibration_is_of_these_features() -> None:
    """Its risks never grow with the threshold."""
    packaged = Calibration.load(packaged_calibration())
    assert packaged.risks[0][0] == 0.0
    for (lower, risk), (higher, next_risk) in pairwise(packaged.risks):
        assert lower < higher
        assert risk >= next_risk
