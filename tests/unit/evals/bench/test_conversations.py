"""The sets of conversations, and how their outcomes are counted."""

from __future__ import annotations

from evals.bench.conversations import SETS, counts
from evals.datasets.load import load
from evals.run.runner import judge_outcome
from tests.fakes.engine import abstention, answer


def test_there_are_sixty_conversations_and_half_of_them_change_what_is_asked_about() -> None:
    """Over at least three collections; each has a turn or two before the question."""
    cases = [case for name in SETS for case in load(name).cases]
    assert len(SETS) >= 3
    assert len(cases) == 60
    assert sum("change" in case.tags for case in cases) >= 30
    assert all(1 <= len(case.history) <= 2 for case in cases)


def test_an_answer_without_one_in_the_documents_is_wrong_and_an_abstention_right() -> None:
    unanswerable = next(case for case in load(SETS[0]).cases if not case.answerable)
    outcomes = (answer(unanswerable.question), abstention(unanswerable.question))
    counted = counts([judge_outcome(unanswerable, outcome, corpus=None) for outcome in outcomes])
    assert (counted["wrong"], counted["wrong, sure"], counted["right"]) == (1, 1, 1)
