"""Slips of the keys: put right by the passages, and nothing else touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.spelling import correct_spelling, edits

TEXT = "The sheriff complained about an aggressive recruiting email. Agents receive a bonus."
KNOWN = frozenset("about which agents complain email straining local".split())


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("who's the sherrif that complained", "who's the sheriff that complained"),
        ("how agressive is it", "how aggressive is it"),
        ("what do agents recieve?", "what do agents receive?"),
        ("which sheriff complained?", "which sheriff complained?"),
        ("which Sherrif complained?", "which Sherrif complained?"),  # a name may be written so
        ("who is recruited?", "who is recruited?"),  # another form of a word that is there
        ("what about deportees?", "what about deportees?"),  # nothing near it
        ("what is the bnous", "what is the bonus"),
        ("emial", "email"),
    ],
)
def test_a_word_that_nobody_knows_becomes_its_neighbour(question: str, meant: str) -> None:
    assert correct_spelling(question, [TEXT], KNOWN.__contains__) == meant


def test_a_known_word_stays() -> None:
    assert correct_spelling("straining", ["training"], KNOWN.__contains__) == "straining"


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_edits_are_a_distance(one: str, other: str) -> None:
    """None between equals, the same both ways, at most the longer one's length."""
    assert (edits(one, other) == 0) == (one == other)
    assert edits(one, other) == edits(other, one) <= max(len(one), len(other))
