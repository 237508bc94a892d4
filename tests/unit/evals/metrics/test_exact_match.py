from __future__ import annotations

import pytest

from evals.metrics.exact_match import exact_match


@pytest.mark.parametrize(
    ("answer", "accepted", "score"),
    [
        ("The Sheriff", ["Judd", "sheriff."], 1.0),
        ("Sheriff Judd", ["Judd"], 0.0),
        ('the "Big" Bill', ["Big Bill"], 1.0),
        ("the “Big” Bill", ["Big Bill"], 1.0),
        ("", [""], 0.0),
        ("Judd", [], 0.0),
    ],
)
def test_exact_match(answer: str, accepted: list[str], score: float) -> None:
    """Equal once normalised. An abstention equals nothing, not even an empty reference."""
    assert exact_match(answer, accepted) == score
