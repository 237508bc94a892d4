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
from functools import cache, lru_cache

import Stemmer

from rag.errors import InvalidQuestion
from rag.question.contextualize import contextualize
from rag.question.units_of_measure import unit_asked, unit_of
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
    r"\s*(do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|shall|may|might|must)(n['’]t)?\b",
    re.IGNORECASE,
)
_WH = re.compile(r"\b(what|which|who|whom|whose|when|where|why|how)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:[.,'’-]\w+)*")
_COURTESY = re.compile(
    r"(?:(?:hi|hey|hello)(?: there)?|good (?:morning|afternoon|evening|day)|quick (?:one|question)"
    r"|please|pls|do you (?:happen to )?know|does any(?:one|body) know|(?:can|could|would) you (?:please )?"
    r"(?:tell me|say)|tell me|i(?:['’]d| would) like to know|i want to know|any idea)(?:[\s,.:;!–—]+|$)",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"\b(?:what|which|whose) (?:exact |specific )?(?P<unit>year|month|date)\b", re.IGNORECASE
)
POSSESSIVE = r"'s$"
# Digits that count something, which those of "287(g)" and "B2B" don't.
_NUMERAL = re.compile(r"(?<![^\W\d_])\d[\d.,]*(?!\w*\(|[^\W\d_]\w*\d)")
_STOP = frozenset(
    """a an the and or but if of at by for with about against between into through during before after to
    from in on off over under again then once here there all any both each few more most other some such no
    nor not only own same so than too very can will just should now is are was were be been being have has
    had having do does did doing would could ought i me my we our you your he him his she her it its they
    them their this that these those am as what which who whom whose when where why how many much tell
    please name say says said according article text document s t re ve d ll m us""".split()
)
_MONTHS = "january february march april may june july august september october november december"
_TIME_WORDS = frozenset(
    f"""{_MONTHS} monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow week
    weeks month months year years day days hour hours minute minutes morning afternoon evening night noon
    midnight spring summer autumn fall winter century decade earlier later ago before after daily weekly
    monthly annually quarterly christmas easter""".split()
)
_NUMBER_WORDS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds
    thousand thousands million millions billion billions trillion dozen dozens half third quarter twice once
    zero none single double couple several few many first second both daily weekly monthly yearly annually
    always never""".split()
)


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
    words = _WORD.findall(tidy)
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


def content_words(text: str) -> tuple[str, ...]:
    """Folded words that say what is meant, each once, in order.

    >>> content_words("Who built the Aberdeen Pavilion, and when was the pavilion built?")
    ('built', 'aberdeen', 'pavilion')
    """
    folded = (word.casefold() for word in _WORD.findall(text))
    return tuple(dict.fromkeys(word for word in folded if word not in _STOP))


def _without_courtesies(text: str) -> str:
    """The question behind its courtesies; all of it where nothing else is said.

    >>> _without_courtesies("Hi there! Do you know how many people work here?")
    'how many people work here?'
    """
    rest = text
    while match := _COURTESY.match(rest):
        rest = rest[match.end() :]
    return rest if _WORD.search(rest) else text


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
    for match in _WORD.finditer(text):
        word = match.group()
        folded = word.casefold()
        if any(c.isdigit() for c in word):
            names.append(folded)
        elif shouting or folded.partition("'")[0] in _STOP or not word[0].isupper():
            continue
        elif match.start() > 0 or sum(c.isupper() for c in word) > 1:
            names.append(folded)
    return tuple(dict.fromkeys(names))


def folded_words(text: str) -> list[str]:
    """A text's words, case folded, inner punctuation kept ("u.s", "10,000"); possessive s dropped."""
    return [re.sub(POSSESSIVE, "", word.casefold()) for word in _WORD.findall(text.replace("’", "'"))]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The Snowball English stem (Porter 2001) of a folded word; numbers lose their separators.

    >>> stem("demanded"), stem("recruitment"), stem("10,000")
    ('demand', 'recruit', '10000')
    """
    if any(c.isdigit() for c in word):
        return word.replace(",", "")
    found: str = _stemmer().stemWord(word)
    return found


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def same_stem(one: str, other: str) -> bool:
    """True for two inflections of a word: equal stems, or one a long beginning of the other.

    >>> same_stem("apologise", "apology"), same_stem("cat", "catalogue")
    (True, False)
    """
    a, b = stem(one), stem(other)
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    return (
        len(short) >= 5 and not short[-1].isdigit() and long.startswith(short) and len(long) - len(short) <= 3
    )


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
        unit, found = unit_asked(analysis.standalone), unit_of(answer, after)
        return (digits or not words.isdisjoint(_NUMBER_WORDS)) and (not unit or found in {unit, None})
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
        return digits or not words.isdisjoint(_MONTHS.split())
    if unit == "date":
        return digits
    return digits or not words.isdisjoint(_TIME_WORDS)


def _parts(words: list[str]) -> list[str]:
    return [part for word in words for part in word.split("-")]
