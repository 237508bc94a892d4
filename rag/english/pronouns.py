"""Pronouns, by case and by what they can stand for."""

from __future__ import annotations

SUBJECT_PRONOUNS = frozenset("i you he she it we they".split())
OBJECT_PRONOUNS = frozenset("me him her us them".split())
POSSESSIVE_DETERMINERS = frozenset("my your his her its our their".split())
UNAMBIGUOUS_POSSESSIVES = frozenset("his its their".split())
"""Third person, and always possessive: "her" may be an object."""

PERSON_PRONOUNS = tuple("he him his she her hers".split())
THING_PRONOUNS = tuple("it its they them their theirs".split())
"""Of a thing, an organisation, or several of either."""
