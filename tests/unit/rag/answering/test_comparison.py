from __future__ import annotations

import pytest

from rag.answering.comparison import differs, normalise, says_same


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Cat, a dog; an  owl!", "cat dog owl"),
        ("“One Big Beautiful Bill”", "one big beautiful bill"),
        ("sheriffs’ and sheriffs'", "sheriffs and sheriffs"),
        ("theatre and another", "theatre and another"),
        ("287(g)", "287g"),
        ("  \n ", ""),
    ],
)
def test_normalise_follows_squad(text: str, normal: str) -> None:
    """Case, punctuation, articles and white space go; words that start like articles stay."""
    assert normalise(text) == normal


def test_answers_are_compared_in_normalised_form() -> None:
    """Case, article and punctuation make no other answer; a longer form is another."""
    assert says_same("The Captain!", "captain")
    assert not says_same("Ada Moss", "Captain Ada Moss")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("February 8, 1900", "February 9, 1900", True),
        ("8 February 1900", "February 8, 1900", False),
        ("1902", "in May 1902", False),
        ("May 1902", "June 1902", True),
        ("3,559 people", "3559", False),
        ("four hours", "4 hours", False),
        ("four hours", "six hours", True),
        ("2.5 million", "2.6 million", True),
        ("Captain Ada Moss", "Moss", False),
        ("Ada Moss", "Ines Falk", True),
        ("Ada Moss", "Moss, Grady", False),
        ("Ada Moss", "1902", False),
        ("a large dog", "an old house", False),
        ("", "1902", False),
    ],
)
def test_what_cannot_both_be_right(one: str, other: str, expected: bool) -> None:
    """Other numbers, dates and names differ, in both directions; more precise forms of the same don't."""
    assert differs(one, other) is differs(other, one) is expected
