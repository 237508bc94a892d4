"""Which words carry meaning, and which are forms of one word."""

from __future__ import annotations

import pytest

from rag.english.words import content_words, folded_words, same_stem, stem


def test_content_words_are_each_once_and_in_order() -> None:
    """Folded, function words left out."""
    assert content_words("Which Ferry took the band, and was the ferry late?") == (
        "ferry",
        "took",
        "band",
        "late",
    )


def test_folded_words_keep_inner_marks_and_lose_the_possessive() -> None:
    """Straight or curly."""
    assert folded_words("Okoro’s U.S. tour of 1,200 part-time bands") == [
        "okoro",
        "u.s",
        "tour",
        "of",
        "1,200",
        "part-time",
        "bands",
    ]


def test_a_number_is_its_own_stem_without_separators() -> None:
    """So that "1,200" is "1200"."""
    assert stem("1,200") == "1200"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("translated", "translate", True),
        ("analyse", "analysis", True),
        ("painting", "painter", True),
        ("governing", "government", True),
        ("6,500", "6500", True),
        ("1986", "1987", False),
        ("cat", "catalogue", False),
        ("trumpet", "strumpet", False),
    ],
)
def test_inflections_are_the_same_word(one: str, other: str, same: bool) -> None:
    """Endings differ, stems don't; numbers are compared as numbers."""
    assert same_stem(one, other) is same
    assert same_stem(other, one) is same
