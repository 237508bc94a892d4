"""What the team's page needs beside documents, jobs and gaps."""

from __future__ import annotations

from pydantic import Field

from rag.types import DEFAULT_COLLECTION
from rag.wire.asking import AnswerOut
from rag.wire.base import In, Out


class LimitsOut(Out):
    """What an upload may have."""

    document_bytes: int
    upload_bytes: int
    upload_files: int


class StatusOut(Out):
    """The state of the service and of its indexes."""

    version: str
    ready: bool
    writable: bool = Field(description="whether documents are taken over HTTP")
    documents: int
    collections: int
    generation: int = Field(description="writes of documents so far")
    models: dict[str, str] = Field(description="fingerprints")
    index: str | None = Field(description="names the embedder and the rules that the indexes are made with")
    indexes: dict[str, str] = Field(description="`ready`, `filling`, or why one is broken, by its name")
    notes: list[str] = Field(description="what was found damaged at the start, and what was done about it")
    question_log: bool = Field(description="whether questions are logged")
    sources: list[str] = Field(
        description="sources on a schedule, with their last sync and the next, in words"
    )
    limits: LimitsOut


class ExplainIn(In):
    """A question, and a passage that should have answered it."""

    question: str = Field(min_length=1, max_length=20_000)
    collection: str = Field(DEFAULT_COLLECTION, max_length=200)
    expected: str | None = Field(
        None,
        min_length=1,
        max_length=20_000,
        description="a text that should have answered, or a document's id, title or file name",
    )


class LossOut(Out):
    """How far an expected passage came."""

    stage: str = Field(
        description="where it was lost: `ingest`, `retrieve`, `unread`, `rank`, `read`, `trust`, `cut` or "
        "`cite`; empty where the answer is from it"
    )
    lines: list[str] = Field(description="each stage that it came to, in words")


class ExplanationOut(Out):
    """How an answer came about."""

    answer: AnswerOut
    stages: list[str] = Field(description="each stage with its scores, in words")
    expected: LossOut | None
