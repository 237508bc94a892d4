from __future__ import annotations

import pytest

from evals.metrics.calibration import expected_calibration_error


def test_calibration_by_hand() -> None:
    """Bins [0.2, 0.2] with one right (gap 0.6 in sum) and [0.9] right (gap 0.1): 0.7 / 3."""
    gap = expected_calibration_error([0.2, 0.2, 0.9], [True, False, True])
    assert gap == pytest.approx(0.7 / 3)


def test_bins_of_equal_mass_split_close_confidences() -> None:
    """Two bins of two: (0.91 + 0.92 - 0) and (0.93 + 0.94 - 2), which one wide bin would hide."""
    confidence, right = [0.91, 0.92, 0.93, 0.94], [False, False, True, True]
    assert expected_calibration_error(confidence, right, bins=2, mass="equal_mass") == pytest.approx(
        (1.83 + 0.13) / 4
    )
    assert expected_calibration_error(confidence, right) == pytest.approx(1.7 / 4)


def test_an_answer_of_weight_two_counts_as_two() -> None:
    """In the gap of its bin and in the whole."""
    twice = expected_calibration_error([0.2, 0.2, 0.9, 0.9], [True, False, True, True])
    assert expected_calibration_error([0.2, 0.2, 0.9], [True, False, True], [1, 1, 2]) == pytest.approx(twice)


def test_calibration_of_certain_answers_and_of_none() -> None:
    """Confidence 1.0 has a bin; more bins than answers leave some empty; no answers give None."""
    assert expected_calibration_error([1.0, 0.0], [True, False]) == 0.0
    assert expected_calibration_error([1.0], [False], bins=15, mass="equal_mass") == 1.0
    assert expected_calibration_error([], []) is None
