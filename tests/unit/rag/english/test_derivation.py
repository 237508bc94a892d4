"""Derived words lead back to words that they may come from."""

import pytest

from rag.english.derivation import bases_of


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("lanterns", "lantern"),
        ("boxes", "box"),
        ("paddler", "paddle"),
        ("rowers", "row"),
        ("unlocked", "lock"),
        ("rewiring", "wire"),
        ("skipped", "skip"),
        ("happily", "happy"),
        ("careless", "care"),
    ],
)
def test_a_word_has_the_base_that_it_is_derived_from(word: str, base: str) -> None:
    """By a prefix, an ending, or both; a lost e, a changed y and a doubled letter are put right."""
    assert base in bases_of(word)


@pytest.mark.parametrize(("word", "base"), [("runing", "run"), ("red", "r"), ("lantern", "lantern")])
def test_a_word_has_no_other_base(word: str, base: str) -> None:
    """Not without the doubled letter, nor one of two letters, nor itself."""
    assert base not in bases_of(word)
