"""How likely a noun phrase is its clause's subject, by the words around it; no parser.

Antecedents are mostly subjects: the weights order a phrase's possible grammatical roles, after Lappin &
Leass 1994 ("An Algorithm for Pronominal Anaphora Resolution").
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.coreference.tokens import POSSESSIVES, Token, is_name_word, token_at
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

SUBJECT = 1.0  # "Okoro sang", "said Okoro"; "told Okoro", who may well speak next
OPENING = 0.9  # "Okoro, a tenor, ...": begins its sentence
FRONTED = 0.7  # the same later on, or "the first was Okoro"
LIKELY = 0.5  # a verb follows, or a clause begins here
POSSESSOR = 0.45  # "Okoro's voice"
OTHER = 0.3  # after a preposition, or a verb

_CLAUSE_OPENERS = (
    (CONJUNCTIONS - {"nor", "whether"})
    | (QUESTION_WORDS - {"who", "whose"})
    | frozenset("after also before that then whereas".split())
    | frozenset(('"', "''", "”", "(", ",", ":", ";", "--", "–", "—"))
)
_AFTER_FRONTED = frozenset((",", "(", "who", "and", "--", "—", "–"))
_COORDINATORS = frozenset(("and", "or", "&"))
_MAX_MODIFIERS = 5  # words of a noun phrase before the name


def subject_likelihood(sentence: Sequence[Token], start: int, end: int) -> float:
    """One of this module's weights, for the name ``sentence[start:end]``."""
    after = token_at(sentence, end)
    if after.text in POSSESSIVES:
        return POSSESSOR
    first = _phrase_start(sentence, start)
    opener = token_at(sentence, first - 1).lower if first else ""
    is_verbal = _looks_verbal(after)
    if opener in REPORTING_VERBS and not is_verbal:
        return SUBJECT
    if opener in COPULAS or (opener == "with" and after.lower.endswith("ing")):
        return FRONTED
    if opener in PREPOSITIONS or _is_coordinated(sentence, first, end):
        return OTHER
    if first and opener not in _CLAUSE_OPENERS:
        return LIKELY if is_verbal else OTHER
    if is_verbal:
        return SUBJECT
    if after.lower in _AFTER_FRONTED:
        return FRONTED if first else OPENING
    return LIKELY if first else FRONTED


def _is_coordinated(sentence: Sequence[Token], first: int, end: int) -> bool:
    """Whether a phrase is half of "Ruiz and Okoro", of which neither alone is meant by "he"."""
    before, after = token_at(sentence, first - 1).lower, token_at(sentence, end).lower
    is_second = before in _COORDINATORS and token_at(sentence, first - 2).text[0].isupper()
    return is_second or (after in _COORDINATORS and is_name_word(sentence, end + 1))


def _looks_verbal(token: Token) -> bool:
    """Whether a word after a name looks like its verb, or an adverb before one."""
    lower = token.lower
    if token.text[0].isupper() or lower in PREPOSITIONS:
        return False
    return lower in SINGULAR_VERBS or (lower.endswith(("ed", "s", "ly")) and lower.isalpha())


def _phrase_start(sentence: Sequence[Token], start: int) -> int:
    """Where the noun phrase that a name closes begins: "| the young tenor Okoro"."""
    if start > 1 and sentence[start - 1].text in POSSESSIVES:
        start -= 2
    first = start
    while first > max(0, start - _MAX_MODIFIERS) and sentence[first - 1].text[0].isalpha():
        lower = sentence[first - 1].lower
        if lower in DETERMINERS:
            return first - 1
        if lower in FUNCTION_WORDS or lower in REPORTING_VERBS:
            break
        first -= 1
    return first if start and sentence[start - 1].lower in PERSON_NOUNS else start
