"""What a sentence says that a text doesn't hold."""

from __future__ import annotations

import pytest

from rag.grounding.facts import missing_facts


def missing(sentence: str, *cited: str, context: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(fact.kind.value, fact.text) for fact in missing_facts(sentence, cited, context)]


@pytest.mark.parametrize(
    ("sentence", "cited", "expected"),
    [
        ("It runs for 12 hours.", "It runs for 10 hours.", [("number", "12")]),
        ("It takes 5 days.", "It takes 5 weeks.", [("unit", "5")]),
        ("It costs 30 %.", "It costs 30.", [("unit", "30")]),
        ("It shuts on 8 June.", "It shuts on 9 June.", [("date", "8 June")]),
        ("Write to Ben Reed.", "Write to Ada Moss.", [("name", "Ben Reed")]),
        ("Write to Ada Reed.", "Write to Ada Moss.", [("name", "Reed")]),
        ("Write to Ada Low.", "Write to Ada Moss.", [("name", "Low")]),
        ("Dogs are not welcome.", "Dogs are welcome.", [("negation", "not")]),
    ],
)
def test_a_swapped_fact_is_missing(sentence: str, cited: str, expected: list[tuple[str, str]]) -> None:
    """Each kind of fact, in the sentence's words."""
    assert missing(sentence, cited) == expected


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("Children under 6 may not swim.", "Nobody under six may swim."),
        ("It opens at 2 pm on 3 May.", "Opening: May 3rd, 14:00."),
        ("The NHL said so.", "The National Hockey League said so."),
        ("The National Hockey League said so.", "The NHL said so."),
        ("A Canadian firm sells it in the UK.", "A firm from Canada sells it in Britain."),
        ("It was signed in the United States.", "It was signed in the US."),
        ("She joined the Canadian Premier Conference.", "She joined the Canadian Premier."),
    ],
)
def test_facts_in_other_forms_are_held(sentence: str, cited: str) -> None:
    """Written-out numbers, times, acronyms, countries and their adjectives."""
    assert missing(sentence, cited) == []


def test_context_holds_names_and_numbers() -> None:
    """A title or heading says what a sentence is about."""
    sentence = "Alder ward takes two visitors."
    assert missing(sentence, "2 visitors") == [("name", "Alder")]
    assert missing(sentence, "2 visitors", context=("Alder ward",)) == []


def test_places_are_in_the_sentence() -> None:
    """Each missing fact is a slice of it, in order."""
    sentence = "On 8 June Ben Reed paid 40 euros."
    facts = missing_facts(sentence, ["On 9 June Ada Moss paid 50 euros."])
    assert [sentence[fact.start : fact.end] for fact in facts] == ["8 June", "Ben Reed", "40"]


def test_loose_polarity_is_not_compared() -> None:
    """A text with few of the sentence's words says nothing of its negation."""
    assert missing("The offer was declined.", "They never sold the offer of a boat to any other firm.") == []
