"""Answers and abstentions, with the citations they rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rag.types.span import Span
from rag.types.trace import Step, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """An exact place: ``document.text[start:end] == quote`` in the stored version, always.

    ``version`` is the document's sha256 in hex. ``prefix`` and ``suffix`` are up to 32 code points
    around the quote (as the W3C TextQuoteSelector), to find it again after an edit. ``columns`` are the
    header cells of the table that the quote has a row of; empty where it has none. ``likeliest`` is the
    sentence of one of an abstention's nearest passages that comes closest to an answer; None elsewhere.
    """

    document_id: str
    version: str
    title: str
    uri: str
    start: int
    end: int
    quote: str
    prefix: str = ""
    suffix: str = ""
    section: tuple[str, ...] = ()
    page: int | None = None
    url: str | None = None
    columns: tuple[str, ...] = ()
    likeliest: Span | None = None

    def __post_init__(self) -> None:
        if not self.quote or self.end - self.start != len(self.quote):
            raise ValueError("a citation's quote is as long as its span, and not empty")

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class StatementRole(StrEnum):
    """What a statement is in an answer: a sentence, or part of a list, procedure or table."""

    SENTENCE = "sentence"
    HEADING = "heading"
    LEAD_IN = "lead_in"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One unit of an answer and the indices of the citations that support it.

    A row's text is "column: cell; column: cell"; an item's is without its marker.
    """

    text: str
    citations: tuple[int, ...]
    role: StatementRole = StatementRole.SENTENCE

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError("a statement without a citation cannot be made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Another value the documents give for the same question, with its own citation index."""

    text: str
    citations: tuple[int, ...]


class Reason(StrEnum):
    """Why no answer was given."""

    NOTHING_INDEXED = "nothing_indexed"
    NOTHING_RELEVANT = "nothing_relevant"
    NOT_ANSWERED_HERE = "not_answered_here"
    NOT_CONFIDENT = "not_confident"
    UNSUPPORTED = "unsupported"


class AnswerUnit(StrEnum):
    """In which unit a question is answered."""

    SHORT_ANSWER = "short_answer"
    YES_NO = "yes_no"
    SENTENCES = "sentences"
    LIST = "list"
    STEPS = "steps"
    ROWS = "rows"
    DEFINITION = "definition"
    SECTION = "section"


class Certainty(StrEnum):
    """How an answer is marked: ``likely`` is the best evidence, and a person should look at it."""

    SURE = "sure"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer with its citations. Can't be constructed without one.

    Attributes:
        text: a short answer, "Yes" or "No" where the unit is that; else the statements' texts.
        confidence: the calibrated probability that the cited evidence holds what was asked.
        short_answer_confidence: the calibrated probability that a short answer, yes or no is right; None
            where ``text`` is neither.
        item_count: items or rows that the document's list or table has, where statements show them; it is
            more than the statements of these roles where the list was cut.
        unanswered: the parts of a question of several parts for which no answer was found, in its words.
        is_drafted: whether the statements are an LLM's words, each checked against what it cites; else they
            are quotes.
        asked_as: the question as earlier turns completed it; None where it stands alone.
    """

    question: str
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    confidence: float
    unit: AnswerUnit = AnswerUnit.SHORT_ANSWER
    certainty: Certainty = Certainty.SURE
    short_answer_confidence: float | None = None
    item_count: int | None = None
    unanswered: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    is_drafted: bool = False
    asked_as: str | None = None
    trace: Trace = field(default_factory=Trace, compare=False)

    def __post_init__(self) -> None:
        if not self.citations or not self.statements:
            raise ValueError("an answer without a citation cannot be made")
        used = [i for s in self.statements for i in s.citations]
        used += [i for c in self.conflicts for i in c.citations]
        if any(not 0 <= i < len(self.citations) for i in used):
            raise ValueError("a statement cites a citation that is not there")


class TalkKind(StrEnum):
    """What a line is that asks nothing of the documents."""

    GREETING = "greeting"
    WELLBEING = "wellbeing"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ACKNOWLEDGEMENT = "acknowledgement"
    IDENTITY = "identity"
    MAKER = "maker"
    ABILITY = "ability"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDocument:
    """A document in a list of them; ``version`` is its sha256 in hex."""

    document_id: str
    version: str
    title: str
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedReply:
    """The reply to small talk, or to a question about the service. It says nothing of what documents say.

    Attributes:
        language: of the text, a BCP 47 tag.
        documents: where they were asked for, the first of them; ``document_count`` is how many there are.
    """

    kind: TalkKind
    text: str
    language: str
    documents: tuple[ListedDocument, ...] = ()
    document_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstention:
    """No answer, and why; ``nearest`` are citations of the passages nearest to the question.

    Attributes:
        nearest: at most five, none that is far from the question; each has its ``likeliest`` sentence.
        reply: what to say instead, where nothing was asked of the documents; there is nothing nearest then.
        asked_as: as in ``Answer``.
    """

    question: str
    reason: Reason
    confidence: float
    nearest: tuple[Citation, ...] = ()
    reply: CannedReply | None = None
    asked_as: str | None = None
    trace: Trace = field(default_factory=Trace, compare=False)

    def __post_init__(self) -> None:
        if self.reply is not None and self.nearest:
            raise ValueError("a canned reply has no quotes beside it")


Outcome = Answer | Abstention


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedStatement:
    """A statement of a draft, verified while the LLM still writes; ``citations`` are its own, in its order.

    It is of no answer yet: if the draft fails later, the answer is made without it.
    """

    statement: Statement
    citations: tuple[Citation, ...]


Progress = Step | DraftedStatement
"""What is told of a question while it is answered."""
