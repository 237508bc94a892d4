"""Wire models of a question and its answer, whole or as events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from rag.types import DEFAULT_COLLECTION, AnswerUnit, Certainty, Reason, StatementRole
from rag.wire.base import In, Offset, Out, Probability, Version
from rag.wire.replies import CannedReplyOut

Confidence = Annotated[
    Probability, Field(description="calibrated probability that the best evidence holds what was asked")
]
ShortAnswerConfidence = Annotated[
    Probability | None,
    Field(
        description="calibrated probability that a short answer, yes or no is right; null where `answer` is "
        "neither"
    ),
]
ItemCount = Annotated[
    int | None,
    Field(
        ge=0,
        description="items or rows of the document's list or table; more than the statements of these roles "
        "where it was cut, null where there is none",
    ),
]
Unanswered = Annotated[
    list[str], Field(description="parts of the question that nothing was found for, in its words")
]
Drafted = Annotated[
    bool,
    Field(
        description="whether the statements are an LLM's words, each checked against the quotes that it "
        "cites; else they are quotes"
    ),
]
AskedAs = Annotated[
    str | None,
    Field(
        description="the question as earlier turns completed it, to be shown to the reader; null where it "
        "stands alone"
    ),
]
Reply = Annotated[
    CannedReplyOut | None,
    Field(
        description="what to show in place of `abstention`, where nothing was asked of the documents: a "
        "greeting, thanks, or a question about the service"
    ),
]
Role = Annotated[
    StatementRole,
    Field(description='what it is in the answer; the text of a `row` is "column: cell; column: cell"'),
]


class TurnIn(In):
    """One earlier question of the conversation, and the answer it got."""

    question: str
    answer: str = ""


class TextPartIn(BaseModel):
    """A part of a message that is text."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: Literal["text", "input_text", "output_text"]
    text: str


class MessageIn(BaseModel):
    """An earlier message in OpenAI's form; other fields of it are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Literal["user", "assistant", "system", "developer"]
    content: str | list[TextPartIn] | None = None

    @property
    def text(self) -> str:
        """Its text parts, a line each."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


def _as_turns(history: object) -> object:
    """A history of messages as turns: a user's message and the assistant's behind it. Others as they are.

    A system's message has no effect, as an answer is made of quotes.
    """
    is_message = (
        [isinstance(item, dict) and "role" in item for item in history] if isinstance(history, list) else []
    )
    if not any(is_message):
        return history
    if not all(is_message):
        raise ValueError("either turns (question, answer) or messages (role, content), not both")
    assert isinstance(history, list)  # noqa: S101 (it has items)
    turns: list[dict[str, str]] = []
    is_open = False  # whether the last turn waits for its answer
    for number, item in enumerate(history):
        try:
            message = MessageIn.model_validate(item)
        except ValidationError as error:
            fault = error.errors()[0]
            raise ValueError(f"message {number}: {fault['loc'][0]}: {fault['msg']}") from None
        if message.role == "user":
            turns.append({"question": message.text})
            is_open = True
        elif message.role == "assistant" and is_open:
            turns[-1]["answer"] = message.text
            is_open = False
    return turns


class AskIn(In):
    """A question, where to look for the answer, and what was said before."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "Who demanded an apology?", "trace": False}]}
    )

    question: str = Field(description="in plain language")
    collection: str = Field(DEFAULT_COLLECTION, description="which collection of documents to ask")
    history: Annotated[list[TurnIn], BeforeValidator(_as_turns)] = Field(
        default=[],
        max_length=50,
        description="earlier turns, oldest first; the last one completes a question such as 'and when?'. "
        "OpenAI's messages (`role`, `content`) are taken too",
    )
    filters: dict[str, str] = Field(
        default={}, max_length=20, description="metadata that a document must have, exactly"
    )
    trace: bool = Field(False, description="tell what each step did and how long it took")
    stream: bool = Field(False, description="answer by server-sent events")


class SpanOut(Out):
    """A stretch of a document's text."""

    start: Offset
    end: Offset


