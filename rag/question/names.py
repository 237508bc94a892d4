"""Names in a question or an answer, by their capitals."""

from __future__ import annotations

import re

from rag.english.function_words import ARTICLES, DEMONSTRATIVES, QUESTION_WORDS
from rag.english.pronouns import POSSESSIVE_DETERMINERS, SUBJECT_PRONOUNS
from rag.english.verbs import AUXILIARIES

NOT_NAMES = (
    ARTICLES
    | DEMONSTRATIVES
    | QUESTION_WORDS
    | SUBJECT_PRONOUNS
    | POSSESSIVE_DETERMINERS
    | (AUXILIARIES - {"must", "shall"})
    | frozenset("her them".split())
    | frozenset("and any as but if no not or so then there".split())
    | frozenset("at by for from in of on to with".split())
    | frozenset("give list ok please tell thanks yes".split())  # of asking
)
"""What may have a capital, or stand in lower case beside capitals, without telling a name from prose."""

_NAME = re.compile(
    r"[A-Z0-9][\w()&'’.-]*\w\)?(?:\s+(?:(?:of|the|de|and)\s+)?[A-Z0-9][\w()&'’.-]*[\w)])*|\b[A-Z]\w*\b"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:])\s*$")


def names_in(text: str) -> list[str]:
    """Capitalised runs, as they stand; not a lone word that opens a sentence, nor a bare number.

    >>> names_in("Who is the mayor of Alder Springs?")
    ['Alder Springs']
    """
    is_prose = any(word[0].islower() and word not in NOT_NAMES for word in text.split())
    names = []
    for match in _NAME.finditer(text):
        words = match.group().split()
        opens_sentence = (
            is_prose and len(words) == 1 and _SENTENCE_START.search(text[: match.start()]) is not None
        )
        while words and words[0].casefold().partition("'")[0] in NOT_NAMES:
            words = words[1:]
        if words and not opens_sentence and not "".join(words).replace(",", "").isdigit():
            names.append(" ".join(words).rstrip(".,"))
    return list(dict.fromkeys(names))
