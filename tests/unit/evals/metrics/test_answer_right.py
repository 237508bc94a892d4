from __future__ import annotations

from evals.cases.matchers import Exact, Prediction, Regex
from evals.metrics.answer_right import answer_right


def test_answer_right_needs_one_matcher() -> None:
    """One accepting matcher is enough; none accepts nothing."""
    prediction = Prediction(text="Moss")
    assert answer_right(prediction, [Exact("Falk"), Regex("^M")])
    assert not answer_right(prediction, [Exact("Falk")])
    assert not answer_right(prediction, [])
