"""What "what" and "which" ask about: one thing, several, or the meaning of a term.

"Which ferries …" asks for several, "which ferry sails …" for one; "what is a bowline?" for a definition,
"what is the fee?" for a fact. Nouns and verbs in s are told apart by the lists of ``rag/english`` and by the
words behind them.
"""

from __future__ import annotations

import re

from rag.english.action_verbs import (
    ACTION_VERBS,
    ACTION_VERBS_ALSO_NOUNS,
    PHRASAL_PARTICLES,
    STATE_VERBS,
    STATE_VERBS_ALSO_NOUNS,
    third_person_base,
)
from rag.english.answer_nouns import CONCEPT_NOUNS, LIST_NOUNS, PLURAL_VALUES, VALUE_NOUNS
from rag.english.function_words import (
    ARTICLES,
    CLAUSE_PREPOSITIONS,
    DEMONSTRATIVES,
    PREPOSITIONS,
    QUESTION_WORDS,
)
from rag.english.numbers import CARDINALS
from rag.english.plurals import is_plural
from rag.english.pronouns import OBJECT_PRONOUNS, POSSESSIVE_DETERMINERS, SUBJECT_PRONOUNS
from rag.english.verbs import AUXILIARIES, IRREGULAR_PASTS
from rag.types import QuestionForm

_MAX_TERM_WORDS = 8  # of what "what is …?" asks the definition of
_MAX_NOUN_AT = 6  # words behind "which" among which the noun is

NO_NOUNS = ACTION_VERBS | STATE_VERBS
VERBS = NO_NOUNS | ACTION_VERBS_ALSO_NOUNS | STATE_VERBS_ALSO_NOUNS
DETERMINERS = ARTICLES | DEMONSTRATIVES | POSSESSIVE_DETERMINERS | frozenset("all any each every".split())
PHRASE_ENDS = (
    PREPOSITIONS
    | CLAUSE_PREPOSITIONS
    | AUXILIARIES
    | SUBJECT_PRONOUNS
    | (OBJECT_PRONOUNS - {"us"})
    | ARTICLES
    | DEMONSTRATIVES
    | POSSESSIVE_DETERMINERS
    | QUESTION_WORDS
    | IRREGULAR_PASTS
    | frozenset("am because if not there to until up".split())
)
"""Words that no noun phrase holds."""

_AUXILIARY = re.compile(rf"(?:am|{'|'.join(sorted(AUXILIARIES))}|cannot|\w+n['’]t)$", re.IGNORECASE)
_AFTER_PLURAL = frozenset("of for that who or and i we they he she".split())
_DEFINITE = (
    ARTICLES | POSSESSIVE_DETERMINERS | frozenset(CARDINALS) | frozenset("all some these those".split())
)
_JUDGING = frozenset(
    """acceptable average common decent example fair good normal other popular possible realistic reasonable
    recommended safe sensible suitable typical usual valid""".split()
)
_QUANTIFIERS = frozenset("all any both each every one".split())
_NAMING = frozenset("called named spelled spelt pronounced".split())
_DEGREES = frozenset("best better least less more most only well".split())
_ADVERBS = (PHRASAL_PARTICLES - PREPOSITIONS) | _DEGREES
_ENDS_OPEN = PREPOSITIONS | CLAUSE_PREPOSITIONS  # "what was it painted with?"
# Behind "what is" or "what are" these ask for no definition: "what is missing?".
_NO_TERMS = frozenset(
    """able allowed blocking doing done eligible entitled expected first going happening holding it keeping
    known left made missing next paid required saying sent so sold stopping supposed taken taught there
    unable""".split()
)


def form_of_what(words: list[str], *, is_what: bool) -> QuestionForm:
    """The form of a question from the words behind "what" (``is_what``) or "which".

    >>> form_of_what("ferries carry bicycles".split(), is_what=False).value
    'list'
    >>> form_of_what("is a bowline".split(), is_what=True).value
    'definition'
    """
    while words and words[0].casefold() in {"exactly", "on", "earth"}:
        words = words[1:]
    verb = words[0].casefold() if words else ""
    if verb in {"is", "was"}:
        return _form_of_what_is(words[1:], is_past=verb == "was")
    if verb in {"are", "were"}:
        return _form_of_what_are(words[1:])
    return QuestionForm.LIST if _asks_for_several(words, is_what=is_what) else QuestionForm.FACT


