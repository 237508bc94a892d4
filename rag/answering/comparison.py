"""Answer text as SQuAD's official script compares it (Rajpurkar et al. 2016, arXiv:1606.05250).

Lower case, punctuation and the articles a, an, the left out, white space collapsed. As MLQA's
script does (Lewis et al. 2020, arXiv:1910.07475), Unicode punctuation counts as punctuation too, so
that a curly quotation mark is no difference.
"""

from __future__ import annotations

import re
import string
import unicodedata

from rag.english.calendar import MONTHS, WEEKDAYS
from rag.english.function_words import ARTICLES
from rag.english.numbers import CARDINALS

_ARTICLES = re.compile(rf"\b({'|'.join(sorted(ARTICLES))})\b")
_DIGITS_OF = {word: str(number) for number, word in enumerate(CARDINALS)}
_DATE_WORDS = frozenset((*MONTHS, *WEEKDAYS))
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def normalise(text: str) -> str:
    """The compared form of a text.

    >>> normalise("The  “Big” Bill,")
    'big bill'
    """
    without_punctuation = "".join(c for c in text.lower() if not _is_punctuation(c))
    return " ".join(_ARTICLES.sub(" ", without_punctuation).split())


def _is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")


def says_same(one: str, other: str) -> bool:
    """True where two answers are the same once normalised."""
    return normalise(one) == normalise(other)


def differs(one: str, other: str) -> bool:
    """True where two answers to one question can't both be right: other numbers, dates or names.

    A more precise answer doesn't differ ("1902", "in May 1902"; "Moss", "Captain Ada Moss"), nor do two
    descriptions without a number or a name, of which nothing is known.

    >>> differs("February 8, 1900", "9 February 1900"), differs("1902", "May 1902")
    (True, False)
    >>> differs("four hours", "4 hours"), differs("Ada Moss", "Ben Reed")
    (False, True)
    """
    words = {*normalise(one).split()}, {*normalise(other).split()}
    if not all(words) or words[0] <= words[1] or words[1] <= words[0]:
        return False
    values = _values(one), _values(other)
    if any(values):
        return all(values) and not (values[0] <= values[1] or values[1] <= values[0])
    return all(any(c.isupper() for c in text) for text in (one, other)) and words[0].isdisjoint(words[1])


def _values(text: str) -> frozenset[str]:
    """The numbers, months and days of a text."""
    lowered = text.lower()
    numbers = {number.replace(",", "") for number in _NUMBER.findall(lowered)}
    words = re.findall(r"[a-z]+", lowered)
    return frozenset(
        {*numbers, *(_DIGITS_OF[w] for w in words if w in _DIGITS_OF), *_DATE_WORDS.intersection(words)}
    )
