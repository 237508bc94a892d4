from __future__ import annotations

from evals.cases.matchers import Exact, Prediction, Regex
from evals.metrics.answer_right import answer_right


def test_answer_right_needs_one_matcher() -> None:
    """One accepting matcher is enough; none accepts nothing."""
    said = Prediction(text="Judd")
    assert answer_right(said, [Exact("Noem"), Regex("^J")])
    assert not answer_right(said, [Exact("Noem")])
    assert not answer_right(said, [])
