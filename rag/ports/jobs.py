"""Jobs: ingestion that is queued, under way or done, as values and a port.

A run of the command line is a job too, so that one list says what was ingested when, and how it went.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from rag.types import DEFAULT_COLLECTION


class JobState(StrEnum):
    """Where a job is. ``interrupted``: its process ended before it did."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_over(self) -> bool:
        return self not in (JobState.QUEUED, JobState.RUNNING)


class JobKind(StrEnum):
    """What a job does: make a collection equal to folders, or take in what was sent."""

    SYNC = "sync"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One document that was sent. ``uri`` and ``name`` say where it is from and what it is called;
    ``title`` None: its own."""

    name: str
    uri: str
    data: bytes
    media_type: str | None = None
    title: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it stands. Times are ISO 8601 in UTC, empty while it isn't so far.

    ``done`` of ``total`` documents are through. ``report`` is what became of them, as far as it is
    known; ``error`` one plain line where the job as a whole failed.
    """

    id: str
    kind: JobKind
    state: JobState
    collection: str = DEFAULT_COLLECTION
    created_at: str = ""
    started_at: str = ""
    ended_at: str = ""
    total: int = 0
    done: int = 0
    report: Mapping[str, object] = field(default_factory=dict)
    error: str = ""


class JobStore(Protocol):
    """Jobs that outlive the process. Each call is one transaction, durable when it returns."""

    def add(self, kind: JobKind, *, collection: str, uploads: Sequence[Upload] = ()) -> Job:
        """A new job: queued with its uploads, or running where it has none."""
        ...

    def get(self, job_id: str) -> Job:
        """Raises UnknownJob."""
        ...

    def list(self, *, limit: int = 50, kind: JobKind | None = None) -> list[Job]:
        """The latest jobs, newest first."""
        ...

    def start_next(self) -> Job | None:
        """The oldest queued job, now running."""
        ...

    def upload(self, job_id: str, position: int) -> Upload:
        """What was sent at a position, counted from 0. Raises UnknownJob."""
        ...

    def update_progress(self, job_id: str, *, done: int, total: int, report: Mapping[str, object]) -> Job: ...

    def finish(self, job_id: str, state: JobState, *, report: Mapping[str, object], error: str = "") -> Job:
        """The job is over; what was sent with it is forgotten."""
        ...

    def delete(self, job_id: str) -> None:
        """Takes a job off the list, as one that did nothing."""
        ...

    def recover(self) -> None:
        """After a restart: uploads under way are queued again, syncs under way were interrupted."""
        ...

    def vacuum(self) -> None: ...

    def close(self) -> None: ...
