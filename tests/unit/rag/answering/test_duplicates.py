"""Candidates with the same text."""

from __future__ import annotations

from rag.answering.duplicates import MAX_COPIES, copies_of, without_duplicates
from tests.samples import candidate, document

TEXT = "It opens at nine. It closes at five."


def test_the_first_of_equal_texts_is_kept() -> None:
    """In order; white space makes no other text, a word does."""
    texts = (TEXT, "Another.", TEXT.replace(" ", "\n"), TEXT + " Daily.")
    candidates = [candidate(document(text, id=str(n))) for n, text in enumerate(texts)]
    assert [c.document.id for c in without_duplicates(candidates)] == ["0", "1", "3"]


def test_copies_are_equal_character_for_character() -> None:
    """Their sentences stand at the same offsets; the passage itself is none."""
    here = candidate(document(TEXT))
    same, wrapped = candidate(document(TEXT, id="b")), candidate(document(TEXT.replace(" ", "\n"), id="c"))
    later = candidate(document(f"Page 2. {TEXT}", id="d"), TEXT)
    assert copies_of(here, [here, wrapped, same, later]) == [same, later]


def test_copies_are_bounded() -> None:
    """A text on every page is not cited from every page."""
    here = candidate(document(TEXT))
    many = [candidate(document(TEXT, id=f"c{n}")) for n in range(9)]
    assert copies_of(here, many) == many[:MAX_COPIES]
