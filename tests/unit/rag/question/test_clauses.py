"""Clauses are cut at punctuation, and keep where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.clauses import clauses, written_out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The lid is stuck - so what's the trick?", ["The lid is stuck", "what is the trick"]),
        ("Rope (the blue one), where?", ["Rope", "the blue one", "where"]),
        ("At 5 p.m. or later?", ["At 5 p.m. or later"]),
        ("ropes, oars etc. in the shed", ["ropes", "oars etc. in the shed"]),
        ("re-rigging in 2.5 hours", ["re-rigging in 2.5 hours"]),
        ("And then, who steers", ["then", "who steers"]),
        ("...", []),
    ],
)
def test_clauses(text: str, expected: list[str]) -> None:
    """Abbreviations, hyphens and decimal points are no borders; joining words are left out."""
    assert [clause.text for clause in clauses(text)] == expected


def test_contractions_are_written_out() -> None:
    """With and without an apostrophe; "its" is a possessive."""
    assert (
        written_out("what’s up, wheres he, who're they, its mast")
        == "what is up, where is he, who are they, its mast"
    )


def test_a_clause_inside_a_statement_describes() -> None:
    """Where a question follows; the statement's first clause and the question's clauses don't."""
    found = clauses("The hull, which leaks, is red. Who paints it, which crew?")
    assert [clause.describes for clause in found] == [False, True, True, False, False]


@given(st.text(max_size=60))
def test_a_clause_starts_where_it_says(text: str) -> None:
    """In order, within the text."""
    starts = [clause.start for clause in clauses(text)]
    assert starts == sorted(set(starts))
    assert all(0 <= start < len(text) for start in starts)
