"""Fragments of a question in the place of the phrase that they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.fragments import with_fragment


@pytest.mark.parametrize(
    ("fragment", "question", "whole"),
    [
        # subjects and objects
        ("invoices", "How long is the server log kept?", "How long are invoices kept?"),
        ("the parcel", "When are letters collected?", "When is the parcel collected?"),
        ("the headset", "What does the developer laptop cost?", "What does the headset cost?"),
        ("staff", "Can visitors park in the yard?", "Can staff park in the yard?"),
        ("a drill", "How long can I borrow a ladder?", "How long can I borrow a drill?"),
        ("my PIN", "How do I reset my password?", "How do I reset my PIN?"),
        ("the stamps", "Who counts the coins?", "Who counts the stamps?"),
        ("the gate", "Which firm paints the fence?", "Which firm paints the gate?"),
        # names
        ("Elm Falls", "Who is the mayor of Alder Springs?", "Who is the mayor of Elm Falls?"),
        ("Hazel", "Who manages Birch ward?", "Who manages Hazel ward?"),
        ("Anna", "What is Ben's extension?", "What is Anna's extension?"),
        ("the Rye office", "When does the Leiden branch open?", "When does the Rye office open?"),
        # the same noun
        ("the gates in hall 5", "Who paints the doors in hall 2?", "Who paints the gates in hall 5?"),
        ("room 8", "What is the rent of room 14?", "What is the rent of room 8?"),
        ("the old office", "When does the new office open?", "When does the old office open?"),
        # phrases with a preposition
        ("in Bonn", "What is the limit in Paris per night?", "What is the limit in Bonn per night?"),
        ("in Bonn", "How many people fit into Heron?", "How many people fit in Bonn?"),
        ("in Bonn", "When is the office in Rye Harbour open?", "When is the office in Bonn open?"),
        ("on Mondays", "When does the pool open on Sundays?", "When does the pool open on Mondays?"),
        ("for trainees", "Who signs for them?", "Who signs for trainees?"),
        ("if I am ill", "What happens if I miss the date?", "What happens if I am ill?"),
        # an attribute for an attribute, else the thing
        ("the fee", "What is the deadline for refunds?", "What is the fee for refunds?"),
        ("the hut", "What is the price of the room?", "What is the price of the hut?"),
        # nothing to replace
        ("in London", "What is the limit per night?", "What is the limit per night in London?"),
        ("on Sundays", "What is the limit in Paris?", "What is the limit in Paris on Sundays?"),
        ("students", "free rides before six months", "free rides before six months students?"),
    ],
)
def test_a_fragment_takes_the_place_of_its_kind(fragment: str, question: str, whole: str) -> None:
    """Of a name, a phrase with its preposition, a subject or object; else it stands at the end."""
    assert with_fragment(fragment, question) == whole


@given(st.text(min_size=1, max_size=40).filter(str.strip), st.text(max_size=80))
def test_a_fragment_is_in_the_whole(fragment: str, question: str) -> None:
    whole = with_fragment(fragment, question)
    assert fragment.split()[0] in whole
    assert whole.endswith("?")
