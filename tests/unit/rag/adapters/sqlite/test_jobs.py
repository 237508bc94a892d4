"""The job store: uploads, order, recovery after a restart, deletion of old jobs."""

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


def test_uploads_are_stored_unchanged(jobs: SqliteJobs) -> None:
    """Bytes, names and metadata; the job is queued with their number as its total."""
    job = jobs.add(JobKind.UPLOAD, collection="hr", uploads=UPLOADS)
    assert (job.state, job.total, job.done, job.collection) == (JobState.QUEUED, 2, 0, "hr")
    assert [jobs.upload(job.id, position) for position in (0, 1)] == UPLOADS
    with pytest.raises(UnknownJob):
        jobs.upload(job.id, 2)


def test_jobs_start_in_order(jobs: SqliteJobs) -> None:
    """The oldest queued job is set running; None if no job is queued."""
    first = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    jobs.add(JobKind.SYNC, collection="a")
    second = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    started = [jobs.start_next(), jobs.start_next(), jobs.start_next()]
    assert [job and (job.id, job.state) for job in started] == [
        (first.id, JobState.RUNNING),
        (second.id, JobState.RUNNING),
        None,
    ]


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


def test_a_restart_queues_uploads_again_and_interrupts_syncs(path: Path) -> None:
    """A running upload is queued again with its progress; a running sync becomes interrupted."""
    jobs = SqliteJobs(path)
    upload = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    sync = jobs.add(JobKind.SYNC, collection="a")
    assert jobs.start_next() is not None
    jobs.update_progress(upload.id, done=1, total=2, report={})
    jobs.close()
    jobs = SqliteJobs(path)
    jobs.recover()
    assert jobs.get(sync.id).state is JobState.INTERRUPTED
    resumed = jobs.start_next()
    assert resumed is not None
    assert (resumed.id, resumed.done) == (upload.id, 1)
    assert jobs.upload(upload.id, 1) == UPLOADS[1]
    jobs.close()


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


def test_an_unknown_job_is_an_error(jobs: SqliteJobs) -> None:
    """The message has its id."""
    with pytest.raises(UnknownJob, match="nope"):
        jobs.get("nope")


def test_starts_are_counted_until_there_is_progress(jobs: SqliteJobs) -> None:
    """One whose process crashed counts, one whose process ended in order doesn't; progress sets the count."""
    job = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)

    def start() -> int:
        started = jobs.start_next()
        assert started is not None
        return started.starts

    assert start() == 1
    jobs.recover()
    assert start() == 2
    jobs.requeue(job.id)
    assert start() == 2
    jobs.update_progress(job.id, done=1, total=2, report={})
    jobs.requeue(job.id)
    assert start() == 1
    jobs.recover()
    assert start() == 2
    jobs.update_progress(job.id, done=1, total=2, report={}, starts=2)
    jobs.recover()
    assert start() == 3


def test_only_a_queued_job_is_cancelled_in_the_store(jobs: SqliteJobs) -> None:
    """It is over then, its uploads are gone, and it isn't started; others stay as they are."""
    first, second = (jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS) for _ in range(2))
    jobs.start_next()
    assert [jobs.cancel_queued(job.id) for job in (first, second, second)] == [False, True, False]
    assert jobs.get(second.id).state is JobState.CANCELLED
    assert jobs.get(second.id).state.is_over
    assert jobs.get(second.id).ended_at
    assert jobs.start_next() is None
    with pytest.raises(UnknownJob):
        jobs.upload(second.id, 0)
    with pytest.raises(UnknownJob):
        jobs.cancel_queued("nope")
