"""Wire models of documents and collections, received and sent."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from rag.types import DEFAULT_COLLECTION, BlockKind
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


class BlockOut(Out):
    """A heading, paragraph, list item, row or the like of the text; a row's cells are divided by ` | `."""

    start: Offset
    end: Offset
    kind: BlockKind


class OriginalOut(Out):
    """The file that the document was read from."""

    name: str
    media_type: str
    size: int = Field(ge=0, description="in bytes")
    url: str = Field(description="where it can be downloaded")
    has_pages: bool = Field(
        description="whether its pages can be shown (a PDF, a picture): `/v1/page-images`"
    )


class BoxOut(Out):
    """A rectangle, as shares (0 to 1) of the page's width and height from its left and top."""

    left: float
    top: float
    width: float
    height: float


class PageMarksOut(Out):
    """Where a quote stands on one page of the file; no boxes where it isn't found on it."""

    number: int
    boxes: list[BoxOut]


class PageMarksList(Out):
    """The pages that a quote stands on, at most five."""

    pages: list[PageMarksOut]


class DocumentOut(_Named):
    """A stored document version, whole or in part: the text that citations point into.

    `sections`, `pages` and `blocks` are those that overlap the part, with offsets into the whole text.
    """

    characters: int = Field(ge=0, description="length of the whole text in code points")
    start: Offset = Field(description="where `text` begins in the whole text")
    text: str
    sections: list[SectionOut]
    pages: list[PageOut]
    blocks: list[BlockOut] = Field(default_factory=list)
    original: OriginalOut | None = Field(None, description="null: the file isn't kept")
    metadata: dict[str, str]
