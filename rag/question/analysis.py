"""What a question asks for, by its words: form, expected answer type, names, content words.

Rules, not a model: they give features of the confidence (see ``rag/answering/features.py``), whose weights
are fitted on data, and choose between a short answer and whole sentences. The form is that of the whole
answer (see ``rag/question/form.py``). The types are the coarse ones of Li and Roth 2002 ("Learning Question
Classifiers"), merged to those that a short answer can be compared with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.english.calendar import MONTHS, TIME_WORDS
from rag.english.function_words import CLITICS, QUESTION_WORDS, STOP_WORDS
from rag.english.numbers import NUMBER_WORDS
from rag.english.person_nouns import PERSON_NOUNS
from rag.english.plurals import is_plural
from rag.english.verbs import AUXILIARIES
from rag.english.words import WORD, content_words, folded_words
from rag.errors import InvalidQuestion
from rag.question.contextualize import contextualize
from rag.question.courtesies import without_courtesies
from rag.question.form import question_form
from rag.question.units_of_measure import requested_unit, unit_of
from rag.types import QuestionForm, Turn


class AnswerType(StrEnum):
    """What form an answer is expected to have."""

    PERSON = "person"
    TIME = "time"
    NUMBER = "number"
    PLACE = "place"
    EXPLANATION = "explanation"
    POLAR = "polar"
    OTHER = "other"


_DEGREES = (
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
        rf"\bhow ({_DEGREES})\b|\b(what|which) (number|percentage|percent|age|share|amount)\b",
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
_POLAR = re.compile(rf"\s*({'|'.join(sorted(AUXILIARIES))})(n['’]t)?\b", re.IGNORECASE)
_QUESTION_WORD = re.compile(rf"\b({'|'.join(sorted(QUESTION_WORDS))})\b", re.IGNORECASE)
_CALENDAR = re.compile(
    r"\b(?:what|which|whose) (?:exact |specific )?(?P<unit>year|month|date)\b", re.IGNORECASE
)
# Digits that count something, which those of "401(k)" and "B2B" don't.
_NUMERAL = re.compile(r"(?<![^\W\d_])\d[\d.,]*(?!\w*\(|[^\W\d_]\w*\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnalysis:
    """A question's text, white space collapsed, and its analysis. ``content`` and ``names`` are folded.

    ``standalone`` is the text without courtesies (see ``rag/question/courtesies.py``), made to stand alone
    (see ``rag/question/contextualize.py``): the question that the reader gets. ``search_text`` is the query
    that the retriever gets: the same, with names of the conversation's last turn.

    ``names`` are its capitalised words (but the first, unless it stays capitalised for another
    reason) and its numbers: what a passage must mention to speak of the same thing.

    ``guessed`` is true where an acronym was replaced by a phrase that no text gives as its meaning.

    ``completed`` is true where the turns before it completed the question; ``new`` and ``shared`` are as in
    ``ContextualizedQuestion``.
    """

    text: str
    standalone: str
    search_text: str
    form: QuestionForm
    answer_type: AnswerType
    content: tuple[str, ...]
    names: tuple[str, ...]
    completed: bool = False
    new: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    guessed: bool = False

    @property
    def asked_as(self) -> str | None:
        """The question as the turns before it completed it; None where it stands alone."""
        return self.standalone[:1].upper() + self.standalone[1:] if self.completed else None

    @property
    def wants_sentences(self) -> bool:
        """True where a phrase would be no answer."""
        is_explained = self.answer_type in {AnswerType.EXPLANATION, AnswerType.POLAR}
        return is_explained or self.form is not QuestionForm.FACT


def analyze_question(text: str, *, limit: int, history: Sequence[Turn] = ()) -> QuestionAnalysis:
    """The analysis of a question; ``history`` are the turns before it, oldest first.

    Raises:
        InvalidQuestion: without a word in it, or longer than ``limit`` code points.
    """
    if len(text) > limit:
        raise InvalidQuestion(f"the question has {len(text):,} characters; at most {limit:,} are read")
    tidy = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not WORD.search(tidy):
        raise InvalidQuestion("the question is empty")
    bare = without_courtesies(tidy)
    contextualized = contextualize(bare, history)
    standalone = contextualized.standalone
    return QuestionAnalysis(
        text=tidy,
        standalone=standalone,
        search_text=contextualized.search_text,
        form=question_form(standalone),
        answer_type=_answer_type(standalone),
        content=content_words(standalone),
        names=_names(standalone),
        completed=standalone != bare,
        new=contextualized.new,
        shared=contextualized.shared,
    )


def _answer_type(text: str) -> AnswerType:
    if _POLAR.match(text):
        return AnswerType.POLAR
    matches = [
        (match.start(), order, answer_type)
        for order, (answer_type, pattern) in enumerate(_PATTERNS)
        if (match := pattern.search(text))
    ]
    question_word = _QUESTION_WORD.search(text)
    # A pattern that starts after another question word belongs to a clause ("what do people do when …").
    matches = [match for match in matches if question_word is None or match[0] <= question_word.start()]
    return min(matches)[2] if matches else AnswerType.OTHER


def _names(text: str) -> tuple[str, ...]:
    text = text.replace("’", "'")
    is_all_capitals = text.isupper()
    names = []
    for match in WORD.finditer(text):
        word = match.group()
        folded = word.casefold()
        if any(c.isdigit() for c in word):
            names.append(folded)
        elif is_all_capitals or _is_function_word(folded) or not word[0].isupper():
            continue
        elif match.start() > 0 or sum(c.isupper() for c in word) > 1:
            names.append(folded)
    return tuple(dict.fromkeys(names))


def _is_function_word(folded: str) -> bool:
    """With what an apostrophe joins to it: "I'm", "what's"; not "D'Arcy"."""
    head, apostrophe, _ = folded.partition("'")
    return head in STOP_WORDS and not (apostrophe and head in CLITICS)


def matches_type(analysis: QuestionAnalysis, answer: str, after: str = "") -> bool | None:
    """Whether an answer has the form of the expected type; None where the type has no form.

    A number where a number is asked for, and not one of another unit; a capital where a name is, or, for a
    person, a noun for one ("officers"); a year, a month or a date where the question says so, any word of
    time where it only says when. ``after`` is the text behind the answer.
    """
    words = set(_parts(folded_words(answer)))
    digits = any(c.isdigit() for c in answer)
    if analysis.answer_type is AnswerType.NUMBER:
        digits = digits and _NUMERAL.search(answer) is not None
        requested, unit = requested_unit(analysis.standalone), unit_of(answer, after)
        is_number = digits or not words.isdisjoint(NUMBER_WORDS)
        return is_number and (not requested or unit in {requested, None})
    if analysis.answer_type is AnswerType.TIME:
        return _matches_time(analysis.standalone, words, digits)
    if analysis.answer_type in {AnswerType.PERSON, AnswerType.PLACE}:
        is_named = any(c.isupper() for c in answer)
        return is_named or (analysis.answer_type is AnswerType.PERSON and any(map(_is_person_noun, words)))
    return None


def _is_person_noun(word: str) -> bool:
    return word in PERSON_NOUNS or (is_plural(word) and word.removesuffix("s") in PERSON_NOUNS)


def _matches_time(question: str, words: set[str], digits: bool) -> bool:
    requested = _CALENDAR.search(question)
    unit = requested.group("unit").casefold() if requested else ""
    if unit == "year":
        return any(word.rstrip("s").isdigit() and len(word) >= 4 for word in words)
    if unit == "month":
        return digits or not words.isdisjoint(MONTHS)
    if unit == "date":
        return digits
    return digits or not words.isdisjoint(TIME_WORDS)


def _parts(words: list[str]) -> list[str]:
    return [part for word in words for part in word.split("-")]
