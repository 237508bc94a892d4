"""Settings that bound what is taken and kept: questions, uploads, documents and their files, feedback."""

from __future__ import annotations

import os

from pydantic import BaseModel, Field

from rag.settings.values import FROZEN


class LimitSettings(BaseModel):
    """Bounds on questions, uploads and documents. What exceeds one is refused with an error that names it."""

    model_config = FROZEN
    question_characters: int = Field(2_000, ge=1, description="Maximum number of characters in a question.")
    checked_characters: int = Field(
        20_000, ge=1, description="Maximum number of characters in a text whose grounding is checked."
    )
    body_bytes: int = Field(
        1_000_000,
        ge=1,
        description="Maximum size of an HTTP request's body in bytes, uploads of documents excepted.",
    )
    document_bytes: int = Field(25_000_000, ge=1, description="Maximum size of a document's file in bytes.")
    unpacked_bytes: int = Field(
        250_000_000, ge=1, description="Maximum size in bytes of what an archive or Office file unpacks to."
    )
    pages: int = Field(
        5_000, ge=1, description="Maximum number of pages, slides, sheets or chapters in a document."
    )
    blocks: int = Field(
        200_000,
        ge=1,
        description="Maximum number of headings, paragraphs, list items and table rows in a document.",
    )
    sentences: int = Field(
        200_000, ge=1, description="Maximum number of sentences in a document; a table's row counts as one."
    )
    parse_seconds: float = Field(
        120.0, gt=0, description="Maximum time for reading and splitting one file, in seconds."
    )
    parse_memory_bytes: int = Field(
        2_000_000_000,
        ge=300_000_000,
        description="Maximum memory of the process that reads and splits a file, in bytes.",
    )
    upload_bytes: int = Field(
        100_000_000,
        ge=1,
        description="Maximum size of an upload request in bytes, all its documents together.",
    )
    upload_files: int = Field(1_000, ge=1, description="Maximum number of documents in an upload request.")
    jobs_waiting: int = Field(100, ge=1, description="Maximum number of queued upload jobs.")
    seconds: float = Field(
        30.0, gt=0, description="Maximum time for one question in seconds, waiting included."
    )
    connections: int = Field(
        512,
        ge=1,
        description="Maximum number of open connections; beyond it the one that has been idle longest is "
        "closed.",
    )
    header_seconds: float = Field(
        10.0, gt=0, description="Maximum time for a request's line and headers to arrive, in seconds."
    )
    body_seconds: float = Field(
        30.0,
        gt=0,
        description="Maximum time for a request's body to arrive in seconds, and a second more for every "
        "10,000 bytes.",
    )
    write_seconds: float = Field(
        30.0, gt=0, description="Time after which a client that reads nothing of a response is cut off."
    )
    concurrent: int = Field(
        default_factory=lambda: max(2, os.cpu_count() or 2),
        ge=1,
        description="Maximum number of questions worked on at the same time.",
    )
    waiting: int = Field(
        2,
        ge=0,
        description="Maximum number of further questions that wait for their turn; others are refused at "
        "once (503, Retry-After).",
    )


class OcrSettings(BaseModel):
    """Recognition of the text of scanned pages, by Tesseract where it is installed."""

    model_config = FROZEN
    enabled: bool = Field(
        True,
        description="Whether the text of scanned pages is recognised. Off, or without Tesseract: such pages "
        "are reported as unread.",
    )
    languages: str = Field(
        "eng",
        pattern=r"^[A-Za-z0-9_]+(\+[A-Za-z0-9_]+)*$",
        description="Languages of scanned pages as Tesseract names them, the most usual first, such as "
        "eng+deu; each has to be installed (Debian: tesseract-ocr-deu).",
    )
    page_seconds: float = Field(
        60.0, gt=0, description="Maximum time for recognising one scanned page, in seconds."
    )
    seconds: float = Field(
        600.0,
        ge=0,
        description="Maximum time for recognising all scanned pages of a file in seconds, on top of the time "
        "for reading it; pages beyond it are reported as unread.",
    )


class OriginalSettings(BaseModel):
    """The files that documents were read from: whether and how many of them are kept, for readers to open."""

    model_config = FROZEN
    keep: bool = Field(
        True,
        description="Whether the file that a document is read from is kept in the data folder, so that "
        "readers can open or download it, and see a PDF's page with the quote marked. Off: none is kept, and "
        "those kept earlier are removed at the next start.",
    )
    total_bytes: int = Field(
        10_000_000_000,
        ge=1,
        description="Maximum size in bytes of all kept files together; a document whose file would exceed it "
        "is taken in without it.",
    )
    render_seconds: float = Field(
        10.0, gt=0, description="Maximum time for drawing a page or finding a quote on it, in seconds."
    )


class FeedbackSettings(BaseModel):
    """Readers' feedback: how much is taken, and how long it is kept."""

    model_config = FROZEN
    per_minute: int = Field(20, ge=1, description="Maximum number of entries a minute from one address.")
    entries: int = Field(
        10_000, ge=1, description="Maximum number of entries kept; the oldest are deleted first."
    )
    days: int = Field(365, ge=1, description="Number of days after which an entry is deleted.")


class QuestionLogSettings(BaseModel):
    """Questions asked over HTTP, to find what the documents don't answer. No address is kept."""

    model_config = FROZEN
    enabled: bool = Field(
        False,
        description="Whether questions are logged with their outcome, confidence, passages and thumbs.",
    )
    days: int = Field(90, ge=1, description="Number of days after which an entry is deleted.")
    entries: int = Field(
        10_000, ge=1, description="Maximum number of entries kept; the oldest are deleted first."
    )