def _form_of_what_is(words: list[str], *, is_past: bool) -> QuestionForm:
    """A definition where a term is asked about, a fact where its value is."""
    folded = [word.casefold() for word in words]
    first = folded[0] if folded else ""
    phrase = _noun_phrase(words[1:] if first in ARTICLES else words)
    if not phrase or first in POSSESSIVE_DETERMINERS | _QUANTIFIERS or first.endswith("ly"):
        return QuestionForm.FACT
    if folded[-1] in _ENDS_OPEN or any(word.endswith(("'s", "’s")) for word in phrase):
        return QuestionForm.FACT
    if first in {"a", "an"}:
        return QuestionForm.FACT if phrase[0] in _JUDGING else QuestionForm.DEFINITION
    is_superlative = any(word.endswith("est") or word in _DEGREES for word in phrase)
    if is_superlative or phrase[-1] in VALUE_NOUNS or folded[-1] in _NAMING:
        return QuestionForm.FACT
    if first == "the":
        names = words[1][0].isupper() and VALUE_NOUNS.isdisjoint(words)
        is_term = names and not any(word.endswith("ed") for word in words)
        return QuestionForm.DEFINITION if is_term or phrase[-1] in CONCEPT_NOUNS else QuestionForm.FACT
    is_participle = first.endswith("ed") and len(phrase) == 1
    if is_participle or first in _NO_TERMS or (is_past and not words[0][0].isupper()):
        return QuestionForm.FACT
    return QuestionForm.DEFINITION if len(words) <= _MAX_TERM_WORDS else QuestionForm.FACT


def _form_of_what_are(words: list[str]) -> QuestionForm:
    """A list where its items are asked for, a definition where a term in the plural is."""
    folded = [word.casefold() for word in words]
    is_definite = bool(folded) and folded[0] in _DEFINITE | _JUDGING
    phrase = _noun_phrase(words[1:] if is_definite else words)
    if not phrase or folded[-1] in _NAMING | _ENDS_OPEN or not PLURAL_VALUES.isdisjoint(phrase):
        return QuestionForm.FACT
    if phrase[-1] in LIST_NOUNS and (is_definite or len(phrase) < len(words)):
        return QuestionForm.LIST
    if phrase[0].endswith(("ed", "ly")):
        return QuestionForm.FACT
    if is_definite:
        return QuestionForm.LIST if any(map(is_plural, phrase)) else QuestionForm.FACT
    is_term = len(phrase) <= _MAX_TERM_WORDS and _NO_TERMS.isdisjoint(folded[len(phrase) :])
    return QuestionForm.DEFINITION if is_term else QuestionForm.LIST


def _noun_phrase(words: list[str]) -> list[str]:
    """The folded words up to the first that no noun phrase holds; "IT" and "US" are names."""
    phrase = []
    for word in words:
        if word.casefold() in PHRASE_ENDS and not (word.isupper() and len(word) > 1):
            break
        phrase.append(word.casefold())
    return phrase


def _asks_for_several(words: list[str], *, is_what: bool) -> bool:
    """Whether a noun in the plural is asked about; "which tool runs …" has none."""
    folded = [word.casefold() for word in words]
    if len(folded) > 2 and folded[0] in {"kind", "sort", "type"} and folded[1] == "of":
        words, folded = words[2:], folded[2:]
    for i, word in enumerate(_noun_phrase(words)[:_MAX_NOUN_AT]):
        if not is_plural(word) or words[i].isupper():
            continue
        if not _opens_compound(folded[i + 1 : i + 3]):  # "which sales team has"
            is_verb = _is_verb(word, folded[i + 1 :], is_first=i == 0, is_what=is_what)
            return word not in PLURAL_VALUES and not is_verb
    return False


def _opens_compound(following: list[str]) -> bool:
    """Whether a noun and then an auxiliary follow, so that the word before them only describes."""
    return (
        len(following) == 2
        and following[0] not in PHRASE_ENDS
        and _AUXILIARY.match(following[0]) is None
        and _AUXILIARY.match(following[1]) is not None
    )


def _is_verb(word: str, rest: list[str], *, is_first: bool, is_what: bool) -> bool:
    """Whether a word in s is a verb, by itself and the words behind it."""
    following = rest[0] if rest else ""
    if _AUXILIARY.match(following):
        return False
    if third_person_base(word, NO_NOUNS) or following in _ADVERBS:
        return True
    if third_person_base(word, VERBS):
        return following not in _AFTER_PLURAL and following not in VERBS
    if following in DETERMINERS or following == "it":
        return True
    if is_first and not is_what:
        return False
    if is_first or following in PREPOSITIONS:
        return bool(rest) and following not in _AFTER_PLURAL and not any(map(_may_be_verb, rest))
    is_object = following in OBJECT_PRONOUNS | SUBJECT_PRONOUNS or is_plural(following)
    return is_object or following.endswith("ing")


def _may_be_verb(word: str) -> bool:
    is_form = word in VERBS or word in IRREGULAR_PASTS or word.endswith("ed")
    return is_form or _AUXILIARY.match(word) is not None
