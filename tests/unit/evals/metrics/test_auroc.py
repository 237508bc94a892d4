from __future__ import annotations

import random

import pytest
from sklearn.metrics import roc_auc_score

from evals.metrics.auroc import auroc, auroc_between

DRAW = random.Random(7)
LABELS = [DRAW.random() < 0.6 for _ in range(200)]
SCORES = [round(min(1, max(0, DRAW.gauss(0.6 if label else 0.4, 0.2))), 1) for label in LABELS]


def test_auroc_by_hand() -> None:
    """Of four pairs one is won, one lost and two tied: (1 + 2/2) / 4."""
    assert auroc([0.5, 0.9, 0.5, 0.5], [True, False, False, True]) == pytest.approx(0.25)
    assert auroc([0.9, 0.1, 0.5, 0.2], [True, False, True, False]) == 1.0


def test_auroc_agrees_with_scikit_learn() -> None:
    """On 200 scores with many ties."""
    assert auroc(SCORES, LABELS) == pytest.approx(roc_auc_score(LABELS, SCORES))


def test_weighted_auroc_agrees_with_scikit_learn() -> None:
    """An item of weight 2 counts as two."""
    weights = [DRAW.choice([0.5, 1.0, 2.0]) for _ in SCORES]
    expected = roc_auc_score(LABELS, SCORES, sample_weight=weights)
    assert auroc(SCORES, LABELS, weights) == pytest.approx(expected)


def test_auroc_of_two_lists_is_the_same() -> None:
    """Of four pairs two are won, one is tied, one lost: 2.5 of 4."""
    assert auroc_between([1.0, 3.0], [1.0, 2.0]) == pytest.approx(0.625)
    assert auroc_between([1.0], []) is None


def test_auroc_of_one_class_is_none() -> None:
    """Nothing to tell apart."""
    assert auroc([0.5, 0.6], [True, True]) is None
    assert auroc([], []) is None
