"""How the table of related words is made."""

from __future__ import annotations

import numpy as np

from evals.train.related_words import frequent_words, related


def test_frequent_words_are_those_in_small_letters() -> None:
    """Names, function words, first words of sentences and contractions are left out."""
    texts = ["We buy bread in Paris, and bread is good. Milk couldn't be had."] * 40
    assert frequent_words(texts) == ["bread", "buy", "good"]
    assert frequent_words(texts[:10]) == []


def test_near_words_are_related_and_forms_of_a_word_are_one() -> None:
    """The nearest of a word's forms counts; a word without near ones has no entry."""
    words = ["buy", "purchase", "buying", "harbour"]
    vectors = np.array([[1, 0, 0], [0.8, 0.6, 0], [0.6, 0.8, 0], [0, 0, 1]], dtype=np.float32)
    assert related(words, vectors) == {"buy": ["purchase"], "purchase": ["buy"]}