class CitationOut(Out):
    """An exact place: `text[start:end]` of that document version equals `quote`."""

    document_id: str
    version: Version
    title: str
    uri: str
    start: Offset
    end: Offset
    quote: str
    prefix: str = Field(description="what stands before the quote, to find it again after an edit")
    suffix: str = Field(description="what stands after it")
    page: int | None = Field(description="counted from 1; null where the document has no pages")
    section: list[str] = Field(description="headings above the quote, outermost first")
    url: str = Field(
        description="a page of this service that marks the quote, or says that the document has changed since"
    )
    text_fragment: str = Field(description="append to the source's own address to scroll to the quote")
    columns: list[str] = Field(
        default=[], description="header cells of the table that the quote has a row of; empty: of none"
    )
    likeliest: SpanOut | None = Field(
        None,
        description="of a nearest passage: where its sentence is that comes closest to an answer",
    )


class StatementOut(Out):
    """One part of an answer; `citations` are indices into the answer's citations."""

    text: str
    citations: list[int]
    role: Role = StatementRole.SENTENCE


class ConflictOut(Out):
    """Another value that the documents give; `citations` are indices into the answer's citations."""

    text: str
    citations: list[int]


class AbstentionOut(Out):
    """Why there is no answer, and the nearest passages."""

    reason: Reason
    nearest: list[CitationOut] = Field(
        description="whole paragraphs, nearest first; at most five, none that is far from the question"
    )


class StepOut(Out):
    """What one step did."""

    name: str
    ms: float
    detail: dict[str, object]


class TraceOut(Out):
    """How the answer came about."""

    timings_ms: dict[str, float]
    retrieved: int = Field(description="how many passages were found")
    models: dict[str, str] = Field(description="fingerprints of the models in use")
    index: str | None = Field(description="fingerprint of the index")
    steps: list[StepOut]


class AnswerOut(Out):
    """An answer with its citations, or an abstention with its reason. Both are a 200.

    Small talk is an abstention with a `reply`, for clients that know it, and without passages.
    """

    id: str = Field(description="names this answer")
    question: str
    answered: bool
    unit: AnswerUnit | None = Field(
        None, description="in which unit the question is answered; null when `answered` is false"
    )
    certainty: Certainty | None = Field(
        None,
        description="`likely`: the best evidence, which a person should check; null when `answered` is false",
    )
    confidence: Confidence
    short_answer_confidence: ShortAnswerConfidence = None
    answer: str | None = Field(
        description="a short answer, Yes or No where `unit` is that, else the statements' texts; null when "
        "`answered` is false"
    )
    statements: list[StatementOut]
    item_count: ItemCount = None
    unanswered: Unanswered = Field(default=[])
    drafted: Drafted = False
    citations: list[CitationOut]
    conflicts: list[ConflictOut] = Field(description="other values that the documents give")
    abstention: AbstentionOut | None = Field(description="null when `answered` is true")
    reply: Reply = None
    asked_as: AskedAs = None
    trace: TraceOut | None = Field(description="null unless asked for")


class RetrievedEvent(Out):
    """Passages were found and are read now."""

    passages: int


class AnswerEvent(Out):
    """There is an answer; its statements follow."""

    id: str
    question: str
    unit: AnswerUnit
    certainty: Certainty
    confidence: Confidence
    short_answer_confidence: ShortAnswerConfidence
    answer: str
    item_count: ItemCount
    unanswered: Unanswered
    drafted: Drafted = False
    asked_as: AskedAs = None


class StatementEvent(Out):
    """One statement, of the answer or drafted; `cited` holds what its `citations` number, in that order."""

    text: str
    citations: list[int]
    role: Role
    cited: list[CitationOut]


class AbstainedEvent(Out):
    """There is no answer, and why."""

    id: str
    question: str
    confidence: Confidence
    abstention: AbstentionOut
    reply: Reply = None
    asked_as: AskedAs = None
