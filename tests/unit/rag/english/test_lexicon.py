"""The lexicon's lists are in lower case and agree with each other."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from rag.english import (
    abbreviations,
    action_verbs,
    answer_nouns,
    calendar,
    derivation,
    function_words,
    name_words,
    numbers,
    person_nouns,
    plurals,
    pronouns,
    reporting_verbs,
    titles,
    units,
    verbs,
)
from rag.english.gender import Gender
from rag.english.given_names import GIVEN_NAMES

MODULES = (
    abbreviations,
    action_verbs,
    answer_nouns,
    calendar,
    derivation,
    function_words,
    name_words,
    numbers,
    person_nouns,
    plurals,
    pronouns,
    reporting_verbs,
    titles,
    units,
    verbs,
)
LISTS = [
    pytest.param(value, id=f"{module.__name__}.{name}")
    for module in MODULES
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, Collection)
]


@pytest.mark.parametrize("words", LISTS)
def test_words_are_lower_case_and_single(words: Collection[str]) -> None:
    """As rules look them up; no list is empty."""
    assert words
    assert all(word == word.lower() and len(word.split()) == 1 for word in words)


def test_given_names_are_written_as_names() -> None:
    """With a capital, each with one gender or none."""
    assert all(name[0].isupper() for name in GIVEN_NAMES)
    assert {GIVEN_NAMES["Walter"], GIVEN_NAMES["Edith"], GIVEN_NAMES["Casey"]} == set(Gender)


def test_cardinals_stand_at_the_number_that_they_name() -> None:
    """From zero to twenty."""
    assert (numbers.CARDINALS[0], numbers.CARDINALS[12], numbers.CARDINALS[20]) == (
        "zero",
        "twelve",
        "twenty",
    )


def test_shorter_lists_are_part_of_longer_ones() -> None:
    """What one rule takes for a class, another does, too."""
    assert titles.TITLE_GENDERS.keys() <= titles.TITLES
    assert person_nouns.PERSON_NOUN_GENDERS.keys() <= person_nouns.PERSON_NOUNS
    assert name_words.ALSO_SURNAMES <= name_words.NOT_PERSONS
    assert verbs.BE | verbs.DO | verbs.HAVE <= function_words.STOP_WORDS & function_words.FUNCTION_WORDS
    assert function_words.ARTICLES <= function_words.SENTENCE_STARTERS


def test_a_verb_is_in_one_list_of_what_it_opens() -> None:
    """An action, an action or a noun, or neither."""
    lists = [
        action_verbs.ACTION_VERBS,
        action_verbs.ACTION_VERBS_ALSO_NOUNS,
        action_verbs.STATE_VERBS,
        action_verbs.STATE_VERBS_ALSO_NOUNS,
    ]
    assert len(frozenset().union(*lists)) == sum(map(len, lists))


def test_a_plural_that_one_value_answers_is_no_list() -> None:
    """And the nouns of lists are plurals or name a list."""
    assert answer_nouns.LIST_NOUNS.isdisjoint(answer_nouns.PLURAL_VALUES)
    named = {"checklist", "inventory", "list"}
    assert all(plurals.is_plural(noun) for noun in answer_nouns.LIST_NOUNS - named)


def test_months_and_weekdays_begin_with_their_abbreviations() -> None:
    """Each abbreviation is of one month."""
    assert all(day.startswith(("mon", "tue", "wed", "thu", "fri", "sat", "sun")) for day in calendar.WEEKDAYS)
    for short in calendar.MONTH_ABBREVIATIONS:
        assert sum(month.startswith(short) for month in calendar.MONTHS) == 1
