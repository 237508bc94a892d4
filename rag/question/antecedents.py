"""What a pronoun of a follow-up stands for, by the last question and its answer.

"He" is a person whom the answer or the question names, "it" what the question was about. An amount or a date
is no antecedent: in "when is the party?" "on 27 June" "and where is it?", "it" is the party.
"""

from __future__ import annotations

import re

from rag.english.calendar import TIME_WORDS
from rag.english.pronouns import PERSON_PRONOUNS, THING_PRONOUNS, UNAMBIGUOUS_POSSESSIVES
from rag.english.verbs import AUXILIARIES
from rag.question.fragments import main_phrase, subject_or_object, without_predicate
from rag.question.names import NOT_NAMES, names_in
from rag.question.topic import topic_of

_MAX_ANSWER_NAME_WORDS = 8  # of an answer that is a name and not prose
_MAX_TOPIC_WORDS = 6  # of what "what is …?" asks about
_PERSON = re.compile(rf"\b({'|'.join(PERSON_PRONOUNS)})\b", re.IGNORECASE)
_THING = re.compile(rf"\b({'|'.join(THING_PRONOUNS)})\b", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:they|them|theirs?)\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"(?:how many|which|what)\s+(?P<noun>\S+(?:\s+of(?:\s+the)?\s+\S+)?)\s+"
    rf"(?:{'|'.join(sorted(AUXILIARIES))})\b",
    re.IGNORECASE,
)
_DETERMINED = re.compile(r"(?:the|an?|my|our|your|his|her|its|their)\s+\S", re.IGNORECASE)
_THERE = re.compile(r"\bthere\b(?=\s*[?.!]*$)", re.IGNORECASE)
_EXISTENTIAL = re.compile(r"\b(?:is|are|was|were|be)\s+there\b(?=\s*[?.!]*$)", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:an?|the|another|each|every|which|that|this)\s+(?:[\w-]+\s+)??(?P<one>ones?)\b(?!\s+(?:of|that"
    r"|who)\b)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(?:in|at|on)\s+(?:the|an?|my|our)?\s*\S.*$", re.IGNORECASE)
_WHO = re.compile(r"\bwho", re.IGNORECASE)
_WHAT_IS = re.compile(
    r"^(?:what|who|where|which)(?:'s|’s|\s+(?:is|are|was|were))\s+(?P<topic>.+)$", re.IGNORECASE
)
_POSSESSIVES = UNAMBIGUOUS_POSSESSIVES | {"hers", "theirs"}
_PLEONASTIC_IT = re.compile(r"\bit\b.*\bto\b", re.IGNORECASE)  # "how much does it cost to …"
_NOUN_PHRASE = re.compile(r"\b(?:the|an?)\s+\w+\b(?!\s+of\s*$)", re.IGNORECASE)  # may be what "it" means
_VALUE = re.compile(r"^\W*\d|^[A-Z]{3}\s+\d|[€$£%]")
_AUXILIARIES = (AUXILIARIES - {"shall"}) | {"be"}


def resolve_pronoun(question: str, last_question: str, last_answer: str) -> tuple[str, str] | None:
    """The question with a phrase for its first pronoun, and that phrase.

    None where it has none, where a name before it may be the antecedent, or where nothing in the last turn
    can be.
    """
    asked_names = [_without_possessive(name) for name in names_in(last_question)[::-1] if not is_value(name)]
    answer_name = [] if is_value(last_answer) else _answer_name(last_answer)
    plural = _PLURAL.search(question) is not None
    things = [
        *_topic(last_question, plural=plural),
        *asked_names,
        *([] if _WHO.search(last_question) else answer_name),
    ]
    for pattern, antecedents in (
        (_PERSON, [*answer_name, *asked_names]),
        (_THING, things),
        (_THERE, [*answer_name, *asked_names]),
    ):
        match = pattern.search(question)
        if match is None or not antecedents or names_in(question[: match.start()]):
            continue
        if pattern is _THERE and _EXISTENTIAL.search(question):
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
        return f"{question[: match.start()]}{name}{question[match.end() :]}", antecedents[0]
    return None


def resolve_noun(question: str, last_question: str) -> tuple[str, str] | None:
    """The question with the noun for "one", or the place for "there" in "how many are there?", and that.

    >>> resolve_noun("What does a new one cost?", "How do I lock my badge?")
    ('What does a new badge cost?', 'badge')
    """
    words = last_question.rstrip(" ?.!").split()
    one = _ONE.search(question)
    if one is not None and not names_in(question[: one.start()]):
        found = main_phrase(words)
        noun = words[found[1] - 1] if found else ""
        if noun.islower():
            return f"{question[: one.start('one')]}{noun}{question[one.end('one') :]}", noun
    place = _PLACE.search(last_question.rstrip(" ?.!"))
    if place is not None and _EXISTENTIAL.search(question):
        return f"{question.rstrip(' ?.!')} {place.group()}?", place.group()
    return None


def has_open_pronoun(question: str) -> bool:
    """Whether a pronoun is in it for which nothing in the question can be the antecedent."""
    pronoun = _THING.search(question) or _PERSON.search(question)
    return pronoun is not None and not names_in(question[: pronoun.start()])


def has_auxiliary(text: str) -> bool:
    """Whether an auxiliary or a form of "be" is among the words."""
    return not _AUXILIARIES.isdisjoint(text.casefold().split())


def is_value(answer: str) -> bool:
    """Whether an answer is an amount, a number or a time, and nothing that a pronoun stands for."""
    words = answer.casefold().replace(",", " ").split()
    singular = {word.removesuffix("s") for word in words}
    return _VALUE.search(answer) is not None or not TIME_WORDS.isdisjoint({*words, *singular})


def _answer_name(answer: str) -> list[str]:
    """What of an answer may stand for a pronoun: all of a name; of prose, its first name."""
    if not answer:
        return []
    words = answer.rstrip(" .").split()
    is_name = not any(word.islower() and word not in NOT_NAMES for word in words)
    return [" ".join(words)] if is_name and len(words) <= _MAX_ANSWER_NAME_WORDS else names_in(answer)[:1]


def _topic(last_question: str, *, plural: bool = False) -> list[str]:
    """What the last question was about: all of what "what is …?" asks for where it is short, else its "
    "subject.

    Args:
        plural: for "they": what "how many …?" counts comes before the subject.
    """
    match = _WHAT_IS.match(last_question.rstrip(" ?.!"))
    topic = match["topic"] if match else ""
    if topic and len(topic.split()) <= _MAX_TOPIC_WORDS and not has_auxiliary(topic):
        return [topic]
    counted = _COUNTED.match(last_question) if plural else None
    if counted is not None:
        return [counted["noun"]]
    what_is = _WHAT_IS.match(last_question.rstrip(" ?.!"))
    if what_is is not None:
        words = without_predicate(what_is["topic"].split())
        if len(words) <= _MAX_TOPIC_WORDS and not has_auxiliary(" ".join(words)):
            return [" ".join(words)]
    words = last_question.rstrip(" ?.!").split()
    found = subject_or_object(words)
    phrase = " ".join(words[found[0] : found[1]]) if found else ""
    is_phrase = _DETERMINED.match(phrase) is not None or bool(names_in(phrase))
    subject = phrase if is_phrase else topic_of(last_question)
    return [subject] if subject else []


def _without_possessive(name: str) -> str:
    return re.sub(r"['’]s$", "", name)


def _noun_follows(rest: str) -> bool:
    word = re.match(r"\s+(\w+)", rest)
    return word is not None and word.group(1).casefold() not in NOT_NAMES
