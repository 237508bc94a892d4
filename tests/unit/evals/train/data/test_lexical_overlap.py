"""Lexical overlap: answers by whole words, texts by shared rare words."""

from __future__ import annotations

import pytest

from evals.train.data.lexical_overlap import LexicalIndex, contains_answer
from tests.unit.evals.train.data.sample_questions import OTHER


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("It was in 1897.", "1897", True),
        ("It was in 18971.", "1897", False),
        ("the ‘Cold-Ice’ age", "cold ice", True),
        ("a scold ice", "cold ice", False),
    ],
)
def test_an_answer_is_contained_by_whole_words(text: str, answer: str, expected: bool) -> None:
    """Regardless of case and punctuation."""
    assert contains_answer(text, answer) is expected


def test_texts_rank_by_the_rare_words_they_share() -> None:
    """Texts that share none are left out."""
    index = LexicalIndex.build(
        ["The roof was blue.", OTHER, "The Aberdeen Pavilion was blue.", "Salt and sand."]
    )
    ranked = index.search("Who built the Aberdeen Pavilion?", 4)
    assert ranked == ["The Aberdeen Pavilion was blue.", OTHER]


def test_the_rarest_word_is_the_one_that_fewest_texts_have() -> None:
    """Of equally rare ones the first in the alphabet; None of none."""
    index = LexicalIndex.build(["blue roof", "blue salt"])
    assert index.rarest(["blue", "salt", "roof"]) == "roof"
    assert index.rarest([]) is None
