"""Jobs outlive the process: what waits is taken up again, what is over is forgotten in time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.adapters.sqlite import jobs as sqlite_jobs
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.errors import StorageError, UnknownJob
from rag.ports.jobs import JobKind, JobState, Upload

UPLOADS = [
    Upload(name="a.md", uri="uploads/a.md", data=b"\0\xffsecret", metadata={"team": "hr"}),
    Upload(name="b.txt", uri="uploads/b.txt", data=b"", media_type="text/plain", title="B"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite3"


@pytest.fixture
def jobs(path: Path) -> Iterator[SqliteJobs]:
    opened = SqliteJobs(path)
    yield opened
    opened.close()


def test_what_was_sent_comes_back_as_it_was(jobs: SqliteJobs) -> None:
    """Bytes, names and metadata; the job is queued with their number."""
    job = jobs.add(JobKind.UPLOAD, collection="hr", uploads=UPLOADS)
    assert (job.state, job.total, job.done, job.collection) == (JobState.QUEUED, 2, 0, "hr")
    assert [jobs.upload(job.id, position) for position in (0, 1)] == UPLOADS
    with pytest.raises(UnknownJob):
        jobs.upload(job.id, 2)


def test_jobs_are_taken_in_order(jobs: SqliteJobs) -> None:
    """The oldest queued one, which then runs; None when nothing waits."""
    first = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    jobs.add(JobKind.SYNC, collection="a")
    second = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    taken = [jobs.start_next(), jobs.start_next(), jobs.start_next()]
    assert [job and (job.id, job.state) for job in taken] == [
        (first.id, JobState.RUNNING),
        (second.id, JobState.RUNNING),
        None,
    ]


def test_a_job_that_is_over_keeps_its_report_and_forgets_what_was_sent(jobs: SqliteJobs, path: Path) -> None:
    """No byte of it stays in the file."""
    job = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    jobs.update_progress(job.id, done=1, total=2, report={"added": ["x"]})
    jobs.finish(job.id, JobState.DONE, report={"added": ["x", "y"]})
    found = jobs.get(job.id)
    assert (found.state, found.done, found.report) == (JobState.DONE, 1, {"added": ["x", "y"]})
    assert found.ended_at >= found.created_at
    with pytest.raises(UnknownJob):
        jobs.upload(job.id, 0)
    jobs.vacuum()
    held = b"".join(part.read_bytes() for part in path.parent.glob("jobs.sqlite3*"))
    assert b"secret" not in held


def test_a_restart_takes_up_uploads_and_ends_syncs(path: Path) -> None:
    """An upload under way is queued again with all it has; a sync is told as interrupted."""
    jobs = SqliteJobs(path)
    upload = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    sync = jobs.add(JobKind.SYNC, collection="a")
    assert jobs.start_next() is not None
    jobs.update_progress(upload.id, done=1, total=2, report={})
    jobs.close()
    jobs = SqliteJobs(path)
    jobs.recover()
    assert jobs.get(sync.id).state is JobState.INTERRUPTED
    taken = jobs.start_next()
    assert taken is not None
    assert (taken.id, taken.done) == (upload.id, 1)
    assert jobs.upload(upload.id, 1) == UPLOADS[1]
    jobs.close()


def test_only_the_latest_are_kept(jobs: SqliteJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that are over; what waits is never forgotten."""
    monkeypatch.setattr(sqlite_jobs, "MAX_FINISHED", 2)
    waiting = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    ended = [jobs.add(JobKind.SYNC, collection="a").id for _ in range(4)]
    for key in ended:
        jobs.finish(key, JobState.DONE, report={})
    latest = jobs.add(JobKind.SYNC, collection="a")
    assert [job.id for job in jobs.list()] == [latest.id, ended[3], ended[2], waiting.id]
    assert [job.id for job in jobs.list(limit=1, kind=JobKind.UPLOAD)] == [waiting.id]


def test_a_reader_beside_it_writes_nothing(jobs: SqliteJobs, path: Path) -> None:
    """It sees what there is, and is refused to add."""
    job = jobs.add(JobKind.SYNC, collection="a")
    beside = SqliteJobs(path, read_only=True)
    assert beside.get(job.id) == job
    with pytest.raises(StorageError):
        beside.add(JobKind.SYNC, collection="a")
    beside.close()


def test_an_unknown_job_is_named(jobs: SqliteJobs) -> None:
    """The id that was asked for is in the message."""
    with pytest.raises(UnknownJob, match="nope"):
        jobs.get("nope")
