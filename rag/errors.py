"""The tree of exceptions that Saywhere raises on purpose.

Each message is one plain line that a user can act on. Faces map classes to status codes and exit
codes in one table each; nothing else does.
"""

from __future__ import annotations


class SaywhereError(Exception):
    """Root of everything raised on purpose."""


class InvalidQuestion(SaywhereError):
    """A question that can't be asked: empty, too long, or not text."""


class InvalidSettings(SaywhereError):
    """A setting that can't be used; the message names it."""


class UnknownDocument(SaywhereError):
    """No committed document has this id (or this id in this version)."""


class UnknownCollection(SaywhereError):
    """No collection has this name."""


class UnknownJob(SaywhereError):
    """No ingest job has this id (any more)."""


class UnreadableDocument(SaywhereError):
    """A source that can't be turned into a document: empty, binary, wrongly encoded, unsupported."""


class DocumentTooLarge(UnreadableDocument):
    """A source over the size limit."""


class UnsupportedBody(SaywhereError):
    """Documents were sent in a form that isn't taken."""


class StorageError(SaywhereError):
    """The data folder can't be read or written."""


class StorageFull(StorageError):
    """No space is left; what was committed before stands."""


class DataFolderLocked(StorageError):
    """Another process owns the data folder."""


class IndexMismatch(StorageError):
    """The index was made by another embedder or splitter than the one in use."""


class IndexUnavailable(StorageError):
    """The vector or term index can't be reached or is being rebuilt."""


class ModelError(SaywhereError):
    """A model file is missing, corrupt, or not what its sha256 says."""


class DeadlineExceeded(SaywhereError):
    """A question took longer than it may."""


class Busy(SaywhereError):
    """More questions at once than the service takes; try again."""
