"""Jobs of several processes on one database: each is run once, in order, by a process that is alive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.adapters.postgres.database import Database
from rag.adapters.postgres.jobs import PostgresJobs
from rag.errors import IndexUnavailable, StorageError
from rag.ports.jobs import JobKind, JobState, Upload
from tests.postgres import PostgresServer

UPLOADS = [Upload(name="a.md", uri="uploads/a.md", data=b"text")]


@pytest.fixture
def two(database_url: str) -> Iterator[tuple[PostgresJobs, PostgresJobs]]:
    """The stores of two processes."""
    first, second = (PostgresJobs(Database(database_url), owns=True) for _ in range(2))
    yield first, second
    first.close()
    second.close()


def end_of(jobs: PostgresJobs) -> None:
    """What a process's end does: its connection ends, and the server frees its lock, which is waited for."""
    connection = jobs._presence._connection
    assert connection is not None
    pid = connection.info.backend_pid
    jobs._presence.close()
    with jobs._database.reading() as db:
        while db.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
            db.execute("SELECT pg_sleep(0.01)")


def test_a_job_of_a_process_that_is_gone_is_taken_over(two: tuple[PostgresJobs, PostgresJobs]) -> None:
    """Not before; with its progress, and its start counted, so that a document that crashes is found out."""
    first, second = two
    job = first.add(JobKind.UPLOAD, collection="a", uploads=[*UPLOADS, *UPLOADS])
    assert first.start_next() is not None
    first.update_progress(job.id, done=1, total=2, report={})
    second.recover()
    assert second.start_next() is None
    end_of(first)
    taken = second.start_next()
    assert taken is not None
    assert (taken.id, taken.done, taken.starts) == (job.id, 1, 2)
    with pytest.raises(StorageError, match="taken over"):
        first.finish(job.id, JobState.DONE, report={})
    second.finish(job.id, JobState.DONE, report={})
    assert first.get(job.id).state is JobState.DONE


def test_a_sync_of_a_process_that_is_gone_is_interrupted(two: tuple[PostgresJobs, PostgresJobs]) -> None:
    """That of a living one goes on."""
    first, second = two
    gone, living = first.add(JobKind.SYNC, collection="a"), second.add(JobKind.SYNC, collection="a")
    end_of(first)
    third = PostgresJobs(second._database)
    third.recover()
    assert third.get(gone.id).state is JobState.INTERRUPTED
    assert third.get(living.id).state is JobState.RUNNING
    third.close()


def test_jobs_of_one_collection_run_one_after_the_other(two: tuple[PostgresJobs, PostgresJobs]) -> None:
    """Those of another beside them: of two uploads of one document the later one stands."""
    first, second = two
    jobs = [first.add(JobKind.UPLOAD, collection=name, uploads=UPLOADS).id for name in ("a", "a", "b")]
    started = [store.start_next() for store in (first, second, second)]
    assert [job and job.id for job in started] == [jobs[0], jobs[2], None]
    first.finish(jobs[0], JobState.DONE, report={})
    following = second.start_next()
    assert following is not None
    assert following.id == jobs[1]


def test_a_running_job_survives_a_restart_of_the_server() -> None:
    """Its process shows itself again, and finishes it; what ended meanwhile is stored late."""
    server = PostgresServer()
    try:
        server.start()
        jobs = PostgresJobs(Database(server.new_database()), owns=True)
        job = jobs.add(JobKind.UPLOAD, collection="a", uploads=UPLOADS)
        sync = jobs.add(JobKind.SYNC, collection="b")
        assert jobs.start_next() is not None
        server.kill()
        with pytest.raises(IndexUnavailable):
            jobs.finish(sync.id, JobState.FAILED, report={}, error="the server was away")
        server.start()
        jobs.update_progress(job.id, done=1, total=1, report={})
        other = PostgresJobs(jobs._database)
        assert other.start_next() is None
        other.close()
        assert jobs.start_next() is None
        ended = jobs.get(sync.id)
        assert (ended.state, ended.error) == (JobState.FAILED, "the server was away")
        assert jobs.finish(job.id, JobState.DONE, report={}).state is JobState.DONE
        jobs.close()
    finally:
        server.stop()
