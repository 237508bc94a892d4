"""What a source of documents is: a listing of what it has now, and the bytes of each when they are needed.

A sync makes a collection equal to a source: it compares the listing's fingerprints with what is stored,
fetches only what is new or changed, and removes what is gone. A source keeps no record of what was ingested:
the catalog is that record, so that a source can be interrupted at any moment.

A source is added by writing these few methods and naming it in ``ingest.sources.opening``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

from ingest.plan import ListedFile
from ingest.report import Failure
from rag.errors import SaywhereError
from rag.ports.catalog import DocumentRecord


class SourceUnavailable(SaywhereError):
    """A source can't be listed: there is none, or it refuses. Nothing of it is changed.

    Or it has gone away meanwhile: what is left is for the next sync.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a source has, in the order of uris; ``files`` are to be documents.

    ``skipped`` are uris of files in no supported format or that lead out of the source; ``empty`` are uris of
    files without a character that isn't white space, if no document of the collection is from there;
    ``ignored`` are uris of files and folders that rules leave out; ``failures`` are files and folders that
    could not be read: the documents at or under their uris stay.

    ``complete``: all that the source has was seen, so that a document that isn't listed is gone. Where it is
    false only those of the uris ``gone`` are.
    """

    files: tuple[ListedFile, ...]
    skipped: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    complete: bool = True
    gone: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What was fetched of one file. ``name`` is its file name, whose extension tells the format, else
    ``media_type`` does. ``title`` replaces the document's own, ``metadata`` are added to it.

    All of it is covered by the file's fingerprint.
    """

    data: bytes
    name: str
    media_type: str | None = None
    title: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """The documents that the collection has from a source.

    Args:
        source_key: of a fingerprint and a uri, with how files are read (``Preparer.source_key``).
    """

    records: Sequence[DocumentRecord]
    source_key: Callable[[str, str], str]

    @property
    def uris(self) -> frozenset[str]:
        return frozenset(record.uri for record in self.records)

    def current(self, fingerprints: Mapping[str, str]) -> frozenset[str]:
        """The uris whose stored document was read from this very fingerprint, by today's rules.

        Args:
            fingerprints: of each uri.
        """
        return frozenset(
            record.uri
            for record in self.records
            if record.uri in fingerprints
            and self.source_key(fingerprints[record.uri], record.uri) == record.source_sha256
        )


class Source(Protocol):
    """One place that documents come from."""

    @property
    def name(self) -> str:
        """What its documents' records name as their source; the same in every run."""
        ...

    def records(self, records: Iterable[DocumentRecord]) -> list[DocumentRecord]:
        """Those of a collection's records that are from here."""
        ...

    def list(self, known: Known) -> Listing:
        """What is here now.

        Raises:
            SourceUnavailable: it can't be told.
            Cancelled: the work was asked to stop.
        """
        ...

    def fetch(self, file: ListedFile) -> Content:
        """The bytes of a file of the last listing, with which its fingerprint was made.

        Raises:
            UnreadableDocument: it is too large, or isn't what was listed any more.
            SourceUnavailable: the source has gone away; nothing more is fetched from it.
            OSError: it can't be read any more.
        """
        ...

    def close(self) -> None:
        """Frees what it holds: connections, temporary files."""
        ...
