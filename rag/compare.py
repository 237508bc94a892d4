"""Answer text as SQuAD's official script compares it (Rajpurkar et al. 2016, arXiv:1606.05250).

Lower case, punctuation and the articles a, an, the left out, white space collapsed. As MLQA's
script does (Lewis et al. 2020, arXiv:1910.07475), Unicode punctuation counts as punctuation too, so
that a curly quotation mark is no difference.
"""

from __future__ import annotations

import re
import string
import unicodedata

_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalise(text: str) -> str:
    """The compared form of a text.

    >>> normalise("The  “Big” Bill,")
    'big bill'
    """
    kept = "".join(c for c in text.lower() if not _is_punctuation(c))
    return " ".join(_ARTICLES.sub(" ", kept).split())


def _is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")


def says_same(one: str, other: str) -> bool:
    """True where two answers are the same once normalised."""
    return normalise(one) == normalise(other)
