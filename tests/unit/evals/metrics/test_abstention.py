from __future__ import annotations

import random

import pytest
from sklearn.metrics import balanced_accuracy_score, precision_score, recall_score

from evals.metrics.abstention import count_abstentions

DRAW = random.Random(7)
LABELS = [DRAW.random() < 0.6 for _ in range(200)]
SCORES = [round(min(1, max(0, DRAW.gauss(0.6 if label else 0.4, 0.2))), 1) for label in LABELS]


def test_abstention_by_hand() -> None:
    """Two abstentions on unanswerable questions, one on an answerable one, one missing, two answers."""
    counts = count_abstentions(
        [True, True, True, False, False, False], [False, False, True, False, True, True]
    )
    assert (counts.true_positives, counts.false_positives) == (2, 1)
    assert (counts.false_negatives, counts.true_negatives) == (1, 2)
    assert counts.precision == pytest.approx(2 / 3)
    assert counts.recall == pytest.approx(2 / 3)
    assert counts.balanced_accuracy == pytest.approx(2 / 3)


def test_abstention_agrees_with_scikit_learn() -> None:
    """With "should abstain" as the positive class."""
    abstained = [score < 0.5 for score in SCORES]
    counts = count_abstentions(abstained, LABELS)
    unanswerable = [not label for label in LABELS]
    assert counts.precision == pytest.approx(precision_score(unanswerable, abstained))
    assert counts.recall == pytest.approx(recall_score(unanswerable, abstained))
    assert counts.balanced_accuracy == pytest.approx(balanced_accuracy_score(unanswerable, abstained))


def test_abstention_without_a_denominator_is_none() -> None:
    """A system that never abstains has no precision of abstaining."""
    counts = count_abstentions([False], [True])
    assert (counts.precision, counts.recall, counts.balanced_accuracy) == (None, None, None)
