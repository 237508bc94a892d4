"""The words of texts, for comparing them whatever their case, punctuation and mark-up."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Runs of letters and digits in lower case, in order.

    >>> words("**Twenty-five** days, p.a.")
    ['twenty', 'five', 'days', 'p', 'a']
    """
    return _WORD.findall(text.lower())


def joined_words(text: str) -> str:
    """The words with a space around each, so that whole words are found as a substring.

    >>> joined_words("Yes, of course.")
    ' yes of course '
    """
    return " ".join(("", *words(text), ""))


def holds_words(text: str, part: str) -> bool:
    """True where the words of ``part`` stand in ``text``, in order and together. No words stand nowhere.

    >>> holds_words("Ask the *duty* manager.", "duty manager"), holds_words("managers", "manager")
    (True, False)
    """
    sought = joined_words(part)
    return bool(sought.strip()) and sought in joined_words(text)
