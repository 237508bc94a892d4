"""A question cut where a sentence ends, and where a clause that asks joins another that asks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.english.answer_nouns import VALUE_NOUNS
from rag.english.function_words import QUESTION_WORDS
from rag.english.verbs import AUXILIARIES
from rag.english.words import content_words
from rag.question.clauses import clauses, written_out
from rag.question.form import asking_form, requesting_form
from rag.types import QuestionForm

AUXILIARY = rf"(?:am|{'|'.join(sorted(AUXILIARIES))})(?:n['’]t)?"
QUESTION_WORD = f"(?:{'|'.join(sorted(QUESTION_WORDS))})"
LEADING_PREPOSITIONS = (
    r"(?:(?:after|at|by|for|from|in|of|on|since|through|to|under|until|with|within)\s+){0,2}"
)
BARE = (
    rf"{LEADING_PREPOSITIONS}(?:who|whom|when|where|why"
    r"|how(?: (?:many|much|long|often|far|soon|late|early))?|what for|how come"
    r"|(?:what|which) (?:time|year|day|date|month|week|quarter|form))"
)
"""A question word that repeats the question before it: "and since when?"."""

_SUBJECT = r"(?:i|we|you|they|he|she|it|there|the|an?|my|our|your|this|these|any(?:one|body)?|all|every\w*)\b"
# What may open the second of two clauses that ask: a question word with its auxiliary, "who" with a verb, a
# question word alone, or an auxiliary with its subject.
_OPENING = (
    rf"{LEADING_PREPOSITIONS}(?:{QUESTION_WORD}(?:['’]s|['’]re)?\s+{AUXILIARY}\b"
    r"|(?:who|what|where|when|how)['’]s\b"
    rf"|(?:how|which|what|whose)\s+\w+(?:\s+\w+){{0,2}}?\s+{AUXILIARY}\b"
    r"|who\s+\w+)"
    rf"|{BARE}\s*(?:[?.!]|$)|{AUXILIARY}\s+{_SUBJECT}"
)
_SENTENCE_END = re.compile(r"(?<!\w\.\w)(?<!\betc)[.?!]+[\"'”’)]*\s+", re.IGNORECASE)
_JOINT = re.compile(
    r"(?:(?:\s*[,;]|\s+[-–—])\s+(?:(?:and|but|plus|also)\s+)?|\s+(?:and|plus)\s+)"
    rf"(?:(?:also|then|if so|if yes|if not),?\s+)?(?={_OPENING})",
    re.IGNORECASE,
)
_AND = re.compile(r"\b(?:and|but|plus|also)\b", re.IGNORECASE)
_LAST_OF_SEVERAL = re.compile(rf",\s+and\s+(?={_OPENING})", re.IGNORECASE)
_JOINING = re.compile(r"(?:(?:and|but|so|then|also|plus|or)\b[\s,]*)+", re.IGNORECASE)
_BARE_CLAUSE = re.compile(rf"(?:{BARE})\W*", re.IGNORECASE)
_INVERTED = re.compile(
    rf"{LEADING_PREPOSITIONS}{QUESTION_WORD}\s+(?:\w+\s+){{0,3}}?{AUXILIARY}\s+{_SUBJECT}", re.IGNORECASE
)
_POLAR = re.compile(rf"{AUXILIARY}\b", re.IGNORECASE)
_CHECK = re.compile(rf"{AUXILIARY}\s+(?:it|that|this|they|those|these)\b", re.IGNORECASE)
_ANY_QUESTION_WORD = re.compile(rf"\b{QUESTION_WORD}\b", re.IGNORECASE)
_REQUEST = re.compile(
    r"(?:list|name|give|show|tell|explain|describe|define|summari[sz]e|outline)\b", re.IGNORECASE
)
_REQUESTED = frozenset({QuestionForm.LIST, QuestionForm.OVERVIEW, QuestionForm.DEFINITION, QuestionForm.WHY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a question, and where in it (code points) a clause that asks starts; None: none does."""

    text: str
    asks_at: int | None = None

    @property
    def context(self) -> str:
        """What stands before the clause that asks, or all of the piece."""
        return self.text[: self.asks_at].strip()

    @property
    def ask(self) -> str:
        """The clause that asks, without what joins it to the one before."""
        ask = self.text[self.asks_at or 0 :].strip(" ,;-–—")
        joining = _JOINING.match(ask)
        return ask[joining.end() :] if joining else ask

    @property
    def is_request(self) -> bool:
        """True for "list …", which ends in no question mark."""
        return _REQUEST.match(self.ask) is not None


def pieces_of(question: str) -> list[Piece]:
    """The pieces in order. A statement that a question follows asks nothing."""
    pieces: list[Piece] = []
    start = 0
    for end in [*_SENTENCE_END.finditer(question), None]:
        following = end.end() if end else len(question)
        sentence = question[start:following].strip()
        is_statement = end is not None and "?" not in end.group() and "?" in question[following:]
        if is_statement and not _REQUEST.match(sentence):
            pieces.append(Piece(text=sentence))
        elif sentence:
            pieces += _cut(sentence)
        start = following
    return pieces


def _cut(sentence: str) -> list[Piece]:
    pieces: list[Piece] = []
    start = 0
    for joint in _JOINT.finditer(sentence):
        text, mark = sentence[start : joint.start()], joint.group()
        asks_at = _asks_at(text)
        if asks_at is None and _AND.search(mark) and _names_value(text):
            asks_at = 0
        if asks_at is not None and _both_ask(text[asks_at:].strip(), sentence[joint.end() :], mark):
            pieces.append(Piece(text=text.strip(), asks_at=asks_at))
            start = joint.end()
    rest = sentence[start:].strip()
    return [*pieces, Piece(text=rest, asks_at=_asks_at(rest))]


def _both_ask(left: str, right: str, mark: str) -> bool:
    """Whether a clause that asks is complete, and the text behind a joint asks something else."""
    left, right = written_out(left), written_out(right)
    words = left.casefold().split()
    has_verb = not AUXILIARIES.isdisjoint(words) or (words[0] == "who" and len(words) > 2)
    is_complete = (has_verb or _names_value(left)) and content_words(left)
    if not is_complete or _BARE_CLAUSE.fullmatch(left) or _CHECK.match(right):
        return False
    is_joined = _AND.search(mark) is not None or _LAST_OF_SEVERAL.search(right) is not None
    # Behind a clause of the first, the second may belong to that: "why ask who is for and who is against it?"
    if (_has_clause(left) or not is_joined) and not _INVERTED.match(right):
        return False
    if _POLAR.match(right):
        return _AND.search(mark) is not None and (_POLAR.match(left) is not None or "," in mark)
    return True


def _has_clause(ask: str) -> bool:
    """Whether a second question word opens a clause of the question."""
    opening = _ANY_QUESTION_WORD.search(ask)
    return opening is not None and _ANY_QUESTION_WORD.search(ask, opening.end()) is not None


def _asks_at(text: str) -> int | None:
    """Where the first clause that asks starts."""
    for clause in clauses(text):
        is_request = _REQUEST.match(clause.text) and requesting_form(clause.text) in _REQUESTED
        if is_request or asking_form(clause.text) is not None:
            return clause.start
    return None


def _names_value(text: str) -> bool:
    """Whether a text without a verb opens with what stands for a value: "price per night"."""
    words = [word.casefold() for word in text.split()]
    return not VALUE_NOUNS.isdisjoint(words[:2]) and AUXILIARIES.isdisjoint(words)
