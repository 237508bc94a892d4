from __future__ import annotations

import pytest

from evals.metrics.recall_at_k import recall_at_k

RANKED = ["a", "b", "c", "d", "e"]


def test_recall_by_hand() -> None:
    """Two of three relevant within the first four."""
    assert recall_at_k(RANKED, {"b", "d", "z"}, 4) == pytest.approx(2 / 3)
    assert recall_at_k([], {"b"}, 4) == 0.0


def test_a_question_without_anything_relevant_is_refused() -> None:
    """It would count as 0 or 1 by convention alone."""
    with pytest.raises(ValueError, match="at least one"):
        recall_at_k(RANKED, set(), 3)
