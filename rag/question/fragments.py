"""A fragment of a question in the place of the phrase that it stands for in the question before.

"And in London?" replaces "in Paris", "and the headset?" the subject or object. Where no phrase can be told to
be the one, the fragment stands behind the whole question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.english.answer_nouns import PLURAL_VALUES, VALUE_NOUNS
from rag.english.calendar import MONTHS, TIME_WORDS
from rag.english.function_words import (
    ARTICLES,
    CLAUSE_PREPOSITIONS,
    CONJUNCTIONS,
    PREPOSITIONS,
    QUESTION_WORDS,
)
from rag.english.person_nouns import PERSON_NOUNS
from rag.english.plurals import is_plural
from rag.english.pronouns import OBJECT_PRONOUNS, POSSESSIVE_DETERMINERS, SUBJECT_PRONOUNS
from rag.english.verbs import AUXILIARIES, FINITE_BE, IRREGULAR_PASTS
from rag.question.names import names_in

_DETERMINERS = ARTICLES | POSSESSIVE_DETERMINERS | frozenset("another each every this that".split())
_LOCATING = frozenset("at in inside into on within".split())
"""Prepositions that may replace one another: "into Heron", "in Bittern"."""
_ENDS = (
    (PREPOSITIONS - {"of"})
    | CLAUSE_PREPOSITIONS
    | CONJUNCTIONS
    | AUXILIARIES
    | QUESTION_WORDS
    | SUBJECT_PRONOUNS
    | OBJECT_PRONOUNS
    | frozenset("be been per".split())
)
_PREDICATES = IRREGULAR_PASTS | frozenset(
    "allowed available different done due free full open paid ready shut valid worth".split()
)
_PLURAL_VERBS = {"is": "are", "was": "were", "does": "do", "has": "have"}
_SINGULAR_VERBS = {plural: singular for singular, plural in _PLURAL_VERBS.items()}
_ATTRIBUTES = VALUE_NOUNS | PLURAL_VALUES | PERSON_NOUNS
_QUESTION_WORD = f"(?:{'|'.join(sorted(QUESTION_WORDS))})"
_OPENING = re.compile(
    rf"(?:(?:\w+\s+)?{_QUESTION_WORD}\b(?:\s+[\w'’-]+){{0,6}}?\s+)?"
    rf"(?P<auxiliary>{'|'.join(sorted(AUXILIARIES))})\s+(?P<pronoun>(?:{'|'.join(SUBJECT_PRONOUNS)})\b)?",
    re.IGNORECASE,
)
_WHO_DOES = re.compile(rf"who\s+(?!(?:{'|'.join(sorted(AUXILIARIES))})\b)[\w'’-]+\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s$")


def with_fragment(fragment: str, question: str) -> str:
    """The question with the fragment for the phrase of its kind, or behind it; it ends in a question mark.

    >>> with_fragment("in Berlin", "What is the limit in Paris?")
    'What is the limit in Berlin?'
    >>> with_fragment("the headset", "What does the new laptop cost?")
    'What does the headset cost?'
    """
    words = question.rstrip(" ?.!").split()
    parts = fragment.split()
    head = parts[: _end(parts, 0)]
    if _folded(parts[0]) in PREPOSITIONS | CLAUSE_PREPOSITIONS | {"if"}:
        found = _prepositional_phrase(parts, words)
    else:
        found = _similar_phrase(head, words) or _name(head, words) or main_phrase(words, parts)
        if found and len(head) < len(parts) and words[found[1] : found[1] + 1] == [parts[len(head)]]:
            # "the rewiring in room 21" for "the windows in room 14"
            found = found[0], _end(words, found[1] + 1)
    start, end = found or (len(words), len(words))
    if found and _POSSESSIVE.search(words[end - 1]) and not _POSSESSIVE.search(parts[-1]):
        parts = [*parts[:-1], f"{parts[-1]}'s"]
    before = _in_agreement(words[:start], head) if found and head else words[:start]
    return " ".join([*before, *parts, *words[end:]]) + "?"


def main_phrase(words: Sequence[str], fragment: Sequence[str] = ()) -> tuple[int, int] | None:
    """The words ``[start, end)`` that a fragment replaces: a question's subject or object, or what "of" "
    "joins to it.

    Args:
        fragment: what is to replace them: a fragment that names an attribute ("the fee") replaces one.
    """
    found = subject_or_object(words)
    return _complement(words, found, fragment) if found else None


def subject_or_object(words: Sequence[str]) -> tuple[int, int] | None:
    """The words ``[start, end)`` that a question is about: its subject, or its object behind a pronoun."""
    text = " ".join(words)
    who = _WHO_DOES.match(text)
    opening = who or _OPENING.match(text)
    start = len(text[: opening.end()].split()) if opening else None
    found = None
    if who is not None:
        found = _phrase(words, start or 0)
    elif opening is not None and start is not None:
        is_be = opening["auxiliary"].casefold() in FINITE_BE
        found = _object(words, start) if opening["pronoun"] else _subject(words, start, is_be=is_be)
    return found or _last_determined(words)


def without_predicate(words: Sequence[str]) -> Sequence[str]:
    """A phrase without the participle or adjective behind it: "the roof" of "the roof repaired"."""
    return words[: _before_predicate(words, 0, len(words))]


def _prepositional_phrase(parts: Sequence[str], words: Sequence[str]) -> tuple[int, int] | None:
    """The last phrase with the same preposition, or with another one of place (or of time) where both "
    "locate."""
    preposition = _folded(parts[0])
    places = [n for n, word in enumerate(words) if _folded(word) == preposition]
    if not places and preposition in _LOCATING:
        places = [
            n
            for n, word in enumerate(words)
            if _folded(word) in _LOCATING and _is_time(_after(words, n)) == _is_time(parts[1:])
        ]
    if not places:
        return None
    start = places[-1]
    if preposition == "if":
        return start, len(words)
    is_pronoun = start + 1 < len(words) and _folded(words[start + 1]) in OBJECT_PRONOUNS | {"it"}
    end = start + 2 if is_pronoun else _end(words, start + 1)
    if end == len(words):
        end = _before_predicate(words, start + 1, end)
    return (start, end) if end > start + 1 else None


