"""In what form a question wants its answer, by its wording: a fact, yes or no, a list, steps, reasons ...

Rules, not a model. What a clause opens with decides: first a question word or an auxiliary in any clause ("I
lost my badge, what now?"), then a request or a noun ("list the …", "put up a tent", "drawbacks of …"), then a
statement that is asked, or a question word inside a clause. A question of a few words without any of them is
a keyword query, which wants an overview, or a fact where it names a value ("wifi password").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from rag.english.action_verbs import (
    ACTION_VERBS,
    ACTION_VERBS_ALSO_NOUNS,
    NOUNS_IN_ING,
    PHRASAL_PARTICLES,
    gerund_base,
)
from rag.english.answer_nouns import LIST_NOUNS, PLURAL_VALUES, VALUE_NOUNS
from rag.english.function_words import PREPOSITIONS, QUESTION_WORDS
from rag.english.plurals import is_plural
from rag.english.pronouns import OBJECT_PRONOUNS, SUBJECT_PRONOUNS
from rag.english.verbs import AUXILIARIES
from rag.question.asked_noun import DETERMINERS, PHRASE_ENDS, VERBS, form_of_what
from rag.question.clauses import clauses
from rag.question.courtesies import without_courtesies
from rag.question.form_patterns import ASKING, REQUESTING, FormPattern
from rag.types import QuestionForm

_MAX_KEYWORDS = 4  # words of a keyword query
_MAX_LIST_NOUN_AT = 3  # words of a request among which the noun is that says what is wanted
_MAX_NAMED_AT = 6  # words behind "name" and "any" among which the noun is

_WORD = re.compile(r"[^\W_](?:[\w'’.+/-]*[\w+])?")
_FINITE = "|".join(sorted(AUXILIARIES))
_SOMEBODY = "(?:you|any(?:one|body)|some(?:one|body))"
_POLITELY = re.compile(
    rf"(?:can|could|would|will) {_SOMEBODY} (?:(?:please|kindly|maybe|perhaps) )?"
    r"(?=(?:define|describe|explain|give|guide|help|list|name|outline|provide|send|share|show|summari[sz]e|talk"
    r"|teach|walk)\b)"
    r"|(?:can|could|may) (?:i|we) (?:get|have|see) "
    r"(?=(?:an? |the )?(?:\w+ )?(?:list|overview|summary|steps)\b)",
    re.IGNORECASE,
)
_BEFORE_QUESTION_WORD = re.compile(
    r"(?:(?:about|across|after|against|as|at|before|behind|besides|between|by|during|for|from|in|into|of|on"
    r"|out|over|since|than|through|to|under|until|up|with|within)\s+){1,2}"
    rf"(?=(?:{'|'.join(sorted(QUESTION_WORDS))})\b)",
    re.IGNORECASE,
)
_NOT = (
    r"(?:ai|are|ca|could|did|do|does|had|has|have|is|may|might|must|need|sha|should|was|were|wo|would)n['’]?t"
)
_AUXILIARY = re.compile(rf"(?:am|{_FINITE}|cannot|{_NOT})\b", re.IGNORECASE)
# "do I pay monthly or yearly?" asks which, not whether.
_ALTERNATIVES = re.compile(
    r"\b(an?|the|in|on|at|by|with|before|after|per|to|for|from|as) (?:the )?\S+ or \1 \S+|\w+ly or \w+ly\b"
    r"|\d\S*(?: \S+)? or \d|\b(?:before or after|low or high|high or low|left or right)\b",
    re.IGNORECASE,
)
_IN_ORDER = re.compile(r"\bin (?:what|which) order\b|\bstep by step\W*$", re.IGNORECASE)
_INSIDE = re.compile(
    rf"\b(?:{'|'.join(sorted(QUESTION_WORDS))})\b(?!-)"
    r"|\b(?:can|could|do|does|may|must|should) (?:i|we|you)\b",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"(?:right|correct|yes|no|true|allowed|permitted|ok(?:ay)?|fine|legal|safe|possible|or not)$",
    re.IGNORECASE,
)
_WHETHER = re.compile(
    r"whether\b|if (?:i|we|you|they|it|the|there|my|our|any(?:one|body))\b"
    r"(?!.*\b(?:what|which|who|how|why)\b)",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"(?:i|we|you|they|he|she|it|there|every(?:one|body)|any(?:one|body)|nobody|no one)(?:['’]\w+)?\s"
    r"|(?:the|my|our|your|an?|this|that|these|those|all|every|each|no)\s(?:(?!that\b|which\b|who\b)\w+\s){1,3}?"
    rf"(?:{_FINITE}|needs?|counts?)\s",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r".*\b(?:can['’]?t|cannot|won['’]t|doesn['’]?t|didn['’]?t|isn['’]?t)\b"
    r"|(?:i|we|(?:some|every|any|no)(?:one|body|thing))\b"
    rf"|(?:my|our) (?:\w+ ){{1,3}}?(?:{_FINITE}|cannot|broke|fell|got|went|says|shows|\w+ed|\w+n['’]?t)\b",
    re.IGNORECASE,
)

_OBJECTS = DETERMINERS | OBJECT_PRONOUNS | frozenset("it you".split())
_AFTER_NOUN = PREPOSITIONS | SUBJECT_PRONOUNS | frozenset("after before if that to when which who".split())
_NO_LIST = PLURAL_VALUES | VALUE_NOUNS | PHRASE_ENDS | frozenset("best least more most".split())
_NO_KEYWORDS = AUXILIARIES | QUESTION_WORDS | SUBJECT_PRONOUNS


def question_form(text: str) -> QuestionForm:
    """The form in which a question wants its answer.

    >>> question_form("Which tools do I need for the hedge?").value
    'list'
    >>> question_form("My key broke off in the lock. What now?").value
    'how_to'
    """
    question = without_courtesies(" ".join(text.split()))
    if _IN_ORDER.search(question):
        return QuestionForm.HOW_TO
    found = clauses(question)
    for recognise in (asking_form, requesting_form):
        for clause in found:
            form = None if clause.describes else recognise(_POLITELY.sub("", clause.text, count=1))
            if form is not None:
                return form
    texts = [clause.text for clause in found]
    return (
        _form_of_statement(texts, is_asked=question.endswith("?"))
        or _form_inside(texts)
        or _form_of_keywords(texts)
    )


def asking_form(clause: str) -> QuestionForm | None:
    """The form of a clause that opens with a question word or an auxiliary; None for any other."""
    clause = _BEFORE_QUESTION_WORD.sub("", clause, count=1)
    form = _matched(clause, ASKING)
    words = _WORD.findall(clause)
    if form is not None or not words:
        return form
    first = words[0].casefold()
    if first in {"what", "which"}:
        return form_of_what(words[1:], is_what=first == "what")
    if first == "when":  # "when I leave, …" is no question
        return QuestionForm.FACT if len(words) < 2 or _AUXILIARY.match(words[1]) else None
    if first in QUESTION_WORDS:
        return QuestionForm.FACT
    if _AUXILIARY.match(clause) and _is_inverted(words):
        return QuestionForm.FACT if _ALTERNATIVES.search(clause) else QuestionForm.YES_NO
    return None


def requesting_form(clause: str) -> QuestionForm | None:
    """The form of a request, a wish, or a noun that says what is wanted; None for any other clause."""
    form = _matched(clause, REQUESTING)
    folded = [word.casefold() for word in _WORD.findall(clause)]
    if form is not None or not folded:
        return form
    if folded[0] in {"any", "name"} and folded[1:2] and folded[1] not in PREPOSITIONS:
        if any(map(is_plural, folded[1:_MAX_NAMED_AT])):
            return QuestionForm.LIST
        return QuestionForm.FACT if folded[0] == "name" else None
    if _names_an_action(folded):
        return QuestionForm.HOW_TO
    for word, following in pairwise(folded[: _MAX_LIST_NOUN_AT + 1]):
        if word in LIST_NOUNS and following in _AFTER_NOUN:
            return QuestionForm.LIST
        if word in PHRASE_ENDS:
            break
    return None


def _matched(clause: str, patterns: Iterable[FormPattern]) -> QuestionForm | None:
    return next((form for form, pattern in patterns if pattern.match(clause)), None)


def _is_inverted(words: list[str]) -> bool:
    """Whether a subject follows the auxiliary that a clause opens with, so that it is no request."""
    first, second = words[0].casefold(), words[1].casefold() if len(words) > 1 else ""
    if first == "have":
        return second in _OBJECTS | SUBJECT_PRONOUNS or is_plural(second)
    if first == "do" and second in {"a", "an", "not"}:
        return False
    if first not in AUXILIARIES and first.endswith(("t", "not")) and second in VERBS:
        return False  # "can't open the lid"
    return bool(second) and not (first == "may" and second[0].isdigit())


def _names_an_action(folded: list[str]) -> bool:
    """Whether a clause opens with an imperative or a gerund with its object."""
    first, following = folded[0], folded[1] if len(folded) > 1 else ""
    has_object = following in _OBJECTS or following in PHRASAL_PARTICLES or following.endswith("ing")
    if following in {"if", "how", "whether"} and first in VERBS:
        return True
    if first == "have":
        return len(folded) > _MAX_KEYWORDS
    if first in ACTION_VERBS_ALSO_NOUNS or first in NOUNS_IN_ING:
        return has_object
    if first in ACTION_VERBS or gerund_base(first, ACTION_VERBS):
        return bool(following)
    return has_object and gerund_base(first, ACTION_VERBS_ALSO_NOUNS) is not None


def _form_of_statement(texts: list[str], *, is_asked: bool) -> QuestionForm | None:
    """Yes or no where a statement is asked ("… on Fridays, right?"), steps where it tells of trouble."""
    if not texts:
        return None
    if len(texts) == 1 and _WHETHER.match(texts[0]):
        return QuestionForm.YES_NO
    if not is_asked:
        return QuestionForm.HOW_TO if _TROUBLE.match(texts[0]) else None
    is_tagged = len(texts) > 1 and _TAG.match(texts[-1]) is not None
    is_statement = len(texts) == 1 and _STATEMENT.match(texts[0]) and not _INSIDE.search(texts[0])
    return QuestionForm.YES_NO if is_tagged or is_statement else None


def _form_inside(texts: list[str]) -> QuestionForm | None:
    """The form by a question word inside a clause: "on a lee shore what do I do?"."""
    for text in texts:
        inside = _INSIDE.search(text, 1)
        if inside:
            form = asking_form(text[inside.start() :])
            is_when_do_we = form is QuestionForm.YES_NO and _INSIDE.match(text)
            return QuestionForm.FACT if form is None or is_when_do_we else form
    return None


def _form_of_keywords(texts: list[str]) -> QuestionForm:
    """The form of a text that nothing in it makes a question: an overview, several things, or a value."""
    folded = [word.casefold() for text in texts for word in _WORD.findall(text)]
    if len(folded) <= _MAX_KEYWORDS:
        is_fact = any(word in VALUE_NOUNS or word in _NO_KEYWORDS for word in folded)
        return QuestionForm.FACT if is_fact else QuestionForm.OVERVIEW
    several = next((i for i, word in enumerate(folded[:_MAX_LIST_NOUN_AT]) if is_plural(word)), None)
    if several is None or folded[several + 1] not in _AFTER_NOUN:
        return QuestionForm.FACT
    return QuestionForm.LIST if _NO_LIST.isdisjoint(folded[: several + 1]) else QuestionForm.FACT
