"""The exceptions that Saywhere raises on purpose, as one tree.

Each message is one plain line that a user can act on. The HTTP API maps classes to status codes in one
table, the command line to exit codes in another.
"""

from __future__ import annotations

from enum import StrEnum


class SaywhereError(Exception):
    """Base class of the exceptions that Saywhere raises on purpose."""


class InvalidQuestion(SaywhereError):
    """The question is empty, too long, or not text."""


class InvalidText(SaywhereError):
    """The text to check, or what it is checked against, is empty or too long."""


class InvalidSettings(SaywhereError):
    """A setting can't be used; the message names it."""


class UnknownDocument(SaywhereError):
    """No committed document has this id, or not in this version."""


class NoOriginal(SaywhereError):
    """The file that the document was read from isn't kept, or can't be shown in this way."""


class UnknownCollection(SaywhereError):
    """No collection has this name."""


class UnknownKey(SaywhereError):
    """No key has this id."""


class UnknownJob(SaywhereError):
    """No ingest job has this id; old jobs are deleted."""


class JobOver(SaywhereError):
    """The job is over, or not one that can be cancelled."""


class UnreadableDocument(SaywhereError):
    """A source can't be parsed as a document: it is empty, damaged, wrongly encoded or unsupported."""


class UnsupportedFormat(UnreadableDocument):
    """A source is in no format that can be read."""


class NoTextRecognised(UnreadableDocument):
    """A source is a picture in which no text is recognised."""


class DocumentTooLarge(UnreadableDocument):
    """A source is over a size limit."""


class UnsupportedBody(SaywhereError):
    """The body of an upload request has an unsupported form."""


class StorageError(SaywhereError):
    """The data folder, or the database, can't be read or written."""


class StorageFull(StorageError):
    """No disk space is left; committed documents are not affected."""


class DamagedFile(StorageError):
    """A database file isn't what was written."""


class DamagedDocument(StorageError):
    """What is stored of a document isn't what was written: it has to be removed and ingested again."""


class NoDataFolder(StorageError):
    """There is no data folder at the path, or none of the tables in the database."""


class DataFolderLocked(StorageError):
    """Another process owns the data folder.

    Attributes:
        url: where that process serves; None where it doesn't, or that can't be told for sure.
    """

    def __init__(self, message: str, *, url: str | None = None) -> None:
        super().__init__(message)
        self.url = url


class IndexMismatch(StorageError):
    """The indexes were made with another embedder, or other rules for index rows, than those in use."""


class IndexUnavailable(StorageError):
    """The dense or lexical index, or the database, can't be reached, or the index is damaged."""


class ModelError(SaywhereError):
    """A model file is missing or damaged, or has another sha256 than it should."""


class LlmFailure(StrEnum):
    """Why an LLM gave nothing that can be used."""

    TIME_OUT = "time_out"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    MALFORMED = "malformed"
    CUT_OFF = "cut_off"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    PAUSED = "paused"


class LlmError(SaywhereError):
    """An LLM gave nothing that can be used.

    Attributes:
        reason: ``REJECTED`` where the endpoint doesn't take the request (wrong model, key or address),
            ``PAUSED`` where it wasn't asked, because it failed just before.
        retry_after: seconds after which the endpoint wants to be asked again; None where it says nothing.
    """

    def __init__(self, reason: LlmFailure, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after


class DeadlineExceeded(SaywhereError):
    """A question took longer than its time limit."""


class Busy(SaywhereError):
    """Too many questions at the same time; a later attempt may succeed."""
