"""Wording of drafted questions: which parts of a sentence can stand alone, and how a reader asks for them."""

from __future__ import annotations

import re

from rag.english.function_words import FUNCTION_WORDS, PREPOSITIONS
from rag.english.plurals import is_plural
from rag.english.pronouns import SUBJECT_PRONOUNS

_MARKUP = re.compile(r"[\[\]{}<>|`*_#@\\“”\"=:;]|https?|www\.|\.{2}|…|\n|_|!|%\(|\s[-–—]\s")
# Words that point out of the sentence: without the text around it nobody knows what is meant.
_POINTING = frozenset(
    """it they them he she him this these those above below following here there such same previous former
    latter aforementioned otherwise instead also so then however each both either another others we our us
    example examples""".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_PERSONS = {
    "you are": "I am",
    "you were": "I was",
    "you're": "I'm",
    "you’re": "I’m",
    "you": "I",
    "your": "my",
    "yours": "mine",
    "yourself": "myself",
}
_PERSON = re.compile(r"\b(?:you (?:are|were)|you['’]re|yourself|yours|your|you)\b", re.IGNORECASE)
_DANGLING = re.compile(
    r"\bthat$|\b(?:do|like|such as|e\.g)\.? that\b|\b(?:just|please|e\.g|i\.e)\b", re.IGNORECASE
)
_LAST_WORD = re.compile(r"([^\W_]+)\W*$")


def stands_alone(text: str, *, at_least: int = 2, at_most: int = 16) -> bool:
    """True for a part of a sentence that needs nothing around it: no pointing word, no mark-up, no address.

    Args:
        at_least: words that it has.
        at_most: words that it has at most.

    >>> stands_alone("the card is lost"), stands_alone("they are late")
    (True, False)
    """
    words = [word.casefold() for word in _WORD.findall(text)]
    return (
        at_least <= len(words) <= at_most
        and not _MARKUP.search(text)
        and not _POINTING.intersection(words)
        and not _DANGLING.search(text)
        and text.count("(") == text.count(")")
    )


def asked_by_reader(text: str) -> str:
    """What a text says to its reader, in the reader's words.

    >>> asked_by_reader("you lose your card, or somebody sends it to you")
    'I lose my card, or somebody sends it to me'
    """
    return _PERSON.sub(lambda match: _first_person(match, text), text)


def _first_person(match: re.Match[str], text: str) -> str:
    found = match[0].casefold()
    if found == "you":
        before = _LAST_WORD.search(text[: match.start()])
        is_object = before is not None and before[1].casefold() in PREPOSITIONS
        return "me" if is_object else "I"
    return _PERSONS[found]


def uncapitalised(text: str, document: str) -> str:
    """A sentence's begin for the middle of another one: in lower case, unless it is a name.

    ``document`` tells names: a word that is seldom in lower case there, inside of sentences, is one.
    """
    word = re.match(r"[^\W\d_]+", text)
    if word is None or word[0] == "I" or not word[0][1:].islower():
        return text[0].lower() + text[1:] if text[:2] in {"A ", "An"} else text
    lower = word[0].casefold()
    if lower in FUNCTION_WORDS or lower in SUBJECT_PRONOUNS or not _is_name(word[0], document):
        return lower + text[len(lower) :]
    return text


def _is_name(word: str, document: str) -> bool:
    """Whether a capitalised word is mostly so inside of sentences; a path or an address tells nothing.

    A word that stands nowhere else is one unless it is a plural.
    """
    alone = r"(?<![\w/.@-]){}(?![\w@]|[/.-]\w)"
    lower = len(re.findall(alone.format(re.escape(word.casefold())), document))
    capital = len(re.findall(rf"(?<=[a-z,] ){re.escape(word)}\b", document))
    return capital >= lower if capital or lower else not is_plural(word)


def lowered_title(text: str, document: str) -> str:
    """A heading in title case as it would be written in a sentence: names keep their capitals."""
    return "".join(uncapitalised(word, document) if word else word for word in re.split(r"([ /])", text))
