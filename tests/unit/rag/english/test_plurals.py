"""Plurals are told from singulars that end like them."""

import pytest

from rag.english.plurals import is_plural


@pytest.mark.parametrize("word", ["lanterns", "people", "criteria", "boxes", "ferries"])
def test_plurals(word: str) -> None:
    """Regular and irregular."""
    assert is_plural(word)


@pytest.mark.parametrize("word", ["lantern", "process", "virus", "basis", "boat's", "news", "gas", "bus"])
def test_singulars(word: str) -> None:
    """Though some end in s."""
    assert not is_plural(word)
