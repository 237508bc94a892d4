"""The laws of ``JobStore``: SQLite and PostgreSQL keep them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.adapters.postgres.database import Database
from rag.adapters.postgres.jobs import PostgresJobs
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.errors import UnknownJob
from rag.ports.jobs import JobKind, JobState, JobStore, Upload
from tests.contract.opening import Opener, opener

UPLOADS = [
    Upload(name="a.md", uri="uploads/a.md", data=b"\0\xffsecret", metadata={"team": "hr"}),
    Upload(name="b.txt", uri="uploads/b.txt", data=b"", media_type="text/plain", title="B"),
]


@pytest.fixture(params=["sqlite", "postgres"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener[JobStore]]:
    url = request.getfixturevalue("database_url") if request.param == "postgres" else ""

    def factory() -> JobStore:
        if request.param == "postgres":
            return PostgresJobs(Database(url), owns=True)
        return SqliteJobs(tmp_path / "jobs.sqlite3")

    with opener(factory) as opening:
        yield opening


@pytest.fixture
def jobs(stores: Opener[JobStore]) -> JobStore:
    return stores.open()


def test_uploads_are_stored_unchanged(jobs: JobStore) -> None:
    """Bytes, names and metadata; the job is queued with their number as its total."""
    job = jobs.add(JobKind.UPLOAD, collection="hr", uploads=UPLOADS)
    assert (job.state, job.total, job.done, job.collection) == (JobState.QUEUED, 2, 0, "hr")
    assert [jobs.upload(job.id, position) for position in (0, 1)] == UPLOADS
    with pytest.raises(UnknownJob):
        jobs.upload(job.id, 2)


def test_jobs_start_in_order(jobs: JobStore) -> None:
    """The oldest queued job is set running; None if no job is queued."""
    first = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    jobs.add(JobKind.SYNC, collection="a")
    second = jobs.add(JobKind.UPLOAD, collection="b", uploads=UPLOADS)
    started = [jobs.start_next(), jobs.start_next(), jobs.start_next()]
    assert [job and (job.id, job.state) for job in started] == [
        (first.id, JobState.RUNNING),
        (second.id, JobState.RUNNING),
        None,
    ]


def test_a_restart_queues_uploads_again_and_interrupts_syncs(stores: Opener[JobStore]) -> None:
    """A running upload is queued again with its progress; a running sync becomes interrupted."""
    jobs = stores.open()
    upload = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    sync = jobs.add(JobKind.SYNC, collection="a")
    assert jobs.start_next() is not None
    jobs.update_progress(upload.id, done=1, total=2, report={})
    jobs = stores.reopened(jobs)
    jobs.recover()
    assert jobs.get(sync.id).state is JobState.INTERRUPTED
    resumed = jobs.start_next()
    assert resumed is not None
    assert (resumed.id, resumed.done) == (upload.id, 1)
    assert jobs.upload(upload.id, 1) == UPLOADS[1]


def test_an_unknown_job_is_an_error(jobs: JobStore) -> None:
    """The message has its id."""
    with pytest.raises(UnknownJob, match="nope"):
        jobs.get("nope")


def test_starts_are_counted_until_there_is_progress(jobs: JobStore) -> None:
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


def test_running_uploads_are_queued_again(jobs: JobStore) -> None:
    """Those that are started, in their order; a sync that runs goes on."""
    first, second = (jobs.add(JobKind.UPLOAD, collection=name, uploads=UPLOADS) for name in "ab")
    sync = jobs.add(JobKind.SYNC, collection="a")
    jobs.start_next()
    jobs.requeue_running()
    assert [jobs.get(job.id).state for job in (first, second, sync)] == [
        JobState.QUEUED, JobState.QUEUED, JobState.RUNNING
    ]  # fmt: skip
    started = jobs.start_next()
    assert started is not None
    assert (started.id, started.starts) == (first.id, 1)


def test_only_a_queued_job_is_cancelled_in_the_store(jobs: JobStore) -> None:
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


def test_a_finished_job_keeps_its_report_and_not_its_uploads(jobs: JobStore) -> None:
    """And when it ended."""
    job = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    jobs.update_progress(job.id, done=1, total=2, report={"added": ["x"]})
    jobs.finish(job.id, JobState.DONE, report={"added": ["x", "y"]})
    finished = jobs.get(job.id)
    assert (finished.state, finished.done, finished.report) == (JobState.DONE, 1, {"added": ["x", "y"]})
    assert finished.ended_at >= finished.created_at
    with pytest.raises(UnknownJob):
        jobs.upload(job.id, 0)


def test_jobs_are_listed_newest_first(jobs: JobStore) -> None:
    """Of one kind if it is given; a deleted one is gone."""
    upload = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
    syncs = [jobs.add(JobKind.SYNC, collection="a").id for _ in range(3)]
    jobs.delete(syncs[1])
    assert [job.id for job in jobs.list()] == [syncs[2], syncs[0], upload.id]
    assert [job.id for job in jobs.list(limit=1, kind=JobKind.UPLOAD)] == [upload.id]
