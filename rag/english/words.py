"""Words of a text, and which of them are forms of one word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import Stemmer

from rag.english.function_words import STOP_WORDS

WORD = re.compile(r"\w+(?:[.,'’-]\w+)*")
"""A word with its inner punctuation: "u.s", "10,000", "part-time"."""

POSSESSIVE = r"'s$"
_MIN_PREFIX = 5  # letters of a word that may be the beginning of another form of it
_MAX_ENDING = 3  # letters that the other form may have more


def content_words(text: str) -> tuple[str, ...]:
    """Folded words that carry meaning, each once, in order.

    >>> content_words("Who built the Aberdeen Pavilion, and when was the pavilion built?")
    ('built', 'aberdeen', 'pavilion')
    """
    folded = (word.casefold() for word in WORD.findall(text))
    return tuple(dict.fromkeys(word for word in folded if word not in STOP_WORDS))


def folded_words(text: str) -> list[str]:
    """A text's words, case folded, inner punctuation kept ("u.s", "10,000"); possessive s dropped."""
    return [re.sub(POSSESSIVE, "", word.casefold()) for word in WORD.findall(text.replace("’", "'"))]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The Snowball English stem (Porter 2001) of a folded word; numbers lose their separators.

    >>> stem("translated"), stem("settlement"), stem("10,000")
    ('translat', 'settlement', '10000')
    """
    if any(c.isdigit() for c in word):
        return word.replace(",", "")
    stemmed: str = _stemmer().stemWord(word)
    return stemmed


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def same_stem(one: str, other: str) -> bool:
    """True for two inflections of a word: equal stems, or one a long beginning of the other.

    >>> same_stem("analyse", "analysis"), same_stem("cat", "catalogue")
    (True, False)
    """
    a, b = stem(one), stem(other)
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    return (
        len(short) >= _MIN_PREFIX
        and not short[-1].isdigit()
        and long.startswith(short)
        and len(long) - len(short) <= _MAX_ENDING
    )


def mentions(texts: Iterable[str], words: Sequence[str]) -> bool:
    """Whether any of the words, folded, is in the texts, in any of its forms."""
    return any(
        same_stem(word, part)
        for text in texts
        for found in folded_words(text)
        for part in {found, *found.split("-")}
        for word in words
    )
