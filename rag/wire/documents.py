"""Wire models of documents and collections, received and sent."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from rag.types import DEFAULT_COLLECTION
from rag.wire.base import CollectionName, In, Metadata, Offset, Out, Uri, Version

MAX_TEXTS = 1_000  # of a request


class _Named(Out):
    """What a document is called, and which version of it this is."""

    id: str
    collection: str
    uri: str
    title: str
    media_type: str
    version: Version


class DocumentSummary(_Named):
    """A document in a listing, without its text."""

    characters: int = Field(description="length of its text in code points")
    passages: int
    updated_at: str


class DocumentList(Out):
    """Documents ordered by id."""

    documents: list[DocumentSummary]
    next: str | None = Field(description="where the listing goes on; null at its end")


class FormIn(In):
    """What is sent with files, as fields of a form; `files` counts them."""

    files: int = Field(ge=1)
    collection: CollectionName = DEFAULT_COLLECTION
    uri: Uri | None = None
    metadata: Metadata = Field(default={})


class TextIn(In):
    """A document by its text."""

    text: str = Field(min_length=1)
    uri: Uri | None = Field(None, description="null: `texts/` and the text's hash")
    title: str | None = Field(None, min_length=1, max_length=500, description="null: its first heading")
    media_type: Literal["text/plain", "text/markdown", "text/html"] = "text/plain"
    metadata: Metadata = Field(default={})


class TextsIn(In):
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
    documents: list[TextIn] = Field(min_length=1, max_length=MAX_TEXTS)


class CollectionOut(Out):
    """A set of documents, apart from all others."""

    name: str
    documents: int


class CollectionList(Out):
    """Collections by name."""

    collections: list[CollectionOut]


class SectionOut(Out):
    """The text under one heading."""

    start: Offset
    end: Offset
    path: list[str]


class PageOut(Out):
    """One page of a paged document, counted from 1."""

    start: Offset
    end: Offset
    number: int


class DocumentOut(_Named):
    """A stored document version, whole or in part: the text that citations point into.

    `sections` and `pages` are those that overlap the part, with offsets into the whole text.
    """

    characters: int = Field(ge=0, description="length of the whole text in code points")
    start: Offset = Field(description="where `text` begins in the whole text")
    text: str
    sections: list[SectionOut]
    pages: list[PageOut]
    metadata: dict[str, str]
