"""Words as grounding compares them, and which are names."""

from __future__ import annotations

import pytest

from rag.grounding.word_weights import weight
from rag.grounding.words import names, words_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to the treasurer, Oswin Dray.", ["Oswin Dray"]),
        ("Gitea elects three owners.", ["Gitea"]),
        ("Sheriff Grady Judd's men", ["Grady Judd"]),
        ("Please use iPhone and K8s", ["iPhone", "K8s"]),
        ("Staring at the wall, Alice left.", ["Alice"]),
        ("The pool opens. Members may swim.", []),
        ("on Monday at AT&T", ["Monday", "AT&T"]),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    """Runs of capitalised words that no sentence's beginning explains, without titles."""
    assert [" ".join(word.text for word in name) for name in names(text)] == expected


def test_forms_of_a_word_have_one_stem() -> None:
    """Accents, case and inflection don't matter; a written-out number is its digits."""
    one, other = words_of("Élysées translated twelve"), words_of("elysee translates 12")
    assert [w.stem for w in one] == [w.stem for w in other]


def test_frequent_words_weigh_less() -> None:
    """Nothing of a stop word, little of a frequent one, most of a name."""
    the, use, squirrel, name = words_of("the use squirrels Xanthippe")
    assert the.weight == 0 < use.weight < squirrel.weight < name.weight
    assert weight("squirrel") == 1
