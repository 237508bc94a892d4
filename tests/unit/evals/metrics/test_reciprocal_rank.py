from __future__ import annotations

import pytest

from evals.metrics.reciprocal_rank import reciprocal_rank

RANKED = ["a", "b", "c", "d", "e"]


def test_reciprocal_rank_by_hand() -> None:
    """The first relevant at rank 3; cut before it, 0."""
    assert reciprocal_rank(RANKED, {"c", "e"}) == pytest.approx(1 / 3)
    assert reciprocal_rank(RANKED, {"c"}, k=2) == 0.0
