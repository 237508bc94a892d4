from __future__ import annotations

import pytest

from evals.metrics.answer_in_citation import answer_in_citation


@pytest.mark.parametrize(
    ("answer", "quotes", "score"),
    [
        ("Ada Moss", ["Dell County, Florida, Captain Ada Moss expressed it."], 1.0),
        ("rady Jud", ["Captain Ada Moss"], 0.0),
        ("One. Two.", ["One.", "Two."], 1.0),
        ("Two. One.", ["One.", "Two."], 0.0),
        ("x", [], 0.0),
        ("", ["x"], 0.0),
    ],
)
def test_answer_in_citation(answer: str, quotes: list[str], score: float) -> None:
    """Whole words, in one quote or in the quotes read in order."""
    assert answer_in_citation(answer, quotes) == score
