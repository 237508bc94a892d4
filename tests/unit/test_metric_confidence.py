"""Abstention, AUROC, risk against coverage and calibration: by hand, and against scikit-learn."""

from __future__ import annotations

import random

import pytest
from sklearn.metrics import balanced_accuracy_score, precision_score, recall_score, roc_auc_score

from evals.metrics.abstention import abstaining
from evals.metrics.auroc import auroc
from evals.metrics.calibration import expected_calibration_error
from evals.metrics.risk_coverage import aurc, risk_coverage, threshold_for

DRAW = random.Random(7)
LABELS = [DRAW.random() < 0.6 for _ in range(200)]
SCORES = [round(min(1, max(0, DRAW.gauss(0.6 if label else 0.4, 0.2))), 1) for label in LABELS]


def test_abstention_by_hand() -> None:
    """Two due abstentions, one undue, one missed, two kept."""
    counts = abstaining([True, True, True, False, False, False], [False, False, True, False, True, True])
    assert (counts.right, counts.wrong, counts.missed, counts.kept) == (2, 1, 1, 2)
    assert counts.precision == pytest.approx(2 / 3)
    assert counts.recall == pytest.approx(2 / 3)
    assert counts.balanced_accuracy == pytest.approx(2 / 3)


def test_abstention_agrees_with_scikit_learn() -> None:
    """With "should abstain" as the positive class."""
    abstained = [score < 0.5 for score in SCORES]
    counts = abstaining(abstained, LABELS)
    due = [not label for label in LABELS]
    assert counts.precision == pytest.approx(precision_score(due, abstained))
    assert counts.recall == pytest.approx(recall_score(due, abstained))
    assert counts.balanced_accuracy == pytest.approx(balanced_accuracy_score(due, abstained))


def test_abstention_without_a_denominator_is_none() -> None:
    """Never having abstained is no perfect precision."""
    counts = abstaining([False], [True])
    assert (counts.precision, counts.recall, counts.balanced_accuracy) == (None, None, None)


def test_auroc_by_hand() -> None:
    """Of four pairs one is won, one lost and two tied: (1 + 2/2) / 4."""
    assert auroc([0.5, 0.9, 0.5, 0.5], [True, False, False, True]) == pytest.approx(0.25)
    assert auroc([0.9, 0.1, 0.5, 0.2], [True, False, True, False]) == 1.0


def test_auroc_agrees_with_scikit_learn() -> None:
    """On 200 scores with many ties."""
    assert auroc(SCORES, LABELS) == pytest.approx(roc_auc_score(LABELS, SCORES))


def test_auroc_of_one_class_is_none() -> None:
    """Nothing to tell apart."""
    assert auroc([0.5, 0.6], [True, True]) is None
    assert auroc([], []) is None


def test_risk_coverage_by_hand() -> None:
    """Risk at a third, two thirds and all: 0, 1/2, 1/3; the area is their mean."""
    points = risk_coverage([0.2, 0.9, 0.5], [True, True, False])
    assert [(p.threshold, p.coverage) for p in points] == [(0.9, 1 / 3), (0.5, 2 / 3), (0.2, 1.0)]
    assert [p.risk for p in points] == pytest.approx([0, 1 / 2, 1 / 3])
    assert aurc([0.2, 0.9, 0.5], [True, True, False]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_equal_confidence_is_answered_together() -> None:
    """The order of ties can't make a system look better."""
    assert aurc([0.5, 0.5], [True, False]) == aurc([0.5, 0.5], [False, True]) == pytest.approx(0.5)
    assert len(risk_coverage([0.5, 0.5], [True, False])) == 1


def test_no_answers_have_no_risk_curve() -> None:
    """None, not 0."""
    assert aurc([], []) is None
    assert risk_coverage([], []) == []


def test_threshold_for_a_risk_takes_the_widest_coverage() -> None:
    """At most 40 % wrong allows all; at most 10 % only the surest; below 0 nothing."""
    points = risk_coverage([0.2, 0.9, 0.5], [True, True, False])
    assert threshold_for(points, 0.4) == points[2]
    assert threshold_for(points, 0.1) == points[0]
    assert threshold_for(points, -1) is None


def test_calibration_by_hand() -> None:
    """Bins [0.2, 0.2] with one right (gap 0.6 in sum) and [0.9] right (gap 0.1): 0.7 / 3."""
    gap = expected_calibration_error([0.2, 0.2, 0.9], [True, False, True])
    assert gap == pytest.approx(0.7 / 3)


def test_calibration_by_equal_mass_splits_a_crowd() -> None:
    """Two bins of two: (0.91 + 0.92 - 0) and (0.93 + 0.94 - 2), which one wide bin would hide."""
    confidence, right = [0.91, 0.92, 0.93, 0.94], [False, False, True, True]
    assert expected_calibration_error(confidence, right, bins=2, mass="equal_mass") == pytest.approx(
        (1.83 + 0.13) / 4
    )
    assert expected_calibration_error(confidence, right) == pytest.approx(1.7 / 4)


def test_calibration_takes_certainty_and_emptiness() -> None:
    """Confidence 1.0 has a bin; more bins than answers leave some empty; no answers give None."""
    assert expected_calibration_error([1.0, 0.0], [True, False]) == 0.0
    assert expected_calibration_error([1.0], [False], bins=15, mass="equal_mass") == 1.0
    assert expected_calibration_error([], []) is None
