"""The report of a sync, as data for the command line and the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from ingest.near_duplicates import NearDuplicates
from rag.ports.jobs import Job
from rag.types import Document

_MOST_LISTED = 1_000  # uris of each outcome in a stored report


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file or folder that could not be ingested, and the reason in one plain line.

    ``has_earlier_version``: the library has an earlier version of it, which still answers.
    ``is_whole``: it is about a source as a whole, of which nothing, or not all, could be read.
    """

    uri: str
    reason: str
    has_earlier_version: bool = False
    is_whole: bool = False

    def to_dict(self) -> dict[str, object]:
        return {"uri": self.uri, "reason": self.reason, "kept": self.has_earlier_version}


_NOTES = {
    "unread": "not read",
    "doubtful_pages": "pages recognised with doubt",
    "hidden": "hidden, and left out",
    "uncalculated": "formulas without a result",
}
"""What a document's metadata says of its reading, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What of a file's content is not in its document, in one plain line."""

    uri: str
    text: str


def notes_of(document: Document) -> tuple[Note, ...]:
    """The notes on a document that was read, from its metadata."""
    return tuple(
        Note(uri=document.uri, text=f"{words}: {document.metadata[name]}")
        for name, words in _NOTES.items()
        if name in document.metadata
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The progress of a sync with one path: files read and files written, of ``total`` to write.

    ``uri`` is that of the last file read; ``passages`` counts those written.
    """

    read: int
    written: int
    total: int
    uri: str
    passages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Uris by outcome. ``renamed`` pairs are (old uri, new uri).

    ``skipped`` files are in no supported format, or pictures in which no text is recognised, ``empty`` ones
    have no text and never had any, ``ignored`` files and folders are left out by patterns.
    ``notes`` are on documents written, whose files hold more than was read.
    ``near_duplicates`` are of the whole collection. ``passages`` counts those written; ``read_seconds`` is
    the time of reading and splitting, ``write_seconds`` that of embedding and storing.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[Note, ...] = ()
    near_duplicates: tuple[NearDuplicates, ...] = ()
    passages: int = 0
    read_seconds: float = 0.0
    write_seconds: float = 0.0

    def counts(self) -> dict[str, int]:
        """How many uris have each outcome."""
        names = (
            "added",
            "changed",
            "renamed",
            "removed",
            "unchanged",
            "skipped",
            "empty",
            "ignored",
            "failed",
        )
        return {name: len(getattr(self, name)) for name in names}

    def to_dict(self) -> dict[str, object]:
        """The stored form, as JSON values: all counts, and the first 1,000 uris of each other outcome than
        unchanged."""
        lists = ("added", "changed", "removed", "skipped", "empty", "ignored")
        return {
            "counts": self.counts(),
            **{name: list(getattr(self, name)[:_MOST_LISTED]) for name in lists},
            "renamed": [list(pair) for pair in self.renamed[:_MOST_LISTED]],
            "alike": [asdict(group) for group in self.near_duplicates[:_MOST_LISTED]],
            "notes": [asdict(note) for note in self.notes[:_MOST_LISTED]],
            "failed": [failure.to_dict() for failure in self.failed[:_MOST_LISTED]],
            "passages": self.passages,
            "read_seconds": round(self.read_seconds, 3),
            "write_seconds": round(self.write_seconds, 3),
        }

    @property
    def did_nothing(self) -> bool:
        """Whether no document was changed and no file failed."""
        counts = self.counts()
        return not any(counts[name] for name in ("added", "changed", "renamed", "removed", "failed"))

    @property
    def ok(self) -> bool:
        """Whether no file failed."""
        return not self.failed

    def __add__(self, other: Report) -> Report:
        """The report of two paths, one after the other."""
        return Report(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


def document_results(job: Job) -> list[dict[str, object]]:
    """The results of a job's documents: ``uri``, ``outcome``, ``document_id``, ``reason`` of each.

    The stored report of an upload has them as they are; that of a sync lists uris by outcome.
    """
    report: Mapping[str, Any] = job.report
    if "results" in report:
        return list(report["results"])
    outcomes = [
        (uri, outcome, None) for outcome in ("added", "changed", "removed") for uri in report.get(outcome, ())
    ]
    outcomes += [(new, "renamed", None) for _, new in report.get("renamed", ())]
    outcomes += [(failure["uri"], "failed", failure["reason"]) for failure in report.get("failed", ())]
    return [
        {"uri": uri, "outcome": outcome, "document_id": None, "reason": reason}
        for uri, outcome, reason in outcomes
    ]
