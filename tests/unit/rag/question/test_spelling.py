"""Misspelt words are corrected towards the passages, and nothing else is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.spelling import correct_spelling, edit_distance

TEXT = (
    "The librarian repaired an accordion and a broken umbrella. Visitors separate the necessary furniture. "
    "A committee decided which temperature the greenhouse needs; the schedule hangs beside the entrance. "
    "Volunteers received vegetables, a telescope and chocolate. The orchard closes in autumn."
)
KNOWN = frozenset("which about after planted colour entrance stating visit".split())


@pytest.mark.parametrize(
    ("question", "corrected"),
    [
        ("who is the libarian", "who is the librarian"),  # a letter left out
        ("who plays the acordion", "who plays the accordion"),
        ("where is my umberlla", "where is my umbrella"),  # two letters swapped
        ("who may seperate them", "who may separate them"),  # another letter
        ("what is neccessary here", "what is necessary here"),  # a letter doubled
        ("who paid for the furnitture", "who paid for the furniture"),
        ("what did the comittee do", "what did the committee do"),
        ("which temprature is best", "which temperature is best"),
        ("how hot is the grenhouse", "how hot is the greenhouse"),
        ("where is the shedule", "where is the schedule"),
        ("what was recieved", "what was received"),
        ("any vegtables left", "any vegetables left"),
        ("where is the telscope", "where is the telescope"),
        ("do we get choclate", "do we get chocolate"),
        ("when does the orchrad close", "when does the orchard close"),
        ("open in autumm?", "open in autumn?"),
        ("who owns the accordian", "who owns the accordion"),
        ("brokn", "broken"),
    ],
)
def test_an_unknown_word_becomes_its_neighbour(question: str, corrected: str) -> None:
    """One edit away, or two for a long word: inserted, left out, exchanged or swapped letters."""
    assert correct_spelling(question, [TEXT], KNOWN.__contains__) == corrected


@pytest.mark.parametrize(
    "question",
    [
        "which librarian decided?",  # nothing is misspelt
        "which Libarian decided?",  # a name may be written so
        "is it repairing?",  # another form of a word that is there
        "what about bicycles?",  # nothing near it
        "any frut trees?",  # too short to tell
        "any flavors?",  # two edits away from another word, and too short for that
    ],
)
def test_other_words_stay(question: str) -> None:
    """Names, inflections, short words, and words without a neighbour."""
    assert correct_spelling(question, [TEXT], KNOWN.__contains__) == question


@pytest.mark.parametrize("word", ["callers", "misread", "unsold", "wording", "fixes", "spammer", "luckily"])
def test_a_word_derived_from_a_known_one_stays(word: str) -> None:
    """By a prefix or an ending, though the reader's vocabulary lacks it and a passage has a neighbour."""
    known = {"call", "read", "sold", "word", "fix", "spam", "lucky"}
    neighbours = "called misled unsolo working files slammer luckier"
    assert correct_spelling(f"who {word}", [neighbours], known.__contains__) == f"who {word}"


def test_a_misspelt_ending_is_no_derivation() -> None:
    """A short base doubles its last letter."""
    assert correct_spelling("scaning", ["scanning a page"], {"scan"}.__contains__) == "scanning"


def test_a_known_word_stays() -> None:
    """Though no passage has it, and one has its neighbour."""
    assert correct_spelling("stating", ["skating", "slating"], KNOWN.__contains__) == "stating"


def test_of_two_neighbours_the_more_frequent_is_meant() -> None:
    """At the same distance."""
    assert correct_spelling("lanterm", ["lanters lantern lantern"], KNOWN.__contains__) == "lantern"


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_edits_are_a_distance(one: str, other: str) -> None:
    """None between equals, the same both ways, at most the longer one's length."""
    assert (edit_distance(one, other) == 0) == (one == other)
    assert edit_distance(one, other) == edit_distance(other, one) <= max(len(one), len(other))
