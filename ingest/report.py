"""What a sync did, as data: the command line and the service show it each in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from ingest.near_duplicates import Alike
from rag.ports.jobs import Job

LISTED = 1_000  # names of a kind that a kept report lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file or folder that could not be taken in, and one plain line why.

    ``kept``: an earlier version of it is in the library and still answers.
    """

    uri: str
    reason: str
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a sync is with one path: files read and files written, of ``total`` to write.

    ``passages`` counts those written.
    """

    read: int
    written: int
    total: int
    uri: str
    passages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Uris by what became of them. ``renamed`` pairs are (old uri, new uri).

    ``skipped`` files are in no supported format, ``ignored`` files and folders are left out by
    patterns. ``alike`` are groups of near-duplicates in the whole collection. ``passages`` counts those
    written;
    ``read_seconds`` went into reading and splitting, ``write_seconds`` into embedding and storing.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    alike: tuple[Alike, ...] = ()
    passages: int = 0
    read_seconds: float = 0.0
    write_seconds: float = 0.0

    def counts(self) -> dict[str, int]:
        """How many of each."""
        names = ("added", "changed", "renamed", "removed", "unchanged", "skipped", "ignored", "failed")
        return {name: len(getattr(self, name)) for name in names}

    def told(self) -> dict[str, object]:
        """For keeping, as JSON has it: counts of all, and the first ``LISTED`` of what isn't unchanged."""
        lists = ("added", "changed", "removed", "skipped", "ignored")
        return {
            "counts": self.counts(),
            **{name: list(getattr(self, name)[:LISTED]) for name in lists},
            "renamed": [list(pair) for pair in self.renamed[:LISTED]],
            "alike": [asdict(group) for group in self.alike[:LISTED]],
            "failed": [asdict(failure) for failure in self.failed[:LISTED]],
            "passages": self.passages,
            "read_seconds": round(self.read_seconds, 3),
            "write_seconds": round(self.write_seconds, 3),
        }

    @property
    def did_nothing(self) -> bool:
        """Whether all was as it should be already."""
        counts = self.counts()
        return not any(counts[name] for name in ("added", "changed", "renamed", "removed", "failed"))

    @property
    def ok(self) -> bool:
        return not self.failed

    def __add__(self, other: Report) -> Report:
        """The report of two paths, one after the other."""
        return Report(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


def results_of(job: Job) -> list[dict[str, object]]:
    """What a job's report says of each document: ``uri``, ``outcome``, ``document_id``, ``reason``."""
    report: Mapping[str, Any] = job.report
    if "results" in report:
        return list(report["results"])
    found = [
        (uri, outcome, None) for outcome in ("added", "changed", "removed") for uri in report.get(outcome, ())
    ]
    found += [(new, "renamed", None) for _, new in report.get("renamed", ())]
    found += [(failure["uri"], "failed", failure["reason"]) for failure in report.get("failed", ())]
    return [
        {"uri": uri, "outcome": outcome, "document_id": None, "reason": reason}
        for uri, outcome, reason in found
    ]
