"""Finds who is named in a sentence, by the look of the words: titles, given names, occupations.

No model: a capitalised run is a person's name by its title ("Sheriff Grady Judd"), by a given name,
by what is said of it ("was an actor"), or, weakly, by being two words long; words such as "County"
say that it is something else. Whether it is its clause's subject is told by the words around it, as
knowledge-poor pronoun resolvers do (Mitkov 1998, doi:10.3115/980691.980712). The word lists and
their source are in ``people.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from rag.types import Span


class Gender(IntEnum):
    """What a name, title or description says of its bearer."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark. ``quoted``: it lies inside quotation marks."""

    start: int
    end: int
    text: str
    lower: str
    quoted: bool = False


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


SUBJECT, OPENING, FRONTED, LIKELY, POSSESSOR, OTHER = 1.0, 0.9, 0.7, 0.5, 0.45, 0.3
_DEFINITE = 0.6  # "the captain" is often someone already named

_MOST_NAME_WORDS = 5
_MARKS = frozenset(('"', "“", "”", "``", "''", "«", "»", "„"))
_OPENING_MARKS = frozenset(("“", "``", "«", "„"))
_TOKEN = re.compile(r"[^\W_]++(?:[-'’](?!s\b)[^\W_]++)*+|['’]s\b|``|''|[^\w\s]")

_LEXICON = {
    kind: frozenset(words.split())
    for kind, words in json.loads((Path(__file__).parent / "people.json").read_text("utf-8")).items()
}
_NAME_GENDERS = {
    **dict.fromkeys(_LEXICON["either_names"], Gender.UNKNOWN),
    **dict.fromkeys(_LEXICON["male_names"], Gender.MALE),
    **dict.fromkeys(_LEXICON["female_names"], Gender.FEMALE),
}
_WORD_GENDERS = {
    **dict.fromkeys(_LEXICON["men"] | _LEXICON["male_titles"], Gender.MALE),
    **dict.fromkeys(_LEXICON["women"] | _LEXICON["female_titles"], Gender.FEMALE),
}
_TITLES = _LEXICON["titles"] | _LEXICON["male_titles"] | _LEXICON["female_titles"]
_BEFORE_NAMES = _TITLES | _LEXICON["before_titles"]
_ROLES = _LEXICON["roles"] | _LEXICON["men"] | _LEXICON["women"]
_FUNCTION = _LEXICON["function_words"]
_PREPOSITIONS = _LEXICON["prepositions"]
_REPORTING = _LEXICON["reporting"]
_DETERMINERS = frozenset(("the", "a", "an", "this", "that", "his", "her", "their", "another", "one", "its"))
_ARTICLES = frozenset(("the", "a", "an", "this"))
_END = Token(-1, -1, ".", ".")


def tokens(text: str, span: Span, quoted: bool = False) -> tuple[list[Token], bool]:
    """The words and marks of a sentence, and whether a quotation is still open at its end.

    ``quoted`` says whether one is open at its start. Straight marks open and close in turn.
    """
    found: list[Token] = []
    for match in _TOKEN.finditer(text, span.start, span.end):
        word = match[0]
        is_mark = word in _MARKS
        if is_mark:
            quoted = word in _OPENING_MARKS or (word == '"' and not quoted)
        found.append(Token(match.start(), match.end(), word, word.lower(), quoted or is_mark))
    return found, quoted


def capitalised(sentence: Sequence[Token]) -> set[str]:
    """The words whose capital can't be due to the sentence's beginning."""
    return {
        word.text
        for before, word in zip(sentence, sentence[1:], strict=False)
        if word.text[0].isupper() and before.text[0].isalnum()
    }


def people(sentence: Sequence[Token], proper: frozenset[str] = frozenset()) -> list[Person]:
    """The people a sentence names or describes, in order.

    ``proper`` are words known to be written with a capital: a sentence's first word is no name for
    its capital alone.
    """
    found: list[Person] = []
    at = 0
    while at < len(sentence):
        person = None
        end = at + 1
        if _is_name_word(sentence, at):
            end = _run_end(sentence, at)
            person = _named(sentence, at, end, proper)
        elif sentence[at].lower in _ROLES:
            person = _described(sentence, at)
        if person:
            found.append(person)
        at = end
    return found


def _at(sentence: Sequence[Token], index: int) -> Token:
    return sentence[index] if 0 <= index < len(sentence) else _END


