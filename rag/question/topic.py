"""What a question is about, as words that can stand before another question or in the place of its "it"."""

from __future__ import annotations

import re

from rag.english.action_verbs import PHRASAL_PARTICLES
from rag.english.function_words import ARTICLES, CLAUSE_PREPOSITIONS, PREPOSITIONS, QUESTION_WORDS
from rag.english.pronouns import OBJECT_PRONOUNS, POSSESSIVE_DETERMINERS, SUBJECT_PRONOUNS
from rag.english.verbs import AUXILIARIES, FINITE_BE, IRREGULAR_PASTS
from rag.question.clauses import written_out

_MAX_WORDS = 8

_QUESTION_WORD = f"(?:{'|'.join(sorted(QUESTION_WORDS))})"
_BEFORE_SUBJECT = re.compile(
    r"(?:(?:after|at|by|for|from|in|of|on|since|through|to|under|until|with|within)\s+){0,2}"
    rf"(?:how\s+(?:\w+\s+){{0,3}}?|{_QUESTION_WORD}\s+(?P<noun>(?:\w+\s+){{0,3}}?))?"
    rf"(?P<auxiliary>am|{'|'.join(sorted(AUXILIARIES))})\s+(?P<pronoun>(?:{'|'.join(SUBJECT_PRONOUNS)})\b)?",
    re.IGNORECASE,
)
_OF_A_TERM = re.compile(r"\bthe (?:definition|idea|meaning|purpose|role) of ", re.IGNORECASE)
_DETERMINED = re.compile(r"\b(?:the|an?|my|our|your)\s+\S.*$", re.IGNORECASE)
_DETERMINERS = ARTICLES | frozenset("my our your".split())
_NO_TOPIC = AUXILIARIES | QUESTION_WORDS | SUBJECT_PRONOUNS | OBJECT_PRONOUNS
_PHRASE_ENDS = (
    (PREPOSITIONS - {"of"})
    | CLAUSE_PREPOSITIONS
    | _NO_TOPIC
    | ARTICLES
    | POSSESSIVE_DETERMINERS
    | frozenset("if to until".split())
)
_AFTER_VERB = _PHRASE_ENDS | PHRASAL_PARTICLES | frozenset("so too very".split())
_PREDICATES = IRREGULAR_PASTS | frozenset(
    "available different due free full meant open ready shut similar supposed valid".split()
)


def topic_of(question: str) -> str | None:
    """The subject of a question where it is a noun phrase, else the noun phrase behind its verb.

    None where there is neither, or where more than one thing may be meant.

    >>> topic_of("How long is the notice period?"), topic_of("Who runs the boat house?")
    ('the notice period', 'the boat house')
    >>> topic_of("Does the shop sell the map?")
    """
    tidy = _OF_A_TERM.sub("", written_out(question.strip(" ?.!")))
    opening = _BEFORE_SUBJECT.match(tidy)
    if opening and not opening["pronoun"]:
        is_be = opening["auxiliary"].casefold() in FINITE_BE
        return None if opening["noun"] else _subject(tidy[opening.end() :].split(), is_be=is_be)
    found = _DETERMINED.search(tidy)
    words = found.group().split() if found else []
    is_topic = words and len(words) <= _MAX_WORDS and _NO_TOPIC.isdisjoint(w.casefold() for w in words)
    return " ".join(words) if is_topic else None


def _subject(words: list[str], *, is_be: bool) -> str | None:
    """The noun phrase that words open with, without the predicate behind it."""
    if not words or not (words[0].casefold() in _DETERMINERS or words[0][:1].isupper()):
        return None
    phrase = words[:1]
    for i, word in enumerate(words[1:], 1):
        following = words[i + 1].casefold() if i + 1 < len(words) else ""
        is_progressive = is_be and word.endswith("ing") and following in _AFTER_VERB
        if word.casefold() in _PHRASE_ENDS or is_progressive:
            break
        phrase.append(word)
    if not is_be:  # the last word is the verb, and its object may be meant as well
        if any(map(_opens_noun_phrase, words[len(phrase) :])):
            return None
        phrase = phrase[:-1]
    while len(phrase) > 1 and (phrase[-1].endswith("ed") or phrase[-1] in _PREDICATES):
        phrase = phrase[:-1]
    is_topic = len(phrase) > 1 or (phrase and phrase[0][:1].isupper())
    return " ".join(phrase) if is_topic else None


def _opens_noun_phrase(word: str) -> bool:
    return word[0].isupper() or word.casefold() in ARTICLES | POSSESSIVE_DETERMINERS
