"""A question of two or three parts is split where both parts ask, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.parts import question_parts


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What is the fee? And who can waive it?", ("What is the fee?", "who can waive the fee?")),
        (
            "How long is the slipway, and who has to sweep?",
            ("How long is the slipway?", "the slipway: who has to sweep?"),
        ),
        (
            "How often is the pool cleaned, and by whom?",
            ("How often is the pool cleaned?", "by whom is the pool cleaned?"),
        ),
        (
            "Do we have to tar the hull every spring? What for?",
            (
                "Do we have to tar the hull every spring?",
                "why do we have to tar the hull every spring?",
            ),
        ),
        ("Is parking free, and if so, where?", ("Is parking free?", "where is parking free?")),
        (
            "Who is Nora Lindqvist and when did she join?",
            ("Who is Nora Lindqvist?", "when did Nora Lindqvist join?"),
        ),
        (
            "When is the regatta, and how do I enter it?",
            ("When is the regatta?", "how do I enter the regatta?"),
        ),
        (
            "what's the lock code and who can change it",
            ("what's the lock code?", "who can change the lock code?"),
        ),
        (
            "Can I bring a parrot, and do I need a cage?",
            ("Can I bring a parrot?", "a parrot: do I need a cage?"),
        ),
        (
            "Night watch - when does it start and who brings the tea?",
            ("Night watch - when does it start?", "Night watch - who brings the tea?"),
        ),
        (
            "I lost my oar. How do I get a new one? And what does it cost?",
            ("I lost my oar. How do I get a new one?", "I lost my oar. what does a new one cost?"),
        ),
        (
            "What does a berth cost, who rents out the trolleys, and when does the bar close?",
            ("What does a berth cost?", "who rents out the trolleys?", "a berth: when does the bar close?"),
        ),
        ("List the moorings. Who rents them out?", ("List the moorings", "Who rents the moorings out?")),
        ("price of a kayak and who rents it out", ("price of a kayak?", "who rents a kayak out?")),
        (
            "Hi, who repairs the harbour crane and where do I find spare winch parts? Thanks!",
            ("who repairs the harbour crane?", "where do I find spare winch parts?"),
        ),
    ],
)
def test_parts_stand_alone(question: str, parts: tuple[str, ...]) -> None:
    """Completed by the part before, by the first one's topic, or by what stands before both."""
    assert question_parts(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "How long is the slipway?",
        "Who may row and steer the gig?",
        "What are the terms and conditions of the loan?",
        "which ferries carry bikes and dogs",
        "when and where is the regatta",
        "How often and for how long may I moor?",
        "why find out who is for the bridge and who is against it?",
        "who knows where the key is and who has it",
        "what do we use as bait, and how fresh is that?",  # asks about the first one's answer
        "Which knot do we use for towing, and why?",
        "Who drives the tractor and when does he leave?",
        "who are the wardens? who are they",
        "The slip is steep. How do I get down?",
        "My dinghy, which leaks, is on pier two. Who repairs it?",
        "We row on Mondays, and who is late has to sweep. Is that allowed?",
        "What year, by and large, are the piles from?",
        "Does the chandler, who sells rope, take cards?",
        "How long is it valid? A year?",
        "Who rows? Who steers? Who bails? Who sings?",  # more than three
        "Who tars the hull? Who tars the hull?",
        "",
        "?!",
    ],
)
def test_a_question_that_asks_one_thing_stays_whole(question: str) -> None:
    """As does one of whose parts some can't be made to stand alone."""
    assert question_parts(question) == (question,)


@given(
    st.lists(
        st.sampled_from("who what when is the a and , ? . it how I do - yes crew tars".split()), max_size=20
    )
)
def test_any_words_have_one_to_three_parts(words: list[str]) -> None:
    """None of them empty; one part is the text itself."""
    text = " ".join(words)
    parts = question_parts(text)
    assert len(parts) in {2, 3} or parts == (text,)
    assert all(parts) or not text
