from __future__ import annotations

import pytest

from evals.metrics.f1 import f1


@pytest.mark.parametrize(
    ("answer", "accepted", "score"),
    [
        ("Ada Moss", ["Ada Moss"], 1.0),
        # 1 of 3 words shared with precision 1/3, recall 1/2: 2 * (1/3 * 1/2) / (5/6) = 0.4
        ("Ines Falk Moss", ["Ada Moss"], 0.4),
        # a word counts as often as both have it: 1 of "no no", 1 of "no": p 1/2, r 1: 2/3
        ("no no", ["no"], 2 / 3),
        ("x", ["a x", "x y z"], 1.0),
        # straight and curly quotation marks are punctuation alike (SQuAD's normalisation, MLQA's punctuation)
        ('the "Big" Bill', ["Big Bill"], 1.0),
        ("the “Big” Bill", ["Big Bill"], 1.0),
        ("x", ["y"], 0.0),
        ("", ["y"], 0.0),
        ("x", [], 0.0),
    ],
)
def test_f1(answer: str, accepted: list[str], score: float) -> None:
    """Word overlap computed by hand; the nearest accepted answer counts."""
    assert f1(answer, accepted) == pytest.approx(score)
