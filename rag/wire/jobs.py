"""Wire models of jobs: work on documents that goes on after the request."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from rag.ports.jobs import JobKind, JobState
from rag.wire.base import Out


class ResultOut(Out):
    """What became of one document."""

    uri: str
    outcome: Literal["added", "changed", "renamed", "removed", "unchanged", "failed"]
    document_id: str | None = Field(description="null where it failed, and for runs of the command line")
    reason: str | None = Field(description="why it failed, or what of it wasn't read; null otherwise")


class JobOut(Out):
    """An ingestion: queued, under way, or over."""

    id: str
    kind: JobKind
    state: JobState
    collection: str
    created_at: str
    started_at: str | None
    ended_at: str | None
    total: int = Field(description="documents that were sent")
    done: int = Field(description="of them, those that are through")
    counts: dict[str, int] = Field(description="documents by what became of them")
    results: list[ResultOut] = Field(description="of each document, so far; left out of listings")
    error: str | None = Field(description="why the job as a whole failed")


class JobList(Out):
    """Jobs, newest first."""

    jobs: list[JobOut]
