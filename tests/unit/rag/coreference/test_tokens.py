"""A sentence as words and marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.coreference.tokens import Token, capitalised, is_either, is_name_word, is_reporting, tokens
from rag.types import Span


def words(text: str) -> list[Token]:
    """A whole text as one sentence."""
    return tokens(text, Span(0, len(text)))[0]


def test_possessives_and_marks_are_tokens_of_their_own() -> None:
    """The name stands apart from its 's; other apostrophes and hyphens stay inside."""
    assert [w.text for w in words("Judd's O'Hara-Lee, no.")] == ["Judd", "'s", "O'Hara-Lee", ",", "no", "."]


@pytest.mark.parametrize("text", ['a "b c" d', "a “b c” d", "a `` b c '' d", "a «b c» d"])
def test_what_is_quoted_is_marked(text: str) -> None:
    """Straight, curly, angular and typewriter's quotation marks hold what is inside."""
    assert [w.text for w in words(text) if not w.quoted] == ["a", "d"]


def test_a_quotation_goes_on_into_the_next_sentence() -> None:
    """Whether one is open at the end is told, and can be passed on."""
    first, still = tokens('He said: "So.', Span(0, 13))
    rest, after = tokens('Yes." No', Span(0, 8), still)
    assert (still, after) == (True, False)
    assert [w.quoted for w in rest] == [True, True, True, False]
    assert not first[0].quoted


@given(text=st.text(max_size=200))
def test_tokens_are_slices_in_order(text: str) -> None:
    """Any Unicode: each token is its slice of the text, none overlaps another."""
    end = 0
    for word in words(text):
        assert end <= word.start
        assert text[word.start : word.end] == word.text
        end = word.end


def test_a_capital_by_place_is_no_evidence() -> None:
    """The first word of a sentence, or after a bracket, may have its capital for its place."""
    assert capitalised(words("Apples (Pears) from Rome, Judd")) == {"Rome", "Judd"}


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("Judd", True),
        ("judd", False),
        ("However", False),
        ("I’ve", False),
        ("Will Judd sang.", True),
        ("Will Judd sing?", False),
        ("Will he sing?", False),
    ],
)
def test_name_words_are_capitals_and_no_function_words(text: str, is_name: bool) -> None:
    """'Will' opens a question or names somebody."""
    assert is_name_word(words(text), 0) is is_name


def test_reporting_follows_what_is_said() -> None:
    """'It is over, he said' reports; 'he said it is over' does not."""
    assert is_reporting(words("It is over, he said"), 4)
    assert not is_reporting(words("he said it is over"), 0)


def test_he_or_she_is_nobody() -> None:
    """Both pronouns of 'he or she' and 'he / she' stand for anybody."""
    assert is_either(words("when he or she"), 1)
    assert is_either(words("he / she"), 2)
    assert not is_either(words("when he left, she or I"), 1)