def _similar_phrase(parts: Sequence[str], words: Sequence[str]) -> tuple[int, int] | None:
    """The noun phrase with the same noun: "the old office" for "the new office", "room 8" for "room 14"."""
    nouns = {_folded(word) for word in parts[-2:] if _folded(word).isalpha()} - _DETERMINERS
    for number in range(len(words) - 1, -1, -1):
        if _folded(words[number]) in nouns:
            start = _start(words, number)
            end = number + 1
            if end < len(words) and any(c.isdigit() for c in words[end]):
                end += 1
            return start, end
    return None


def _name(parts: Sequence[str], words: Sequence[str]) -> tuple[int, int] | None:
    """The last name, for a fragment that has one."""
    text = " ".join(words)
    names = names_in(text)
    if not names or not any(part[:1].isupper() or part[:1].isdigit() for part in parts):
        return None
    at = text.rindex(names[-1])
    is_inside = at > 0 and text[at - 1] != " "
    start, end = len(text[:at].split()) - is_inside, len(text[: at + len(names[-1])].split())
    if start and _folded(parts[0]) in ARTICLES and _folded(words[start - 1]) in ARTICLES:
        # "the Leiden branch" for "the Rotterdam office", but "Leiden" for "Rotterdam" before a noun
        return start - 1, _before_predicate(words, start, _end(words, start))
    return start, end


def _subject(words: Sequence[str], start: int, *, is_be: bool) -> tuple[int, int] | None:
    """The noun phrase before the verb or predicate."""
    phrase = _phrase(words, start)
    if phrase is None:
        return None
    end = phrase[1]
    if is_be:
        end = _before_predicate(words, start, end)
    elif end - start > 1 and _folded(words[end - 2]) not in _DETERMINERS:
        end -= 1  # the verb
    return start, end


def _before_predicate(words: Sequence[str], start: int, end: int) -> int:
    """The end of a phrase without the participle or adjective that a question with "be" ends in."""
    while end - start > 1 and (words[end - 1].endswith(("ed", "ing")) or words[end - 1] in _PREDICATES):
        end -= 1
    return end


def _in_agreement(before: Sequence[str], head: Sequence[str]) -> list[str]:
    """The words before a subject, the verb in its number: "are invoices", "does the office"."""
    verb = _folded(before[-1]) if before else ""
    plural = is_plural(_folded(head[-1])) and head[-1].islower()
    other = _PLURAL_VERBS.get(verb) if plural else _SINGULAR_VERBS.get(verb)
    return [*before[:-1], other] if other else list(before)


def _object(words: Sequence[str], start: int) -> tuple[int, int] | None:
    """The noun phrase behind a pronoun and its verb."""
    return _phrase(words, start + 1)


def _last_determined(words: Sequence[str]) -> tuple[int, int] | None:
    for number in range(len(words) - 1, -1, -1):
        if _folded(words[number]) in _DETERMINERS and (number == 0 or _folded(words[number - 1]) != "of"):
            return _phrase(words, number)
    return None


def _complement(words: Sequence[str], found: tuple[int, int], fragment: Sequence[str]) -> tuple[int, int]:
    """Of "the price of X" or "the price for X" the part that a fragment replaces; else all of it."""
    start, end = found
    joints = [n for n in range(start + 1, end) if _folded(words[n]) == "of"]
    if not joints and end < len(words) and _folded(words[end]) == "for":
        joints = [end]
    if not joints:
        return found
    head = _folded(words[joints[0] - 1])
    if fragment and _folded(fragment[-1]) in _ATTRIBUTES:
        return start, joints[0]
    if head not in _ATTRIBUTES:
        return found
    return joints[-1] + 1, _end(words, joints[-1] + 1)


def _phrase(words: Sequence[str], start: int) -> tuple[int, int] | None:
    """The noun phrase that begins at a word; None where none does."""
    end = _end(words, start)
    has_noun = any(_folded(word) not in _DETERMINERS for word in words[start:end])
    return (start, end) if has_noun else None


def _end(words: Sequence[str], start: int) -> int:
    """Where the noun phrase that begins at ``start`` ends."""
    end = start
    while end < len(words):
        folded = _folded(words[end])
        begins_another = folded in _DETERMINERS and end > start and _folded(words[end - 1]) != "of"
        if folded in _ENDS or begins_another:
            break
        end += 1
    return end


def _start(words: Sequence[str], at: int) -> int:
    """Where the noun phrase with the word at ``at`` begins, its determiner included."""
    start = at
    while start and _folded(words[start]) not in _DETERMINERS and _folded(words[start - 1]) not in _ENDS:
        if _folded(words[start - 1]) == "of":
            break
        start -= 1
    return start


def _after(words: Sequence[str], preposition: int) -> Sequence[str]:
    return words[preposition + 1 : _end(words, preposition + 1)]


def _is_time(words: Sequence[str]) -> bool:
    folded = [_folded(word) for word in words]
    singular = {word.removesuffix("s") for word in folded}
    is_year = any(word.isdigit() and len(word) == 4 for word in folded)
    return is_year or not (TIME_WORDS | frozenset(MONTHS)).isdisjoint({*folded, *singular})


def _folded(word: str) -> str:
    return _POSSESSIVE.sub("", word.casefold().strip(",;:"))
