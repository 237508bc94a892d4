"""A question of a conversation, made to stand alone by the turn just before it.

"And when?" repeats the last question with another question word; "what about Ohio?" replaces a name in it;
the antecedent of "he" in "how old is he?" is a person whom the last turn names. Rules, not a model, and only
the last turn: the search text also gets the names of its answer, the standalone question only what it
needs. The search text was chosen on MTRAG-UN's open conversations (`python -m evals.bench mtrag-un`;
MTRAG: Katsis et al. 2025, arXiv:2501.03468): a relevant passage comes first for 0.875 of the answerable
instead of 0.798, among five for 0.958 instead of 0.905. A turn's answer is text that a client sent: it may
change what is searched for, and is never cited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.english.function_words import ARTICLES, DEMONSTRATIVES, QUESTION_WORDS
from rag.english.pronouns import (
    PERSON_PRONOUNS,
    POSSESSIVE_DETERMINERS,
    SUBJECT_PRONOUNS,
    THING_PRONOUNS,
    UNAMBIGUOUS_POSSESSIVES,
)
from rag.english.verbs import AUXILIARIES
from rag.types import Turn

_MAX_TURN_CHARACTERS = 2_000  # of a question and of an answer
_MAX_ADDED_WORDS = 16  # of the last turn, in a search text
_MAX_ANSWER_NAME_WORDS = 8  # of an answer that is a name and not prose
_MAX_BARE_WORDS = 4  # of a question that is only a question word
_MAX_TOPIC_WORDS = 6  # of what "what is …?" or "what about …?" asks about
_OPENING = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|then|also|thanks?|i see|sorry)\b[\s,.!]*)+", re.IGNORECASE
)
_ABOUT = re.compile(r"^(?:(?:what|how) about|and)\s+(?P<topic>.+)$", re.IGNORECASE)
_QUESTION_WORD = re.compile(
    r"\b(?:(?:by|for|from|in|of|on|since|to|until|with|at)\s+)?"
    r"(?:who|whom|whose|when|where|why|how(?:\s+(?:many|much|long|old|often|far|big|tall))?|what|which)\b"
    r"(?:\s+(?:else|exactly|time|year|day|date))?",
    re.IGNORECASE,
)
_WHAT_IS = re.compile(
    r"^(?:what|who|where|which)(?:'s|’s|\s+(?:is|are|was|were|does|do|did))\s+(?P<topic>.+)$", re.IGNORECASE
)
_PREPOSITION = r"(?:after|at|before|by|during|for|from|in|of|on|since|to|under|until|with|without)"
_PREPOSITIONAL_PHRASE = re.compile(rf"^(?P<preposition>{_PREPOSITION})\s+\S", re.IGNORECASE)
_NAME = re.compile(
    r"[A-Z0-9][\w()&'’.-]*\w\)?(?:\s+(?:(?:of|the|de|and)\s+)?[A-Z0-9][\w()&'’.-]*[\w)])*|\b[A-Z]\w*\b"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:])\s*$")
_PERSON = re.compile(rf"\b({'|'.join(PERSON_PRONOUNS)})\b", re.IGNORECASE)
_THING = re.compile(rf"\b({'|'.join(THING_PRONOUNS)})\b", re.IGNORECASE)
_THERE = re.compile(r"\bthere\b(?=\s*[?.!]*$)", re.IGNORECASE)
_WHO = re.compile(r"\bwho", re.IGNORECASE)
_POSSESSIVES = UNAMBIGUOUS_POSSESSIVES | {"hers", "theirs"}
_WORD = re.compile(r"\w+")
_PLEONASTIC_IT = re.compile(r"\bit\b.*\bto\b", re.IGNORECASE)  # "how much does it cost to …"
_NOUN_PHRASE = re.compile(r"\b(?:the|an?)\s+\w+\b(?!\s+of\s*$)", re.IGNORECASE)  # may be what "it" means
_AUXILIARIES = (AUXILIARIES - {"shall"}) | {"be"}
# What may have a capital, or stand in lower case beside capitals, without telling a name from prose.
_NOT_NAMES = (
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextualizedQuestion:
    """The question for the reader and the query for the retriever; both as put where it stands alone."""

    standalone: str
    search_text: str


def contextualize(question: str, history: Sequence[Turn]) -> ContextualizedQuestion:
    """The question with what it leaves out, from the last turn of ``history`` (oldest first).

    >>> last = Turn(question="Who runs the library?", answer="Ada Moss")
    >>> contextualize("And since when?", [last]).standalone
    'since when runs the library?'
    >>> contextualize("How old is she?", [last]).standalone
    'How old is Ada Moss?'
    """
    if not history:
        return ContextualizedQuestion(standalone=question, search_text=question)
    last = history[-1]
    last_question = " ".join(last.question[:_MAX_TURN_CHARACTERS].split())
    last_answer = " ".join(last.answer[:_MAX_TURN_CHARACTERS].split())
    substituted = _substitute_topic(question, last_question)
    if substituted:  # the last answer was about another topic
        return ContextualizedQuestion(standalone=substituted, search_text=substituted)
    standalone = _repeat_with_question_word(question, last_question) or _resolve_pronoun(
        question, last_question, last_answer
    )
    context = names_in(last_answer)
    if standalone != question or not names_in(question):
        context = [*names_in(last_question), *context]
    if standalone == question and _has_unresolved_pronoun(question):
        context = [last_question, *context]
    return ContextualizedQuestion(
        standalone=standalone, search_text=" ".join([standalone, *_missing_words(context, standalone)])
    )


def names_in(text: str) -> list[str]:
    """Capitalised runs, as they stand; not a lone word that opens a sentence, nor a bare number.

    >>> names_in("Who is the mayor of Alder Springs?")
    ['Alder Springs']
    """
    is_prose = any(word[0].islower() and word not in _NOT_NAMES for word in text.split())
    names = []
    for match in _NAME.finditer(text):
        words = match.group().split()
        opens_sentence = (
            is_prose and len(words) == 1 and _SENTENCE_START.search(text[: match.start()]) is not None
        )
        while words and words[0].casefold().partition("'")[0] in _NOT_NAMES:
            words = words[1:]
        if words and not opens_sentence and not "".join(words).replace(",", "").isdigit():
            names.append(" ".join(words).rstrip(".,"))
    return list(dict.fromkeys(names))


def _substitute_topic(question: str, last_question: str) -> str | None:
    """The last question with another topic in it: "what about Ohio?", "and after ten years?"."""
    about = _ABOUT.match(question.rstrip(" ?.!"))
    topic = about["topic"].strip() if about else ""
    if (
        not topic
        or _QUESTION_WORD.match(topic)
        or len(topic.split()) > _MAX_TOPIC_WORDS
        or _has_auxiliary(topic)
    ):
        return None
    return _replace_similar(topic, last_question)


def _replace_similar(topic: str, last_question: str) -> str:
    """The last question with ``topic`` for the phrase of its form: the same preposition, or a name."""
    base = last_question.rstrip(" ?.!")
    phrase = _PREPOSITIONAL_PHRASE.match(topic)
    if phrase:
        similar = list(re.finditer(rf"\b{phrase['preposition']}\s", base, re.IGNORECASE))
        return f"{base[: similar[-1].start()] if similar else base + ' '}{topic}?"
    names = names_in(base)
    if names and topic[:1].isupper():
        start = base.rindex(names[-1])
        return f"{base[:start]}{topic}{base[start + len(names[-1]) :]}?"
    return f"{base} {topic}?"


def _repeat_with_question_word(question: str, last_question: str) -> str | None:
    """The last question once more with another question word: "and when?"."""
    bare = _OPENING.sub("", question).rstrip(" ?.!")
    question_word = _QUESTION_WORD.match(bare)
    is_bare = question_word and len(bare.split()) <= _MAX_BARE_WORDS
    if not question_word or not is_bare or _WORD.search(bare, question_word.end()):
        return None
    last_word = _QUESTION_WORD.search(last_question)
    if not last_word:
        return f"{bare} {last_question}"
    return f"{last_question[: last_word.start()]}{bare}{last_question[last_word.end() :]}"


def _resolve_pronoun(question: str, last_question: str, last_answer: str) -> str:
    """The question with a name for its first pronoun, unless a name before it may be the antecedent."""
    asked_names = names_in(last_question)[::-1]
    answer_name = _answer_name(last_answer)
    for pattern, antecedents in (
        (_PERSON, [*answer_name, *asked_names]),
        (
            _THING,
            [*_topic(last_question), *asked_names, *([] if _WHO.search(last_question) else answer_name)],
        ),
        (_THERE, [*answer_name, *asked_names]),
    ):
        match = pattern.search(question)
        if match is None or not antecedents or names_in(question[: match.start()]):
            continue
        if pattern is _THING and (
            _PLEONASTIC_IT.search(question) or _NOUN_PHRASE.search(question, 0, match.start())
        ):
            continue
        pronoun = match.group().casefold()
        name = antecedents[0]
        if pronoun in _POSSESSIVES or (pronoun == "her" and _noun_follows(question[match.end() :])):
            name = name if name.endswith(("'s", "’s")) else f"{name}'s"
        elif pattern is _THERE:
            name = f"at {name}"
        return f"{question[: match.start()]}{name}{question[match.end() :]}"
    return question


def _answer_name(answer: str) -> list[str]:
    """What of an answer may stand for a pronoun: all of a name; of prose, its first name."""
    if not answer:
        return []
    words = answer.rstrip(" .").split()
    is_name = not any(word.islower() and word not in _NOT_NAMES for word in words)
    return [" ".join(words)] if is_name and len(words) <= _MAX_ANSWER_NAME_WORDS else names_in(answer)[:1]


def _topic(last_question: str) -> list[str]:
    """What "what is …?" was about, where it is short."""
    match = _WHAT_IS.match(last_question.rstrip(" ?.!"))
    topic = match["topic"] if match else ""
    is_topic = topic and len(topic.split()) <= _MAX_TOPIC_WORDS and not _has_auxiliary(topic)
    return [topic] if is_topic else []


def _noun_follows(rest: str) -> bool:
    word = re.match(r"\s+(\w+)", rest)
    return word is not None and word.group(1).casefold() not in _NOT_NAMES


def _has_unresolved_pronoun(question: str) -> bool:
    """Whether a pronoun is left for which nothing in the question can be the antecedent."""
    pronoun = _THING.search(question) or _PERSON.search(question)
    return pronoun is not None and not names_in(question[: pronoun.start()])


def _has_auxiliary(text: str) -> bool:
    return not _AUXILIARIES.isdisjoint(text.casefold().split())


def _missing_words(phrases: Iterable[str], text: str) -> list[str]:
    """The words of phrases that a text lacks, as many as a search text gets."""
    present = set(_WORD.findall(text.casefold()))
    words = dict.fromkeys(word for phrase in phrases for word in phrase.split())
    missing = [word for word in words if not set(_WORD.findall(word.casefold())) <= present]
    return missing[:_MAX_ADDED_WORDS]
