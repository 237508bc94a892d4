from __future__ import annotations

import random
from math import log2

import ir_measures
import pytest

from evals.metrics.ndcg import ndcg
from evals.metrics.recall_at_k import recall_at_k
from evals.metrics.reciprocal_rank import reciprocal_rank

RANKED = ["a", "b", "c", "d", "e"]


def test_ndcg_by_hand() -> None:
    """Grades 3 at rank 2 and 1 at rank 3, over the best order 3, 1."""
    got = 3 / log2(3) + 1 / log2(4)
    best = 3 / log2(2) + 1 / log2(3)
    assert ndcg(RANKED, {"b": 3, "c": 1}) == pytest.approx(got / best)


def test_a_question_without_a_grade_is_refused() -> None:
    """It would count as 0 or 1 by convention alone."""
    with pytest.raises(ValueError, match="at least one"):
        ndcg(RANKED, {"a": 0})


def test_rankings_agree_with_trec_eval() -> None:
    """On 30 random rankings with graded judgements, through ir_measures."""
    draw = random.Random(3)
    ids = [f"d{n}" for n in range(30)]
    for _ in range(30):
        ranked = draw.sample(ids, 15)
        grades = {name: draw.choice([0, 1, 2]) for name in draw.sample(ids, 10)} | {ids[0]: 1}
        relevant = {name for name, grade in grades.items() if grade > 0}
        reference = ir_measures.calc_aggregate(
            [ir_measures.R @ 5, ir_measures.RR, ir_measures.nDCG @ 10],
            {"q": grades},
            {"q": {name: -float(rank) for rank, name in enumerate(ranked)}},
        )
        assert recall_at_k(ranked, relevant, 5) == pytest.approx(reference[ir_measures.R @ 5])
        assert reciprocal_rank(ranked, relevant) == pytest.approx(reference[ir_measures.RR])
        assert ndcg(ranked, grades, 10) == pytest.approx(reference[ir_measures.nDCG @ 10])