def _is_name_word(sentence: Sequence[Token], at: int) -> bool:
    """Whether a word has a capital and is no function word; "Will" and "May" may be names."""
    word = _at(sentence, at)
    if not word.text[0].isupper():
        return False
    if word.lower not in _FUNCTION:
        return True
    if word.text not in ("Will", "May"):
        return False
    after = _at(sentence, at + 1)
    return after.text == "'s" or after.text[0].isupper() or (after.lower not in _FUNCTION) or at > 0


def _run_end(sentence: Sequence[Token], start: int) -> int:
    """One past the capitalised run that begins here: "Dr. J. de la Cruz, Jr." is one run."""
    at = start + 1
    while at < len(sentence):
        step = _run_step(sentence, at)
        if not step:
            break
        at += step
    return at


def _run_step(sentence: Sequence[Token], at: int) -> int:
    """How many tokens from here on belong to a run that began before; 0 where it ends."""
    token, last = sentence[at], sentence[at - 1]
    if token.text == "." and (len(last.text) == 1 or last.lower in _TITLES | _LEXICON["suffixes"]):
        return 1
    if _is_name_word(sentence, at):
        return 1
    if token.lower in _LEXICON["particles"]:
        more = 2 if _at(sentence, at + 1).lower in _LEXICON["particles"] else 1
        return more if _is_name_word(sentence, at + more) else 0
    if token.text == "," and _at(sentence, at + 1).lower in _LEXICON["suffixes"]:
        return 2
    nickname = token.text in _MARKS and _is_name_word(sentence, at + 1)
    if nickname and _at(sentence, at + 2).text in _MARKS and _is_name_word(sentence, at + 3):
        return 4
    return 0


def _named(sentence: Sequence[Token], start: int, end: int, proper: frozenset[str]) -> Person | None:
    """The person that a capitalised run names, if it does."""
    first, title = _after_title(sentence, start, end)
    shown = first
    while title and shown > start and (_at(sentence, shown - 1).lower in _BEFORE_NAMES | {"."}):
        shown -= 1
    while not title and first < end and sentence[first].lower in _LEXICON["origins"]:
        first = shown = first + 1
    if not title and start == 0:
        first = shown = _skip_opening(sentence, first, end, proper)
    name = tuple(
        token.text
        for token in sentence[first:end]
        if token.text[0].isalpha() and token.lower not in _LEXICON["suffixes"]
    )
    if not name or not (title or _may_be_name(sentence, start, name, proper)) or _is_other(name):
        return None
    before = _at(sentence, start - 1).lower
    gender = _WORD_GENDERS.get(title, Gender.UNKNOWN) or (
        _NAME_GENDERS.get(name[0], Gender.UNKNOWN) if len(name) > 1 or not title else Gender.UNKNOWN
    )
    return Person(
        span=Span(sentence[shown].start, sentence[end - 1].end),
        name=name,
        gender=gender or _WORD_GENDERS.get(before, Gender.UNKNOWN),
        sure=bool(title) or name[0] in _NAME_GENDERS or _is_spoken_of(sentence, start, end),
        weight=_weight(sentence, start, end),
        titled=bool(title),
    )


def _after_title(sentence: Sequence[Token], start: int, end: int) -> tuple[int, str]:
    """Where the name begins in a run, and the last title before it (empty: none)."""
    first, title = start, ""
    for at in range(start, end - 1):
        if sentence[at].lower in _TITLES:
            title = sentence[at].lower
            first = at + 2 if sentence[at + 1].text == "." and at + 2 < end else at + 1
    return first, title


def _skip_opening(sentence: Sequence[Token], first: int, end: int, proper: frozenset[str]) -> int:
    """Past words that are capital only as a sentence's first: "Wealthy | Robert Cattermole"."""
    opening = sentence[first].text if first < end else ""
    if opening in proper or opening in _NAME_GENDERS:
        return first
    return next((at for at in range(first + 1, end - 1) if sentence[at].text in _NAME_GENDERS), first)


def _is_other(name: tuple[str, ...]) -> bool:
    """Whether the words say that it is a place, an organisation, an acronym or a day."""
    return len(name) > _MOST_NAME_WORDS or any(
        word.lower() in _LEXICON["not_people"]
        or (len(word) > 2 - (len(name) == 1) and word.isupper())
        or name == (word[0],)
        or not word.replace("-", "").replace("'", "").replace("’", "").isalpha()
        for word in name
    )


