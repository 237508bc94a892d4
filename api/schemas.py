"""What travels over HTTP: the wire models, each field explained for the OpenAPI page.

Values only; ``api/wire.py`` turns the core's types into these and back.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.jobs import JobKind, JobState
from rag.types import DEFAULT_COLLECTION, Reason

Offset = Annotated[int, Field(ge=0, description="code points into the document's text")]
Version = Annotated[str, Field(description="the document version, as `sha256:` and hex of its text")]
Probability = Annotated[float, Field(ge=0, le=1)]


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True)


class _In(BaseModel):
    # A misspelt field is an error, not a setting silently left at its default.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TurnIn(_In):
    """One earlier question of the conversation, and the answer it got."""

    question: str
    answer: str = ""


class AskIn(_In):
    """A question, where to look for the answer, and what was said before."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "Who demanded an apology?", "trace": False}]}
    )

    question: str = Field(description="in plain language")
    collection: str = Field(DEFAULT_COLLECTION, description="which collection of documents to ask")
    history: list[TurnIn] = Field(
        default=[],
        max_length=50,
        description="earlier turns, oldest first; the last one completes a question such as 'and when?'",
    )
    filters: dict[str, str] = Field(
        default={}, max_length=20, description="metadata that a document must have, exactly"
    )
    trace: bool = Field(False, description="tell what each step did and how long it took")
    stream: bool = Field(False, description="answer by server-sent events")


class CitationOut(_Out):
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


class StatementOut(_Out):
    """One sentence of an answer; `citations` are indices into the answer's citations."""

    text: str
    citations: list[int]


class AbstentionOut(_Out):
    """Why there is no answer, and the nearest passages."""

    reason: Reason
    nearest: list[CitationOut]


class StepOut(_Out):
    """What one step did."""

    name: str
    ms: float
    detail: dict[str, object]


class TraceOut(_Out):
    """How the answer came about."""

    timings_ms: dict[str, float]
    retrieved: int = Field(description="how many passages were found")
    models: dict[str, str] = Field(description="fingerprints of the models in use")
    index: str | None = Field(description="fingerprint of the index")
    steps: list[StepOut]


class AnswerOut(_Out):
    """An answer with its citations, or an abstention with its reason. Both are a 200."""

    id: str = Field(description="names this answer")
    question: str
    answered: bool
    confidence: Probability = Field(description="calibrated probability that the best candidate is right")
    answer: str | None = Field(description="null when `answered` is false")
    statements: list[StatementOut]
    citations: list[CitationOut]
    conflicts: list[StatementOut] = Field(description="other values that the documents give")
    abstention: AbstentionOut | None = Field(description="null when `answered` is true")
    trace: TraceOut | None = Field(description="null unless asked for")


class RetrievedEvent(_Out):
    """Passages were found and are read now."""

    passages: int


class AnswerEvent(_Out):
    """There is an answer; its statements follow."""

    id: str
    question: str
    confidence: Probability
    answer: str


class StatementEvent(_Out):
    """One statement; `cited` holds what its `citations` number, in that order."""

    text: str
    citations: list[int]
    cited: list[CitationOut]


class AbstainedEvent(_Out):
    """There is no answer, and why."""

    id: str
    question: str
    confidence: Probability
    abstention: AbstentionOut


class PlaceIn(_In):
    """A place that an answer cited."""

    document_id: str = Field(max_length=2_000)
    version: str = Field(max_length=100)
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class FeedbackIn(_In):
    """What a reader thought of one answer."""

    answer_id: str = Field(pattern=r"^ans_[0-9a-f]{32}$", description="`id` of the answer")
    helpful: bool
    note: str = Field("", max_length=2_000, description="in the reader's words")
    collection: str = Field(DEFAULT_COLLECTION, max_length=200)
    question: str = Field(max_length=2_000)
    answer: str = Field("", max_length=20_000, description="empty: there was none")
    citations: list[PlaceIn] = Field(default=[], max_length=50)


class PlaceOut(_Out):
    """A place that an answer cited."""

    document_id: str
    version: Version
    start: Offset
    end: Offset


class FeedbackOut(_Out):
    """What a reader thought of one answer."""

    answer_id: str
    helpful: bool
    note: str
    collection: str
    question: str
    answer: str
    citations: list[PlaceOut]
    at: str | None = Field(description="when it was stored, UTC; null where it just was")


class FeedbackList(_Out):
    """The newest first."""

    feedback: list[FeedbackOut]


class SuggestionsOut(_Out):
    """Questions to start with."""

    collection: str
    suggestions: list[str]


class TokenIn(_In):
    """A page's public key."""

    key: str = Field(max_length=200)


class TokenOut(_Out):
    """A token for pages of the origin that asked: `Authorization: Bearer …`."""

    token: str
    seconds: int = Field(description="how long it holds")


