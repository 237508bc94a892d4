"""The table of related words."""

from __future__ import annotations

import json

from rag.english.function_words import STOP_WORDS
from rag.english.related_words import TABLE, related_stems
from rag.english.words import stem


def test_a_word_has_related_ones() -> None:
    """By the stem, both ways where both are frequent words; an unknown word has none."""
    assert stem("buy") in related_stems(stem("purchases"))
    assert stem("purchase") in related_stems(stem("buying"))
    assert related_stems("zyxw") == ()


def test_no_word_is_related_to_itself_or_to_a_function_word() -> None:
    """Each related word has another stem, and carries meaning."""
    table = json.loads(TABLE.read_text("utf-8"))["related"]
    for word, words in table.items():
        near = words.split()
        assert stem(word) not in {stem(other) for other in near}
        assert STOP_WORDS.isdisjoint([word, *near])
        assert len(near) == len(set(near)) <= 8