def _may_be_name(
    sentence: Sequence[Token], start: int, name: tuple[str, ...], proper: frozenset[str]
) -> bool:
    """Whether an untitled run may name a person, by what is before it and how sure its capital is."""
    before = _at(sentence, start - 1)
    if before.lower in _ARTICLES or before.lower in ("in", "#", "@"):
        return False
    capital_by_place = start == 0 or not before.text[0].isalnum()
    return len(name) > 1 or not capital_by_place or name[0] in proper or name[0] in _NAME_GENDERS


def _is_spoken_of(sentence: Sequence[Token], start: int, end: int) -> bool:
    """Whether the words around a name say that it is a person's: "X said", "X was an actor"."""
    before, after = _at(sentence, start - 1).lower, _at(sentence, end)
    if before in _REPORTING or before in _ROLES or after.lower in _REPORTING | _LEXICON["human_verbs"]:
        return True
    following = [token.lower for token in sentence[end + 1 : end + 9]]
    if after.text == "(":
        return following[:1] == ["born"] or following[:2] == ["b", "."]
    if before in ("named", "called"):
        return any(token.lower in _ROLES for token in sentence[max(0, start - 3) : start])
    return (
        after.lower in ("is", "was") and following[:1] in (["a"], ["an"]) and not _ROLES.isdisjoint(following)
    )


def _described(sentence: Sequence[Token], at: int) -> Person | None:
    """The person that "a tall man" or "his father" describes; None where a name follows."""
    if _is_name_word(sentence, at + 1) or _at(sentence, at + 1).lower in _ROLES:
        return None
    start = at - 1
    while (
        start >= max(0, at - 4) and sentence[start].lower not in _FUNCTION and sentence[start].text.isalpha()
    ):
        start -= 1
    if start < 0 or sentence[start].lower not in _DETERMINERS:
        return None
    if _is_apposed(sentence, start):
        return None
    definite = sentence[start].lower in ("the", "this", "that")
    return Person(
        span=Span(sentence[start].start, sentence[at].end),
        name=(),
        gender=_WORD_GENDERS.get(sentence[at].lower, Gender.UNKNOWN),
        sure=True,
        weight=_weight(sentence, start, at + 1) * (_DEFINITE if definite else 1.0),
    )


def _is_apposed(sentence: Sequence[Token], start: int) -> bool:
    """Whether a description only says who a name before it is: "X, a poet", "X was a poet"."""
    opener = _at(sentence, start - 1)
    if opener.lower in ("is", "was", "as", "became", "becomes", "be", "being"):
        return True
    return opener.text in (",", "(", "--", "—", "–") and _is_name_word(sentence, start - 2)


def _weight(sentence: Sequence[Token], start: int, end: int) -> float:
    """How likely a phrase is its clause's subject, by the words around it."""
    after = _at(sentence, end)
    if after.text in ("'s", "’s"):
        return POSSESSOR
    head = _head_start(sentence, start)
    opener = _at(sentence, head - 1).lower if head else ""
    verbal = _is_verbal(after)
    if opener in _REPORTING and not verbal and after.lower != "that":
        return SUBJECT
    if opener == "with" and after.lower.endswith("ing"):
        return FRONTED
    if opener in _PREPOSITIONS or (opener in ("and", "or") and _at(sentence, head - 2).text[0].isupper()):
        return OTHER
    if head and opener not in _LEXICON["clause_openers"]:
        return LIKELY if verbal else OTHER
    if verbal:
        return SUBJECT
    if after.lower in (",", "(", "who", "and", "--", "—", "–"):
        return FRONTED if head else OPENING
    return LIKELY if head else FRONTED


def _is_verbal(token: Token) -> bool:
    """Whether a word after a name looks like its verb, or an adverb before one."""
    lower = token.lower
    if token.text[0].isupper() or lower in _PREPOSITIONS:
        return False
    return lower in _LEXICON["verbs"] or (lower.endswith(("ed", "s", "ly")) and lower.isalpha())


def _head_start(sentence: Sequence[Token], start: int) -> int:
    """Where the noun phrase that a name closes begins: "the British actor | Tom Hanks"."""
    at = start
    while at > max(0, start - 5) and sentence[at - 1].text[0].isalpha():
        lower = sentence[at - 1].lower
        if lower in _DETERMINERS:
            return at - 1
        if lower in _FUNCTION or lower in _REPORTING:
            break
        at -= 1
    return at if start and sentence[start - 1].lower in _ROLES else start
