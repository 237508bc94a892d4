"""Jobs in SQLite: what stays in the file, deletion of old jobs, readers beside the writer."""

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


def test_a_finished_job_keeps_its_report_and_not_its_uploads(jobs: SqliteJobs, path: Path) -> None:
    """After vacuum no byte of them is in the file."""
    job = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    jobs.update_progress(job.id, done=1, total=2, report={"added": ["x"]})
    jobs.finish(job.id, JobState.DONE, report={"added": ["x", "y"]})
    finished = jobs.get(job.id)
    assert (finished.state, finished.done, finished.report) == (JobState.DONE, 1, {"added": ["x", "y"]})
    assert finished.ended_at >= finished.created_at
    with pytest.raises(UnknownJob):
        jobs.upload(job.id, 0)
    jobs.vacuum()
    content = b"".join(part.read_bytes() for part in path.parent.glob("jobs.sqlite3*"))
    assert b"secret" not in content


def test_only_the_latest_finished_jobs_are_kept(jobs: SqliteJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queued jobs are always kept."""
    monkeypatch.setattr(sqlite_jobs, "MAX_FINISHED", 2)
    queued = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    finished = [jobs.add(JobKind.SYNC, collection="a").id for _ in range(4)]
    for job_id in finished:
        jobs.finish(job_id, JobState.DONE, report={})
    latest = jobs.add(JobKind.SYNC, collection="a")
    assert [job.id for job in jobs.list()] == [latest.id, finished[3], finished[2], queued.id]
    assert [job.id for job in jobs.list(limit=1, kind=JobKind.UPLOAD)] == [queued.id]


def test_a_read_only_store_refuses_to_write(jobs: SqliteJobs, path: Path) -> None:
    """It reads jobs beside the writer."""
    job = jobs.add(JobKind.SYNC, collection="a")
    reader = SqliteJobs(path, read_only=True)
    assert reader.get(job.id) == job
    with pytest.raises(StorageError):
        reader.add(JobKind.SYNC, collection="a")
    reader.close()
