"""Ranking figures of groups, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.train.evidence.ranking import any_relevant, ranking_scores
from tests.unit.evals.train.evidence.samples import BADGES, DAYS, LEAVE, PARKING


def test_the_probability_that_any_passage_is_relevant() -> None:
    """A softmax with "none of them" at 0: none is 1 / (1 + sum of odds)."""
    assert any_relevant([0.0]) == pytest.approx(0.5)
    assert any_relevant([0.0, 0.0]) == pytest.approx(2 / 3)
    assert any_relevant([-1e3, -1e3]) == pytest.approx(0.0)
    assert any_relevant([1e3]) == pytest.approx(1.0)


def test_recall_counts_the_first_relevant_passage() -> None:
    """First in one group, second in the other."""
    late = replace(DAYS, passages=(BADGES, LEAVE))
    scores = ranking_scores([DAYS, late, PARKING], [[2.0, 1.0], [2.0, 1.0], [-3.0]])
    assert scores.recall == {1: 0.5, 3: 1.0, 5: 1.0}
    assert (scores.answerable, scores.unanswerable, scores.auroc) == (2, 1, 1.0)
    assert scores.first_at_90_declined == 0.5


def test_without_unanswerable_groups_there_is_no_abstention_figure() -> None:
    """Recall alone is told."""
    scores = ranking_scores([DAYS], [[2.0, 1.0]])
    assert (scores.auroc, scores.first_at_90_declined) == (None, None)
    assert str(scores) == "among 1 1.000, among 3 1.000, among 5 1.000 (n 1)"
