"""What a question asks for, read off its words: the kind of answer, its names, its content words.

Rules, not a model: they give the decision features (see ``rag/answering/decision.py``), whose weight
is fitted on data, and choose between a short answer and whole sentences. Classes follow the coarse ones of
Li and Roth 2002 ("Learning Question Classifiers"), folded to those that a span's form can be held
against.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.english.calendar import MONTHS, TIME_WORDS
from rag.english.function_words import QUESTION_WORDS, STOP_WORDS
from rag.english.numbers import NUMBER_WORDS
from rag.english.verbs import AUXILIARIES
from rag.english.words import WORD, content_words, folded_words
from rag.errors import InvalidQuestion
from rag.question.contextualize import contextualize
from rag.question.units_of_measure import requested_unit, unit_of
from rag.types import Turn


class AnswerType(StrEnum):
    """What form an answer takes."""

    PERSON = "person"
    TIME = "time"
    NUMBER = "number"
    PLACE = "place"
    EXPLANATION = "explanation"
    POLAR = "polar"
    OTHER = "other"


_MEASURES = (
    "many|much|old|long|far|tall|big|large|often|high|deep|wide|heavy|fast|soon|late|early|hot|cold|few|young"
)
# In order: the first pattern that matches decides.
_ANSWER_TYPES = (
    (
        AnswerType.TIME,
        r"\bwhen\b|\b(what|which|whose) (exact |specific )?(year|date|day|month|century|decade|time)\b",
    ),
    (
        AnswerType.NUMBER,
        rf"\bhow ({_MEASURES})\b|\b(what|which) (number|percentage|percent|age|share|amount)\b",
    ),
    (
        AnswerType.EXPLANATION,
        r"\bwhy\b|\bhow come\b|\bwhat('s| is| was)? the reasons?\b|\bfor what reason\b|\bexplain\b",
    ),
    (AnswerType.PERSON, r"\bwho(m|se|'s|’s)?\b|\b(what|which) (person|man|woman)\b"),
    (AnswerType.PLACE, r"\bwhere\b|\b(what|which) (country|city|place|state|town|county|location)\b"),
    (
        AnswerType.EXPLANATION,
        r"\bhow (do|does|did|can|could|should|would|will|is|are|was|were|to|has|have|might|may)\b",
    ),
)
_PATTERNS = tuple((answer_type, re.compile(pattern, re.IGNORECASE)) for answer_type, pattern in _ANSWER_TYPES)
_POLAR = re.compile(
    rf"\s*({'|'.join(sorted(AUXILIARIES))})(n['’]t)?\b",
    re.IGNORECASE,
)
_WH = re.compile(rf"\b({'|'.join(sorted(QUESTION_WORDS))})\b", re.IGNORECASE)
_COURTESY = re.compile(
    r"(?:(?:hi|hey|hello)(?: there)?|good (?:morning|afternoon|evening|day)|quick (?:one|question)"
    r"|please|pls|do you (?:happen to )?know|does any(?:one|body) know|(?:can|could|would) you (?:please )?"
    r"(?:tell me|say)|tell me|i(?:['’]d| would) like to know|i want to know|any idea)(?:[\s,.:;!–—]+|$)",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"\b(?:what|which|whose) (?:exact |specific )?(?P<unit>year|month|date)\b", re.IGNORECASE
)
# Digits that count something, which those of "287(g)" and "B2B" don't.
_NUMERAL = re.compile(r"(?<![^\W\d_])\d[\d.,]*(?!\w*\(|[^\W\d_]\w*\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnalysis:
    """A question's text, tidied, with what was read off it. ``content`` and ``names`` are folded.

    ``standalone`` is the text without greeting and courtesy, standing alone (see
    ``rag/question/contextualize.py``): what the reader gets. ``search_text`` is what is searched for:
    the same, with names of the conversation's last turn.

    ``names`` are its capitalised words (but the first, unless it stays capitalised for another
    reason) and its numbers: what a passage must mention to speak of the same thing.
    """

    text: str
    standalone: str
    search_text: str
    answer_type: AnswerType
    content: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def wants_sentences(self) -> bool:
        """True where a clipped phrase would be no answer."""
        return self.answer_type in {AnswerType.EXPLANATION, AnswerType.POLAR}


def analyze_question(text: str, *, limit: int, history: Sequence[Turn] = ()) -> QuestionAnalysis:
    """A checked and tidied question; ``history`` are the turns before it, oldest first.

    Raises:
        InvalidQuestion: without a word in it, or longer than ``limit`` code points.
    """
    if len(text) > limit:
        raise InvalidQuestion(f"the question has {len(text):,} characters; at most {limit:,} are read")
    tidy = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    words = WORD.findall(tidy)
    if not words:
        raise InvalidQuestion("the question is empty")
    said = contextualize(_without_courtesies(tidy), history)
    standalone = said.standalone
    return QuestionAnalysis(
        text=tidy,
        standalone=standalone,
        search_text=said.search_text,
        answer_type=_answer_type(standalone),
        content=content_words(standalone),
        names=_names(standalone),
    )


def _without_courtesies(text: str) -> str:
    """The question behind its courtesies; all of it where nothing else is said.

    >>> _without_courtesies("Hi there! Do you know how many people work here?")
    'how many people work here?'
    """
    rest = text
    while match := _COURTESY.match(rest):
        rest = rest[match.end() :]
    return rest if WORD.search(rest) else text


def _answer_type(text: str) -> AnswerType:
    found = [
        (match.start(), order, answer_type)
        for order, (answer_type, pattern) in enumerate(_PATTERNS)
        if (match := pattern.search(text))
    ]
    if _POLAR.match(text):
        return AnswerType.POLAR
    wh = _WH.search(text)
    # A pattern that starts after another question word belongs to a clause ("what do people do when …").
    found = [entry for entry in found if wh is None or entry[0] <= wh.start()]
    return min(found)[2] if found else AnswerType.OTHER


def _names(text: str) -> tuple[str, ...]:
    text = text.replace("’", "'")
    shouting = text.isupper()
    names = []
    for match in WORD.finditer(text):
        word = match.group()
        folded = word.casefold()
        if any(c.isdigit() for c in word):
            names.append(folded)
        elif shouting or folded.partition("'")[0] in STOP_WORDS or not word[0].isupper():
            continue
        elif match.start() > 0 or sum(c.isupper() for c in word) > 1:
            names.append(folded)
    return tuple(dict.fromkeys(names))


def matches_type(analysis: QuestionAnalysis, answer: str, after: str = "") -> bool | None:
    """Whether an answer has the form that is asked for; None where form tells nothing.

    A number where a number is asked for, and not one of another unit; a capital where a name is; a
    year, a month or a date where the question says so, any word of time where it only says when.
    ``after`` is the text behind the answer.
    """
    words = set(_parts(folded_words(answer)))
    digits = any(c.isdigit() for c in answer)
    if analysis.answer_type is AnswerType.NUMBER:
        digits = digits and _NUMERAL.search(answer) is not None
        unit, found = requested_unit(analysis.standalone), unit_of(answer, after)
        return (digits or not words.isdisjoint(NUMBER_WORDS)) and (not unit or found in {unit, None})
    if analysis.answer_type is AnswerType.TIME:
        return _matches_time(analysis.standalone, words, digits)
    if analysis.answer_type in {AnswerType.PERSON, AnswerType.PLACE}:
        return any(c.isupper() for c in answer)
    return None


def _matches_time(question: str, words: set[str], digits: bool) -> bool:
    named = _CALENDAR.search(question)
    unit = named.group("unit").casefold() if named else "when"
    if unit == "year":
        return any(word.rstrip("s").isdigit() and len(word) >= 4 for word in words)
    if unit == "month":
        return digits or not words.isdisjoint(MONTHS)
    if unit == "date":
        return digits
    return digits or not words.isdisjoint(TIME_WORDS)


def _parts(words: list[str]) -> list[str]:
    return [part for word in words for part in word.split("-")]