class ScoresOut(_Out):
    """Why a passage is where it is; null: that retriever did not return it."""

    fused: float
    dense: float | None
    lexical: float | None


class PassageOut(_Out):
    """A passage that may hold the answer: a citation of all of it, with its scores."""

    citation: CitationOut
    scores: ScoresOut


class SearchOut(_Out):
    """Passages, best first."""

    query: str
    collection: str
    results: list[PassageOut]


class DocumentSummary(_Out):
    """A document in a listing, without its text."""

    id: str
    collection: str
    uri: str
    title: str
    media_type: str
    version: Version
    characters: int = Field(description="length of its text in code points")
    passages: int
    updated_at: str


class DocumentList(_Out):
    """Documents ordered by id."""

    documents: list[DocumentSummary]
    next: str | None = Field(description="where the listing goes on; null at its end")


CollectionName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[^\x00-\x1f\x7f/]+$",
        description="which collection; made by its first document",
    ),
]
Uri = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="names the document, and where it is from; the same again replaces it",
    ),
]
Metadata = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=100)],
        Annotated[str, Field(max_length=1_000)],
    ],
    Field(max_length=20, description="for filters in `ask`, `search` and listings"),
]


class FormIn(_In):
    """What is sent with files, as fields of a form; `files` counts them."""

    files: int = Field(ge=1)
    collection: CollectionName = DEFAULT_COLLECTION
    uri: Uri | None = None
    metadata: Metadata = {}


class TextIn(_In):
    """A document by its text."""

    text: str = Field(min_length=1)
    uri: Uri | None = Field(None, description="null: `texts/` and the text's hash")
    title: str | None = Field(None, min_length=1, max_length=500, description="null: its first heading")
    media_type: Literal["text/plain", "text/markdown", "text/html"] = "text/plain"
    metadata: Metadata = {}


class TextsIn(_In):
    """Documents by their texts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "documents": [
                        {
                            "text": "# Travel\n\nTrains are booked by the office.",
                            "uri": "https://wiki.example.com/travel",
                            "media_type": "text/markdown",
                            "metadata": {"team": "office"},
                        }
                    ]
                }
            ]
        }
    )

    collection: CollectionName = DEFAULT_COLLECTION
    documents: list[TextIn] = Field(min_length=1, max_length=1_000)


class ResultOut(_Out):
    """What became of one document."""

    uri: str
    outcome: Literal["added", "changed", "renamed", "removed", "unchanged", "failed"]
    document_id: str | None = Field(description="null where it failed, and for runs of the command line")
    reason: str | None = Field(description="why it failed; null where it didn't")


class JobOut(_Out):
    """An ingestion: queued, under way, or over."""

    id: str
    kind: JobKind
    state: JobState
    collection: str
    created_at: str
    started_at: str | None
    ended_at: str | None
    total: int = Field(description="documents that were sent")
    done: int = Field(description="of them, those that are through")
    counts: dict[str, int] = Field(description="documents by what became of them")
    results: list[ResultOut] = Field(description="of each document, so far; left out of listings")
    error: str | None = Field(description="why the job as a whole failed")


class JobList(_Out):
    """Jobs, newest first."""

    jobs: list[JobOut]


class CollectionOut(_Out):
    """A set of documents, apart from all others."""

    name: str
    documents: int


class CollectionList(_Out):
    """Collections by name."""

    collections: list[CollectionOut]


class SectionOut(_Out):
    """The text under one heading."""

    start: Offset
    end: Offset
    path: list[str]


class PageOut(_Out):
    """One page of a paged document, counted from 1."""

    start: Offset
    end: Offset
    number: int


class DocumentOut(_Out):
    """A stored document version: the text that citations point into."""

    id: str
    collection: str
    uri: str
    title: str
    media_type: str
    version: Version
    text: str
    sections: list[SectionOut]
    pages: list[PageOut]
    metadata: dict[str, str]


class Health(_Out):
    """The process lives."""

    status: str = "ok"


class Readiness(_Out):
    """The service can answer."""

    status: str = "ready"
    documents: int = Field(description="how many documents are committed")


class Fault(_Out):
    """One thing wrong with a request: where, and what. `pointer` is an RFC 6901 fragment."""

    pointer: str | None = None
    parameter: str | None = None
    detail: str


class Problem(_Out):
    """An error as RFC 9457 has it."""

    type: str = Field(description="names the kind of problem; opens its explanation")
    title: str
    status: int
    detail: str | None = None
    instance: str | None = Field(None, description="the path that was asked for")
    request_id: str = Field(description="as in the X-Request-Id header; look for it in the server's log")
    errors: list[Fault] | None = Field(None, description="which parts of the request are wrong")
