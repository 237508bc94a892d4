"""Word lists that tell who is a person: names, titles, occupations, and what is none of these.

They lie in ``people.json``; given names are the frequent ones of the US Census of 1990 (public
domain), the other lists are our own. All words but names are in lower case.
"""

from __future__ import annotations

import json
from enum import IntEnum
from pathlib import Path


class Gender(IntEnum):
    """What a name, title or description says of its bearer."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2


_LISTS = {
    kind: frozenset(words.split())
    for kind, words in json.loads((Path(__file__).parent / "people.json").read_text("utf-8")).items()
}

GIVEN_NAMES = {
    **dict.fromkeys(_LISTS["either_names"], Gender.UNKNOWN),
    **dict.fromkeys(_LISTS["male_names"], Gender.MALE),
    **dict.fromkeys(_LISTS["female_names"], Gender.FEMALE),
}
WORD_GENDERS = {
    **dict.fromkeys(_LISTS["men"] | _LISTS["male_titles"], Gender.MALE),
    **dict.fromkeys(_LISTS["women"] | _LISTS["female_titles"], Gender.FEMALE),
}
TITLES = _LISTS["titles"] | _LISTS["male_titles"] | _LISTS["female_titles"]
BEFORE_NAMES = TITLES | _LISTS["before_titles"]
ROLES = _LISTS["roles"] | _LISTS["men"] | _LISTS["women"]
NOT_PEOPLE = _LISTS["not_people"]
ALSO_SURNAMES = _LISTS["also_surnames"]  # of what is in NOT_PEOPLE: "Emily West"
ORIGINS = _LISTS["origins"]
PARTICLES = _LISTS["particles"]
SUFFIXES = _LISTS["suffixes"]
FUNCTION_WORDS = _LISTS["function_words"]
PREPOSITIONS = _LISTS["prepositions"]
CLAUSE_OPENERS = _LISTS["clause_openers"]
REPORTING = _LISTS["reporting"]
HUMAN_VERBS = _LISTS["human_verbs"]
VERBS = _LISTS["verbs"]
DETERMINERS = frozenset(("the", "a", "an", "this", "that", "his", "her", "their", "another", "one", "its"))
COPULAS = frozenset(("is", "was", "as", "became", "becomes", "be", "being"))
ORIGIN_ENDINGS = ("ian", "ish", "ese", "ean", "ans")
