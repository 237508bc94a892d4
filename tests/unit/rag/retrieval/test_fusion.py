"""Scores of two retrievers on one scale."""

from __future__ import annotations

import pytest

from rag.ports.indexes import Hit
from rag.retrieval.fusion import best_by_passage, fuse, standardise


def hits(**scores: float) -> list[Hit]:
    return [Hit(passage_id=key, score=score) for key, score in scores.items()]


def test_a_passage_counts_by_its_best_sentence() -> None:
    """Of several hits of a passage the best stays, with the sentence it was."""
    best = best_by_passage(
        [
            Hit(passage_id="a", score=0.2, sentence_index=0),
            Hit(passage_id="a", score=0.9, sentence_index=3),
            Hit(passage_id="a", score=0.5, sentence_index=1),
        ]
    )
    assert best["a"].sentence_index == 3


def test_standard_scores_have_mean_zero_and_spread_one() -> None:
    """Three equally spaced scores become -1.22, 0 and 1.22."""
    assert standardise({"a": 1, "b": 2, "c": 3}, ["a", "b", "c"]) == pytest.approx(
        {"a": -1.2247, "b": 0, "c": 1.2247}, abs=1e-4
    )


def test_what_a_retriever_did_not_return_counts_as_its_last() -> None:
    """A missing score is the least score, not zero."""
    scores = standardise({"a": 5, "b": 9}, ["a", "b", "c"])
    assert scores["c"] == scores["a"] < scores["b"]


def test_equal_scores_say_nothing() -> None:
    """No spread, no score; nor without any score."""
    assert standardise({"a": 5, "b": 5}, ["a", "b"]) == {"a": 0, "b": 0}
    assert standardise({}, ["a"]) == {"a": 0}


def test_both_retrievers_speak_for_a_passage() -> None:
    """Second in both beats first in one and absent in the other."""
    fused = fuse(hits(a=0.9, b=0.8, c=0.1), hits(d=9, b=8, e=1), lexical_weight=1)
    assert next(iter(fused)) == "b"
    assert fused["a"].lexical is None
    assert fused["b"].dense == 0.8


def test_the_lexical_weight_moves_the_balance() -> None:
    """Without weight BM25 has no say."""
    dense, lexical = hits(a=0.9, b=0.1), hits(b=9, a=1)
    assert next(iter(fuse(dense, lexical, lexical_weight=0))) == "a"
    assert next(iter(fuse(dense, lexical, lexical_weight=2))) == "b"


def test_ties_are_broken_by_id() -> None:
    """The order never depends on which index answered first."""
    assert list(fuse(hits(b=1, a=1), [], lexical_weight=1)) == ["a", "b"]
    assert fuse([], [], lexical_weight=1) == {}
