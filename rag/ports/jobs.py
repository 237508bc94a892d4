"""The job store: ingest jobs that are queued, running or over.

A run of ``saywhere ingest`` is a job as well, so that one list has all ingestion with its reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from rag.types import DEFAULT_COLLECTION


class JobState(StrEnum):
    """The state of a job.

    ``interrupted``: its process ended before it was done. ``cancelled``: somebody asked for that; what was
    written before stays.
    """

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self not in (JobState.QUEUED, JobState.RUNNING)


class JobKind(StrEnum):
    """What a job does: sync a collection with folders, or ingest uploaded documents."""

    SYNC = "sync"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One uploaded document.

    ``name`` is its file name, ``uri`` the uri of the document; ``media_type`` None is guessed from the
    name and the bytes, ``title`` None is taken from the document.
    """

    name: str
    uri: str
    data: bytes
    media_type: str | None = None
    title: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job and its progress. Times are ISO 8601 in UTC, empty before the job has started or ended.

    ``done`` of ``total`` documents are processed. ``report`` has the results so far; ``error`` is one
    line for a job that failed as a whole. ``starts``, set by ``start_next`` only, counts the processes that
    worked on what comes next in it: more than one if the earlier ones crashed.
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
    starts: int = 0


class JobStore(Protocol):
    """Durable jobs.

    Laws: each call is one transaction, durable when it returns. Every call may raise StorageError, and
    one with the id of an unknown job UnknownJob.
    """

    def add(self, kind: JobKind, *, collection: str, uploads: Sequence[Upload] = ()) -> Job:
        """A new job: queued if it has uploads, running if it has none."""
        ...

    def get(self, job_id: str) -> Job:
        """Raises UnknownJob."""
        ...

    def list(self, *, limit: int = 50, kind: JobKind | None = None) -> list[Job]:
        """The newest jobs first, of one kind if given."""
        ...

    def start_next(self) -> Job | None:
        """Sets the oldest queued job running, counts the start and returns it; None if no job is queued."""
        ...

    def requeue(self, job_id: str) -> None:
        """Sets a running job back to queued, its start not counted: its process ends as it should."""
        ...

    def requeue_running(self) -> None:
        """Sets the uploads that this process has running back to queued, their starts not counted.

        For a worker that works on none: their end, or the answer that they were started, was lost.
        """
        ...

    def cancel_queued(self, job_id: str) -> bool:
        """Whether the job was queued; it is cancelled then, and its uploads are deleted."""
        ...

    def upload(self, job_id: str, position: int) -> Upload:
        """The job's upload at a position, counted from 0. Raises UnknownJob."""
        ...

    def update_progress(
        self, job_id: str, *, done: int, total: int, report: Mapping[str, object], starts: int = 1
    ) -> Job:
        """Stores the progress of a running job; returns the job.

        ``starts`` counts what comes next, this process's start included.
        """
        ...

    def finish(self, job_id: str, state: JobState, *, report: Mapping[str, object], error: str = "") -> Job:
        """Sets a final state and deletes the job's uploads; returns the job."""
        ...

    def delete(self, job_id: str) -> None:
        """Deletes a job, for instance one that changed nothing."""
        ...

    def recover(self) -> None:
        """After a restart: running uploads are queued again, running syncs become interrupted."""
        ...

    def vacuum(self) -> None:
        """Shrinks the file: no byte of deleted uploads stays in it."""
        ...

    def close(self) -> None: ...
