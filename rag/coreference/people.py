"""Finds who is named in a sentence, by the look of the words: titles, given names, occupations.

No model: a capitalised run is a person's name by its title ("Sheriff Grady Judd"), by a given name,
by what is said of it ("was an actor"), or, weakly, by its capitals alone; words such as "County"
say that it is something else (knowledge-poor, as Mitkov 1998, doi:10.3115/980691.980712).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.coreference.subject import subject_weight
from rag.coreference.tokens import MARKS, Token, at, is_name_word, starts_anew
from rag.english.function_words import DETERMINERS, FUNCTION_WORDS
from rag.english.gender import Gender
from rag.english.given_names import GIVEN_NAMES
from rag.english.name_words import (
    ALSO_SURNAMES,
    NOT_PERSONS,
    ORIGIN_ENDINGS,
    ORIGINS,
    PARTICLES,
    SUFFIXES,
)
from rag.english.person_nouns import PERSON_NOUN_GENDERS, PERSON_NOUNS
from rag.english.reporting_verbs import REPORTING_VERBS
from rag.english.titles import BEFORE_TITLES, TITLE_GENDERS, TITLES
from rag.english.verbs import COPULAS, HUMAN_VERBS
from rag.types import Span


@dataclass(frozen=True, slots=True)
class Person:
    """A phrase that names, or describes, a person.

    ``name`` holds the words of the name (no title, no suffix; empty for a description such as "a
    man"); ``span`` is what to show, title included. ``sure``: more than capitals speak for a person.
    ``weight``, up to 1, tells how likely the phrase is its clause's subject.
    """

    span: Span
    name: tuple[str, ...]
    gender: Gender
    sure: bool
    weight: float
    titled: bool = False


_DEFINITE = 0.6  # of its weight, for "the captain": often someone already named
_MOST_NAME_WORDS = 5
_MOST_ADJECTIVES = 3
_TITLE_WORDS = TITLES | BEFORE_TITLES
_NO_NAMES = _TITLE_WORDS | PERSON_NOUNS
_WORD_GENDERS = {**TITLE_GENDERS, **PERSON_NOUN_GENDERS}
_SAID = REPORTING_VERBS - {"told", "tells", "asked", "asks"}  # "told Billboard" says nothing of it
_TELLING = REPORTING_VERBS | HUMAN_VERBS
_BEFORE_OTHERS = frozenset(("the", "a", "an", "this", "in", "#", "@", "‘"))


def people(sentence: Sequence[Token], proper: frozenset[str] = frozenset()) -> list[Person]:
    """The people a sentence names or describes, in order.

    ``proper`` are words known to be written with a capital: a sentence's first word is no name for
    its capital alone.
    """
    found: list[Person] = []
    index = 0
    while index < len(sentence):
        person = None
        end = index + 1
        if is_name_word(sentence, index):
            end = _run_end(sentence, index)
            person = _named(sentence, index, end, proper)
        elif sentence[index].lower in PERSON_NOUNS:
            person = _described(sentence, index)
        if person:
            found.append(person)
        index = end
    return found


def _run_end(sentence: Sequence[Token], start: int) -> int:
    """One past the capitalised run that begins here: "Dr. J. de la Cruz, Jr." is one run."""
    index = start + 1
    while index < len(sentence):
        step = _run_step(sentence, index)
        if not step:
            break
        index += step
    return index


def _run_step(sentence: Sequence[Token], index: int) -> int:
    """How many tokens from here on belong to a run that began before; 0 where it ends."""
    token, last, following = sentence[index], sentence[index - 1], at(sentence, index + 1).lower
    if token.text == "." and (len(last.text) == 1 or last.lower in TITLES or last.lower in SUFFIXES):
        return 1
    if is_name_word(sentence, index):
        return 1
    if token.lower in PARTICLES:
        more = 2 if following in PARTICLES else 1
        return more if is_name_word(sentence, index + more) else 0
    if token.text == "," and following in SUFFIXES:
        return 2
    if token.text in MARKS and at(sentence, index + 2).text in MARKS:
        nickname = is_name_word(sentence, index + 1) and is_name_word(sentence, index + 3)
        return 4 if nickname else 0
    return 0


def _named(sentence: Sequence[Token], start: int, end: int, proper: frozenset[str]) -> Person | None:
    """The person that a capitalised run names, if it does."""
    shown, first, title = _parts(sentence, start, end, proper)
    name = tuple(
        token.text for token in sentence[first:end] if token.text[0].isalpha() and token.lower not in SUFFIXES
    )
    if not name or _is_other(name) or not (title or _may_be_name(sentence, start, name, proper)):
        return None
    return Person(
        span=Span(sentence[shown].start, sentence[end - 1].end),
        name=name,
        gender=_gender(title, name, at(sentence, start - 1).lower),
        sure=bool(title) or name[0] in GIVEN_NAMES or _is_spoken_of(sentence, start, end),
        weight=subject_weight(sentence, start, end),
        titled=bool(title),
    )


def _parts(sentence: Sequence[Token], start: int, end: int, proper: frozenset[str]) -> tuple[int, int, str]:
    """Of a run: where what to show begins, where the name begins, and its last title (empty: none)."""
    first, title = start, ""
    for index in range(start, end - 1):
        if sentence[index].lower in TITLES:
            title = sentence[index].lower
            first = index + 2 if sentence[index + 1].text == "." and index + 2 < end else index + 1
    shown = first
    if title:
        while shown > start and (
            sentence[shown - 1].text == "." or sentence[shown - 1].lower in _TITLE_WORDS
        ):
            shown -= 1
        while sentence[shown].text == ".":
            shown += 1
        return shown, first, title
    while first < end and sentence[first].lower in ORIGINS:
        first += 1
    if start == 0:
        first = _skip_opening(sentence, first, end, proper)
    return first, first, ""


def _skip_opening(sentence: Sequence[Token], first: int, end: int, proper: frozenset[str]) -> int:
    """Past words that are capital only as a sentence's first: "Wealthy | Robert Cattermole"."""
    opening = sentence[first].text if first < end else ""
    if opening in proper or opening in GIVEN_NAMES:
        return first
    return next((index for index in range(first + 1, end - 1) if sentence[index].text in GIVEN_NAMES), first)


def _is_other(name: tuple[str, ...]) -> bool:
    """Whether the words say that it is a place, an organisation, an acronym, a bare title or a day."""
    longest_acronym = 1 if len(name) == 1 else 2  # "JD Vance" is a name, "AI" is none
    return (
        len(name) > _MOST_NAME_WORDS
        or all(word.lower() in _NO_NAMES for word in name)
        or (len(name) == 1 and len(name[0]) == 1)
        or not NOT_PERSONS.isdisjoint(_telling_words(name))
        or any(len(word) > longest_acronym and word.isupper() for word in name)
        or any(not word.translate(_JOINTS).isalpha() for word in name)
    )


def _telling_words(name: tuple[str, ...]) -> set[str]:
    """The words that may tell a thing: not the given name of "Bill Gates", nor the West after one."""
    words = [word.lower() for word in name]
    if len(name) == 1 or name[0] not in GIVEN_NAMES:
        return set(words) - {"bill"}
    return (set(words[1:-1]) - {"bill"}) | ({words[-1]} - ALSO_SURNAMES)


_JOINTS = str.maketrans("", "", "-'’")


def _may_be_name(
    sentence: Sequence[Token], start: int, name: tuple[str, ...], proper: frozenset[str]
) -> bool:
    """Whether an untitled run may name a person, by what is before it and how sure its capital is."""
    if at(sentence, start - 1).lower in _BEFORE_OTHERS:
        return False
    if len(name) > 1 or name[0] in GIVEN_NAMES:
        return True
    return not name[0].endswith(ORIGIN_ENDINGS) and (not starts_anew(sentence, start) or name[0] in proper)


def _gender(title: str, name: tuple[str, ...], before: str) -> Gender:
    """By the title, else by the given name, else by the word before ("her husband Lee")."""
    if title in _WORD_GENDERS:
        return _WORD_GENDERS[title]
    given = Gender.UNKNOWN if title and len(name) == 1 else GIVEN_NAMES.get(name[0], Gender.UNKNOWN)
    return given or _WORD_GENDERS.get(before, Gender.UNKNOWN)


def _is_spoken_of(sentence: Sequence[Token], start: int, end: int) -> bool:
    """Whether the words around a name say that it is a person's: "X said", "X was an actor"."""
    before, after = at(sentence, start - 1).lower, at(sentence, end).lower
    if before in _SAID or before in PERSON_NOUNS or after in _TELLING:
        return True
    following = [token.lower for token in sentence[end + 1 : end + 9]]
    if after == "(":
        return following[:1] == ["born"] or following[:2] == ["b", "."]
    if before in ("named", "called"):
        return any(token.lower in PERSON_NOUNS for token in sentence[max(0, start - 3) : start])
    return (
        after in ("is", "was") and following[:1] in (["a"], ["an"]) and not PERSON_NOUNS.isdisjoint(following)
    )


def _described(sentence: Sequence[Token], role: int) -> Person | None:
    """The person that "a tall man" or "his father" describes; None where it only says who a name is."""
    after = at(sentence, role + 1).lower
    start = _determiner(sentence, role)
    if start is None or is_name_word(sentence, role + 1) or after in PERSON_NOUNS:
        return None
    opener = at(sentence, start - 1)
    if opener.lower in COPULAS or (after in COPULAS and is_name_word(sentence, role + 2)):
        return None
    if opener.text in (",", "(", "--", "—", "–") and is_name_word(sentence, start - 2):
        return None
    share = _DEFINITE if sentence[start].lower in ("the", "this", "that") else 1.0
    return Person(
        span=Span(sentence[start].start, sentence[role].end),
        name=(),
        gender=_WORD_GENDERS.get(sentence[role].lower, Gender.UNKNOWN),
        sure=True,
        weight=subject_weight(sentence, start, role + 1) * share,
    )


def _determiner(sentence: Sequence[Token], role: int) -> int | None:
    """Where the determiner of a noun is: "| a tall thin man"; None where it has none."""
    for index in range(role - 1, max(-1, role - 2 - _MOST_ADJECTIVES), -1):
        word = sentence[index]
        if word.lower in DETERMINERS:
            return index
        if word.lower in FUNCTION_WORDS or not word.text.isalpha():
            return None
    return None
