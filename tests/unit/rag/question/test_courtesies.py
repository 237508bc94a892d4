"""Courtesies around a question are left out; the question itself never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.analysis import analyze_question
from rag.question.courtesies import without_courtesies


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Hello again, where is the spare key?", "where is the spare key?"),
        ("hey everyone: who keeps the bees", "who keeps the bees"),
        ("Good evening! When does the last tram leave?", "When does the last tram leave?"),
        ("Howdy folks, how tall is the mast?", "how tall is the mast?"),
        ("Excuse me, which door is the cellar's?", "which door is the cellar's?"),
        ("Pardon me – who tuned the piano?", "who tuned the piano?"),
        ("Sorry to trouble you, who tuned the piano?", "who tuned the piano?"),
        ("Just a small question: what feeds the pond?", "what feeds the pond?"),
        ("One short question. what feeds the pond?", "what feeds the pond?"),
        ("Question: what feeds the pond?", "what feeds the pond?"),
        ("Please tell us who mends the nets", "who mends the nets"),
        ("pls remind me when the tide turns", "when the tide turns"),
        ("Do you by any chance know who mends the nets?", "who mends the nets?"),
        ("Would anybody here know who mends the nets?", "who mends the nets?"),
        ("anyone know who mends the nets", "who mends the nets"),
        ("Any clue who mends the nets?", "who mends the nets?"),
        ("Can someone kindly let me know when the tide turns?", "when the tide turns?"),
        ("Would you please say when the tide turns?", "when the tide turns?"),
        ("I'd love to know why the lamp flickers", "why the lamp flickers"),
        ("I’d like to know why the lamp flickers", "why the lamp flickers"),
        ("I was just wondering how deep the well is", "how deep the well is"),
        ("May I ask how deep the well is?", "how deep the well is?"),
        ("Hi guys - who mends the nets?", "who mends the nets?"),
        ("Ok so who mends the nets?", "who mends the nets?"),
        ("One more thing: who mends the nets?", "who mends the nets?"),
        ("Just out of curiosity, who mends the nets?", "who mends the nets?"),
        ("Does any of you know who mends the nets?", "who mends the nets?"),
        ("Is there anyone who can tell me who mends the nets?", "who mends the nets?"),
        ("Would you mind telling me who mends the nets?", "who mends the nets?"),
        ("Could you confirm whether the tide turns at six?", "whether the tide turns at six?"),
        ("We need to know who mends the nets", "who mends the nets"),
        ("It would be good to know who mends the nets", "who mends the nets"),
        ("I'm trying to work out how deep the well is", "how deep the well is"),
        ("i cant remember how deep the well is", "how deep the well is"),
        ("Not sure which gate is locked", "which gate is locked"),
        ("No idea who mends the nets", "who mends the nets"),
        ("I'm looking for the tide table", "the tide table"),
        ("I'm new here, who mends the nets?", "who mends the nets?"),
        ("Who mends the nets? Thanks in advance!", "Who mends the nets?"),
        ("the tide table, thanks", "the tide table"),
        ("the tide table please", "the tide table"),
        ("Hi! I have a quick question, could you tell me how deep the well is?", "how deep the well is?"),
    ],
)
def test_greetings_apologies_and_polite_phrases_are_stripped(text: str, question: str) -> None:
    """Any number of them, in any order, with any mark between; the text shown stays as it was typed."""
    assert without_courtesies(text) == question
    analysis = analyze_question(text, limit=100)
    assert (analysis.text, analysis.standalone) == (text, question)


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        "Good morning, please!",
        "Hiking boots in which size?",
        "Heyday of the canal?",
        "May I ask for a second blanket?",
        "Can I ask the neighbours to help?",
        "Can you explain how the lock works?",
        "Is it true that the well is dry?",
        "Sorry state of the roof: who is to blame?",
        "Quick ways to peel garlic?",
        "Questions of which kind are graded?",
        "Hi-fi sets in which room?",
        "Tell me about the well",
        "I'd like to know more about the well",
        "Not sure which gate is locked, how can I tell?",
        "I forgot which key it was. Who has a spare?",
        "How do I say thank you",
        "Is there a tea towel please?",
        "Right to roam",
    ],
)
def test_what_is_no_courtesy_stays(text: str) -> None:
    """Nothing else is said, the word is part of another, or the phrase says what is wanted."""
    assert without_courtesies(text) == text


@given(st.text(max_size=60))
def test_what_is_left_is_a_stretch_of_the_question(text: str) -> None:
    """For any text."""
    assert without_courtesies(text) in text
