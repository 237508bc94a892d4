from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest

from evals.statistics import bootstrap_interval, bootstrap_statistic, compare_paired, holm, permutation_p

HALF = [0.0, 1.0] * 50


def test_an_interval_is_the_same_for_the_same_seed() -> None:
    """Figures don't wobble between runs; another seed gives another draw."""
    assert bootstrap_interval(HALF) == bootstrap_interval(HALF)
    ragged = [n**0.5 for n in range(50)]
    assert bootstrap_interval(ragged, seed=1) != bootstrap_interval(ragged, seed=2)


def test_an_interval_of_a_share_is_as_wide_as_theory_says() -> None:
    """For 50 of 100 the normal interval is 0.5 +- 1.96 * 0.05; the bootstrap lies within 0.02 of it."""
    interval = bootstrap_interval(HALF)
    assert interval.mean == 0.5
    assert interval.low == pytest.approx(0.402, abs=0.02)
    assert interval.high == pytest.approx(0.598, abs=0.02)


def test_an_interval_of_a_constant_is_a_point() -> None:
    """All right: no spread."""
    interval = bootstrap_interval([1.0] * 10)
    assert (interval.low, interval.mean, interval.high) == (1.0, 1.0, 1.0)


def test_an_interval_needs_values() -> None:
    """Nothing measured has no interval."""
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_interval([])


def test_an_interval_of_one_value_is_that_value() -> None:
    """There is nothing to resample."""
    interval = bootstrap_interval([0.4])
    assert (interval.low, interval.mean, interval.high) == (0.4, 0.4, 0.4)


def test_a_statistic_of_the_mean_agrees_with_the_interval_of_the_mean() -> None:
    """Both resample in the same way."""
    interval = bootstrap_interval(HALF, resamples=500)
    bounds = bootstrap_statistic(HALF, lambda values: sum(values) / len(values))
    assert bounds == pytest.approx((interval.low, interval.high))


def test_resamples_without_a_value_are_left_out() -> None:
    """Undefined on few resamples, the bounds are of the others; undefined on most, there are none."""

    def largest_if_zero(values: Sequence[float]) -> float | None:
        return max(values) if 0.0 in values else None

    assert bootstrap_statistic([0.0, 1.0, 2.0], largest_if_zero) == (0.0, 2.0)
    assert bootstrap_statistic([0.0, *[1.0] * 50], lambda values: None) is None
    assert bootstrap_statistic([0.0], largest_if_zero) == (0.0, 0.0)


def test_a_clear_difference_is_significant() -> None:
    """b right on 20 of 20 where a is wrong: interval at 1, p near 0."""
    comparison = compare_paired([0.0] * 20, [1.0] * 20)
    assert comparison.difference.low == comparison.difference.high == 1.0
    assert comparison.p_value < 0.01


def test_equal_scores_have_no_difference() -> None:
    """The same scores: difference 0, p-value 1."""
    comparison = compare_paired(HALF, HALF)
    assert (comparison.difference.mean, comparison.p_value) == (0.0, 1.0)


def test_the_p_value_agrees_with_all_sign_flips() -> None:
    """Eight paired differences: the share of all 256 sign flips whose mean is as extreme."""
    differences = [0.3, -0.1, 0.4, 0.2, 0.0, 0.5, -0.2, 0.1]
    means = [abs(np.dot(signs, differences)) / 8 for signs in product((-1, 1), repeat=8)]
    exact = sum(mean >= 0.15 - 1e-12 for mean in means) / 256
    assert permutation_p(differences, resamples=20_000) == pytest.approx(exact, abs=0.015)


def test_lists_of_different_length_cannot_be_paired() -> None:
    """A pair is the same question twice."""
    with pytest.raises(ValueError, match="is longer than"):
        compare_paired([1.0], [1.0, 0.0])


def test_p_values_are_corrected_for_their_number() -> None:
    """Holm: the least times their number, never falling, never above 1."""
    assert holm({"a": 0.04, "b": 0.01, "c": 0.9}) == pytest.approx({"b": 0.03, "a": 0.08, "c": 0.9})
