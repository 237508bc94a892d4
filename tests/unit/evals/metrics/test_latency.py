from __future__ import annotations

import random

import numpy as np
import pytest

from evals.metrics.latency import percentile


@pytest.mark.parametrize("q", [0, 5, 50, 95, 100])
def test_percentiles_agree_with_numpy(q: float) -> None:
    """Linear interpolation, as numpy.percentile does by default."""
    values = [random.Random(q).random() for _ in range(37)]
    assert percentile(values, q) == pytest.approx(float(np.percentile(values, q)))


def test_a_percentile_of_nothing_is_none() -> None:
    """There is nothing to measure."""
    assert percentile([], 50) is None
