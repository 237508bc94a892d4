from __future__ import annotations

from evals.metrics.risk import risk
from evals.metrics.verdict import AnswerVerdict as V


def test_risk_is_the_share_of_the_answers_that_mislead() -> None:
    """Wrong ones and those to unanswerable questions, of all answers; a partly right one does not."""
    assert risk([V.RIGHT, V.PARTLY, V.WRONG, V.ANSWERED_ANYWAY]) == 0.5


def test_questions_without_an_answer_do_not_count() -> None:
    """An abstention carries no risk, and no answers have none to measure."""
    assert risk([V.WRONG, V.ABSTAINED, V.DECLINED]) == 1.0
    assert risk([V.ABSTAINED, V.DECLINED]) is None
