from __future__ import annotations

import pytest

from evals.metrics.risk_coverage import aurc, point_at, risk_coverage, threshold_for


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


def test_a_question_of_weight_two_counts_as_two() -> None:
    """In what is answered and in what is wrong."""
    [first, second] = risk_coverage([0.9, 0.5], [True, False], [2.0, 1.0])
    assert (first.coverage, first.risk) == (pytest.approx(2 / 3), 0.0)
    assert (second.coverage, second.risk) == (1.0, pytest.approx(1 / 3))


def test_a_threshold_answers_all_that_reach_it() -> None:
    """Between two confidences the higher one's point; above all of them none."""
    points = risk_coverage([0.2, 0.9, 0.5], [True, True, False])
    assert point_at(points, 0.5) == points[1]
    assert point_at(points, 0.3) == points[1]
    assert point_at(points, 0.95) is None


def test_threshold_for_a_risk_takes_the_widest_coverage() -> None:
    """At most 40 % wrong allows all; at most 10 % only the surest; below 0 nothing."""
    points = risk_coverage([0.2, 0.9, 0.5], [True, True, False])
    assert threshold_for(points, 0.4) == points[2]
    assert threshold_for(points, 0.1) == points[0]
    assert threshold_for(points, -1) is None
