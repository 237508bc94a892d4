"""Finds the mentions of people in a sentence, by the form of the words: titles, given names, occupations.

No model: capitalised words are a person's name by a title ("Captain Ines Okoro"), by a given name, by their
context ("was an actor"), or, as weak evidence, by the capitals alone; words such as "County" are evidence
against it (knowledge-poor, as Mitkov 1998, doi:10.3115/980691.980712).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.coreference.subject import subject_likelihood
from rag.coreference.tokens import (
    QUOTATION_MARKS,
    Token,
    is_capital_position,
    is_name_word,
    token_at,
)
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
class PersonMention:
    """A noun phrase that names, or describes, a person.

    ``name`` holds the words of the name (no title, no suffix; empty for a description such as "a
    man"); ``span`` is what to show, title included. ``certain``: there is more evidence of a person than
    capitals. ``likelihood``, up to 1: how likely the phrase is its clause's subject.
    """

    span: Span
    name: tuple[str, ...]
    gender: Gender
    certain: bool
    likelihood: float
    titled: bool = False


_DEFINITE_SHARE = 0.6  # of its likelihood, for "the captain": often someone already named
_MAX_NAME_WORDS = 5
_MAX_ADJECTIVES = 3
_APPOSITION_MARKS = (",", "(", "--", "—", "–")
_TITLE_WORDS = TITLES | BEFORE_TITLES
_NO_NAMES = _TITLE_WORDS | PERSON_NOUNS
_WORD_GENDERS = {**TITLE_GENDERS, **PERSON_NOUN_GENDERS}
# Behind these a name is the speaker's; behind "told" or "asked" it may be an organisation's.
_BEFORE_SPEAKERS = REPORTING_VERBS - {"told", "tells", "asked", "asks"}
_PERSON_VERBS = REPORTING_VERBS | HUMAN_VERBS
_BEFORE_OTHER_NAMES = frozenset(("the", "a", "an", "this", "in", "#", "@", "‘"))
_JOINTS = str.maketrans("", "", "-'’")


def person_mentions(sentence: Sequence[Token], proper: frozenset[str] = frozenset()) -> list[PersonMention]:
    """The people that a sentence names or describes, in order.

    ``proper`` are words known to be written with a capital: a sentence's first word is no name for
    its capital alone.
    """
    mentions: list[PersonMention] = []
    index = 0
    while index < len(sentence):
        mention = None
        end = index + 1
        if is_name_word(sentence, index):
            end = _run_end(sentence, index)
            mention = _named(sentence, index, end, proper)
        elif sentence[index].lower in PERSON_NOUNS:
            mention = _described(sentence, index)
        if mention:
            mentions.append(mention)
        index = end
    return mentions


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
    token, last, following = sentence[index], sentence[index - 1], token_at(sentence, index + 1).lower
    if token.text == "." and (len(last.text) == 1 or last.lower in TITLES or last.lower in SUFFIXES):
        return 1
    if is_name_word(sentence, index):
        return 1
    if token.lower in PARTICLES:
        step = 2 if following in PARTICLES else 1
        return step if is_name_word(sentence, index + step) else 0
    if token.text == "," and following in SUFFIXES:
        return 2
    if token.text in QUOTATION_MARKS and token_at(sentence, index + 2).text in QUOTATION_MARKS:
        is_nickname = is_name_word(sentence, index + 1) and is_name_word(sentence, index + 3)
        return 4 if is_nickname else 0
    return 0


def _named(sentence: Sequence[Token], start: int, end: int, proper: frozenset[str]) -> PersonMention | None:
    """The person that a capitalised run names, if it does."""
    span_start, first, title = _parts(sentence, start, end, proper)
    name = tuple(
        token.text for token in sentence[first:end] if token.text[0].isalpha() and token.lower not in SUFFIXES
    )
    if not name or _is_no_person(name) or not (title or _may_be_name(sentence, start, name, proper)):
        return None
    return PersonMention(
        span=Span(sentence[span_start].start, sentence[end - 1].end),
        name=name,
        gender=_gender(title, name, token_at(sentence, start - 1).lower),
        certain=bool(title) or name[0] in GIVEN_NAMES or _is_person_context(sentence, start, end),
        likelihood=subject_likelihood(sentence, start, end),
        titled=bool(title),
    )


def _parts(sentence: Sequence[Token], start: int, end: int, proper: frozenset[str]) -> tuple[int, int, str]:
    """Of a run: where the mention's span begins, where the name begins, and its last title (empty: none)."""
    first, title = start, ""
    for index in range(start, end - 1):
        if sentence[index].lower in TITLES:
            title = sentence[index].lower
            first = index + 2 if sentence[index + 1].text == "." and index + 2 < end else index + 1
    span_start = first
    if title:
        while span_start > start and (
            sentence[span_start - 1].text == "." or sentence[span_start - 1].lower in _TITLE_WORDS
        ):
            span_start -= 1
        while sentence[span_start].text == ".":
            span_start += 1
        return span_start, first, title
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


def _is_no_person(name: tuple[str, ...]) -> bool:
    """Whether the words show that it is a place, an organisation, an acronym, a bare title or a day."""
    longest_acronym = 1 if len(name) == 1 else 2  # "JD Vance" is a name, "AI" is none
    return (
        len(name) > _MAX_NAME_WORDS
        or all(word.lower() in _NO_NAMES for word in name)
        or (len(name) == 1 and len(name[0]) == 1)
        or not NOT_PERSONS.isdisjoint(_distinctive_words(name))
        or any(len(word) > longest_acronym and word.isupper() for word in name)
        or any(not word.translate(_JOINTS).isalpha() for word in name)
    )


def _distinctive_words(name: tuple[str, ...]) -> set[str]:
    """The words that may show a name to be no person's: without a given name, nor "West" after one."""
    words = [word.lower() for word in name]
    if len(name) == 1 or name[0] not in GIVEN_NAMES:
        return set(words) - {"bill"}
    return (set(words[1:-1]) - {"bill"}) | ({words[-1]} - ALSO_SURNAMES)


def _may_be_name(
    sentence: Sequence[Token], start: int, name: tuple[str, ...], proper: frozenset[str]
) -> bool:
    """Whether an untitled run may name a person, by what is before it and what else explains its capital."""
    if token_at(sentence, start - 1).lower in _BEFORE_OTHER_NAMES:
        return False
    if len(name) > 1 or name[0] in GIVEN_NAMES:
        return True
    is_origin = name[0].endswith(ORIGIN_ENDINGS)
    return not is_origin and (not is_capital_position(sentence, start) or name[0] in proper)


def _gender(title: str, name: tuple[str, ...], before: str) -> Gender:
    """By the title, else by the given name, else by the word before ("her husband Lee")."""
    if title in _WORD_GENDERS:
        return _WORD_GENDERS[title]
    given = Gender.UNKNOWN if title and len(name) == 1 else GIVEN_NAMES.get(name[0], Gender.UNKNOWN)
    return given or _WORD_GENDERS.get(before, Gender.UNKNOWN)


def _is_person_context(sentence: Sequence[Token], start: int, end: int) -> bool:
    """Whether the words around a name show that it is a person's: "X said", "X was an actor"."""
    before, after = token_at(sentence, start - 1).lower, token_at(sentence, end).lower
    if before in _BEFORE_SPEAKERS or before in PERSON_NOUNS or after in _PERSON_VERBS:
        return True
    following = [token.lower for token in sentence[end + 1 : end + 9]]
    if after == "(":
        return following[:1] == ["born"] or following[:2] == ["b", "."]
    if before in ("named", "called"):
        return any(token.lower in PERSON_NOUNS for token in sentence[max(0, start - 3) : start])
    is_described = after in ("is", "was") and following[:1] in (["a"], ["an"])
    return is_described and not PERSON_NOUNS.isdisjoint(following)


def _described(sentence: Sequence[Token], noun: int) -> PersonMention | None:
    """The person that "a tall man" or "his father" describes; None where it is an apposition to a name."""
    after = token_at(sentence, noun + 1).lower
    start = _determiner(sentence, noun)
    if start is None or is_name_word(sentence, noun + 1) or after in PERSON_NOUNS:
        return None
    opener = token_at(sentence, start - 1)
    if opener.lower in COPULAS or (after in COPULAS and is_name_word(sentence, noun + 2)):
        return None
    if opener.text in _APPOSITION_MARKS and is_name_word(sentence, start - 2):
        return None
    share = _DEFINITE_SHARE if sentence[start].lower in ("the", "this", "that") else 1.0
    return PersonMention(
        span=Span(sentence[start].start, sentence[noun].end),
        name=(),
        gender=_WORD_GENDERS.get(sentence[noun].lower, Gender.UNKNOWN),
        certain=True,
        likelihood=subject_likelihood(sentence, start, noun + 1) * share,
    )


def _determiner(sentence: Sequence[Token], noun: int) -> int | None:
    """Where the determiner of a noun is: "| a tall thin man"; None where it has none."""
    for index in range(noun - 1, max(-1, noun - 2 - _MAX_ADJECTIVES), -1):
        word = sentence[index]
        if word.lower in DETERMINERS:
            return index
        if word.lower in FUNCTION_WORDS or not word.text.isalpha():
            return None
    return None
