"""How likely a phrase is its clause's subject, by the words around it; no parser.

Pronouns continue subjects: the weights order the roles a phrase can have, as in Lappin & Leass 1994.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.coreference.tokens import POSSESSIVES, Token, at, is_name_word
from rag.english.function_words import (
    CONJUNCTIONS,
    DETERMINERS,
    FUNCTION_WORDS,
    PREPOSITIONS,
    QUESTION_WORDS,
)
from rag.english.person_nouns import PERSON_NOUNS
from rag.english.reporting_verbs import REPORTING_VERBS
from rag.english.verbs import COPULAS, SINGULAR_VERBS

SUBJECT = 1.0  # "Judd called", "said Judd"; "told Judd", who may well speak next
OPENING = 0.9  # "Judd, a sheriff, ...": begins its sentence
FRONTED = 0.7  # the same later on, or "the first was Judd"
LIKELY = 0.5  # a verb follows, or a clause begins here
POSSESSOR = 0.45  # "Judd's office"
OTHER = 0.3  # after a preposition, or a verb

_CLAUSE_OPENERS = (
    (CONJUNCTIONS - {"nor", "whether"})
    | (QUESTION_WORDS - {"who", "whose"})
    | frozenset("after also before that then whereas".split())
    | frozenset(('"', "''", "”", "(", ",", ":", ";", "--", "–", "—"))
)
_AFTER_FRONTED = frozenset((",", "(", "who", "and", "--", "—", "–"))
_JOINING = frozenset(("and", "or", "&"))
_HEAD_WORDS = 5


def subject_weight(sentence: Sequence[Token], start: int, end: int) -> float:
    """One of this module's weights, for the phrase ``sentence[start:end]``."""
    after = at(sentence, end)
    if after.text in POSSESSIVES:
        return POSSESSOR
    head = _head_start(sentence, start)
    opener = at(sentence, head - 1).lower if head else ""
    verbal = _is_verbal(after)
    if opener in REPORTING_VERBS and not verbal:
        return SUBJECT
    if opener in COPULAS or (opener == "with" and after.lower.endswith("ing")):
        return FRONTED
    if opener in PREPOSITIONS or _is_one_of_two(sentence, head, end):
        return OTHER
    if head and opener not in _CLAUSE_OPENERS:
        return LIKELY if verbal else OTHER
    if verbal:
        return SUBJECT
    if after.lower in _AFTER_FRONTED:
        return FRONTED if head else OPENING
    return LIKELY if head else FRONTED


def _is_one_of_two(sentence: Sequence[Token], head: int, end: int) -> bool:
    """Whether a phrase is part of "Simon and Garfunkel": neither is meant by "he"."""
    joined_before = at(sentence, head - 1).lower in _JOINING and at(sentence, head - 2).text[0].isupper()
    return joined_before or (at(sentence, end).lower in _JOINING and is_name_word(sentence, end + 1))


def _is_verbal(token: Token) -> bool:
    """Whether a word after a name looks like its verb, or an adverb before one."""
    lower = token.lower
    if token.text[0].isupper() or lower in PREPOSITIONS:
        return False
    return lower in SINGULAR_VERBS or (lower.endswith(("ed", "s", "ly")) and lower.isalpha())


def _head_start(sentence: Sequence[Token], start: int) -> int:
    """Where the noun phrase that a name closes begins: "the British actor | Tom Hanks"."""
    if start > 1 and sentence[start - 1].text in POSSESSIVES:
        start -= 2
    first = start
    while first > max(0, start - _HEAD_WORDS) and sentence[first - 1].text[0].isalpha():
        lower = sentence[first - 1].lower
        if lower in DETERMINERS:
            return first - 1
        if lower in FUNCTION_WORDS or lower in REPORTING_VERBS:
            break
        first -= 1
    return first if start and sentence[start - 1].lower in PERSON_NOUNS else start
