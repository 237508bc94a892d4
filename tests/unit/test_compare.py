from __future__ import annotations

import pytest

from rag.compare import normalise, says_same


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


def test_the_same_answer_is_told_in_other_forms() -> None:
    """Case, article and punctuation make no other answer; a longer form is another."""
    assert says_same("The Sheriff!", "sheriff")
    assert not says_same("Grady Judd", "Sheriff Grady Judd")
