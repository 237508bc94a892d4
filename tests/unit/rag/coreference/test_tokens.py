"""A sentence as tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.coreference.tokens import (
    Token,
    is_generic,
    is_name_word,
    is_reporting_subject,
    proper_words,
    tokenize,
)
from rag.types import Span


def tokens(text: str) -> list[Token]:
    """A whole text as one sentence."""
    return tokenize(text, Span(0, len(text)))[0]


def test_possessives_and_marks_are_tokens_of_their_own() -> None:
    """The name stands apart from its 's; other apostrophes and hyphens stay inside."""
    assert [t.text for t in tokens("Okoro's D'Arcy-Lund, no.")] == [
        "Okoro",
        "'s",
        "D'Arcy-Lund",
        ",",
        "no",
        ".",
    ]


@pytest.mark.parametrize("text", ['a "b c" d', "a “b c” d", "a `` b c '' d", "a «b c» d"])
def test_what_is_quoted_is_marked(text: str) -> None:
    """Straight, curly, angular and typewriter's quotation marks hold what is inside."""
    assert [t.text for t in tokens(text) if not t.quoted] == ["a", "d"]


def test_a_quotation_goes_on_into_the_next_sentence() -> None:
    """The state at the end of a sentence is returned, and can be passed on."""
    first, still_open = tokenize('He said: "So.', Span(0, 13))
    rest, open_after = tokenize('Yes." No', Span(0, 8), still_open)
    assert (still_open, open_after) == (True, False)
    assert [t.quoted for t in rest] == [True, True, True, False]
    assert not first[0].quoted


@given(text=st.text(max_size=200))
def test_tokens_are_slices_in_order(text: str) -> None:
    """Any Unicode: each token is its slice of the text, none overlaps another."""
    end = 0
    for token in tokens(text):
        assert end <= token.start
        assert text[token.start : token.end] == token.text
        end = token.end


def test_a_capital_by_position_is_no_evidence() -> None:
    """The first word of a sentence, or after a bracket, may have its capital for its position."""
    assert proper_words(tokens("Apples (Pears) from Rome, Okoro")) == {"Rome", "Okoro"}


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("Okoro", True),
        ("okoro", False),
        ("However", False),
        ("I’ve", False),
        ("Will Okoro sang.", True),
        ("Will Okoro sing?", False),
        ("Will he sing?", False),
        ("May Lund arrived.", True),
        ("May we leave?", False),
    ],
)
def test_name_words_are_capitals_and_no_function_words(text: str, is_name: bool) -> None:
    """'Will' and 'May' open a question or name somebody."""
    assert is_name_word(tokens(text), 0) is is_name


def test_a_reporting_clause_follows_what_it_reports() -> None:
    """'It is over, he said' reports; 'he said it is over' does not."""
    assert is_reporting_subject(tokens("It is over, he said"), 4)
    assert not is_reporting_subject(tokens("he said it is over"), 0)


def test_he_or_she_is_generic() -> None:
    """Both pronouns of 'he or she' and 'he / she' stand for anybody."""
    assert is_generic(tokens("when he or she"), 1)
    assert is_generic(tokens("he / she"), 2)
    assert not is_generic(tokens("when he left, she or I"), 1)
