"""What a reader thought of an answer."""

from __future__ import annotations

from pydantic import Field

from rag.types import DEFAULT_COLLECTION
from rag.wire.base import In, Offset, Out, Version


class PlaceIn(In):
    """A place that an answer cited."""

    document_id: str = Field(max_length=500)
    version: str = Field(max_length=100)
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class FeedbackIn(In):
    """What a reader thought of one answer. The answer's id is enough, as long as the service remembers it."""

    answer_id: str = Field(pattern=r"^ans_[0-9a-f]{32}$", description="`id` of the answer")
    helpful: bool
    note: str = Field("", max_length=2_000, description="in the reader's words")
    collection: str = Field(
        DEFAULT_COLLECTION,
        max_length=200,
        description="of the answer; it may be left out, as the latest 2,000 answers since the service was "
        "started are remembered",
    )
    question: str = Field("", max_length=2_000, description="as `collection`")
    answer: str = Field("", max_length=20_000, description="as `collection`; its beginning is kept")
    citations: list[PlaceIn] = Field(default=[], max_length=50)


class PlaceOut(Out):
    """A place that an answer cited."""

    document_id: str
    version: Version
    start: Offset
    end: Offset


class FeedbackOut(Out):
    """What a reader thought of one answer."""

    answer_id: str
    helpful: bool
    note: str
    collection: str
    question: str
    answer: str
    citations: list[PlaceOut]
    at: str | None = Field(description="when it was stored, UTC; null where it just was")


class FeedbackList(Out):
    """The newest first."""

    feedback: list[FeedbackOut]
