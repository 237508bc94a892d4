"""The queue of documents to take in, when its store or the indexes fail."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

import ingest.jobs
from ingest.jobs import Ingestion
from ingest.prepare import Preparer
from ingest.split import PassageSplitter
from rag.errors import IndexUnavailable, StorageError
from rag.ports.jobs import Job, JobState, Upload
from tests.fakes.writable_service import WritableService, writable_service

NOTE = Upload(name="a.md", uri="a.md", data=b"The harbour master pays.")


def end_of_job(service: WritableService, poll_seconds: float | None = None) -> Job:
    """The job of one document when it has ended."""
    preparer = Preparer(splitter=PassageSplitter())
    is_over = Event()
    queue = Ingestion(service.library, service.catalog, service.jobs, preparer, poll_seconds=poll_seconds)
    with queue:
        queue.ends.subscribe(lambda _: is_over.set())
        job = queue.submit("default", [NOTE])
        assert is_over.wait(60), "the job stands still"
        return service.jobs.get(job.id)


def test_a_job_whose_end_cannot_be_stored_runs_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its start isn't counted as one that crashed the process."""
    monkeypatch.setattr(ingest.jobs, "_RETRY_SECONDS", 0.01)
    with writable_service(tmp_path) as service:
        finish = service.jobs.finish
        failures = [StorageError("no connection")] * 3

        def failing(*arguments: object, **keywords: object) -> Job:
            if failures:
                raise failures.pop()
            return finish(*arguments, **keywords)  # type: ignore[arg-type]

        monkeypatch.setattr(service.jobs, "finish", failing)
        job = end_of_job(service)
        assert (job.state, job.report["counts"]) == (JobState.DONE, {"added": 1})
        assert service.texts == {"a.md": "The harbour master pays."}


@pytest.mark.parametrize(
    ("poll_seconds", "state"), [(0.01, JobState.DONE), (None, JobState.FAILED)], ids=["database", "folder"]
)
def test_a_server_that_is_away_fails_no_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, poll_seconds: float | None, state: JobState
) -> None:
    """What a database keeps is taken in when it is back; an index of the folder that fails says so."""
    monkeypatch.setattr(ingest.jobs, "_RETRY_SECONDS", 0.01)
    with writable_service(tmp_path) as service:
        write = service.library.write
        failures = [IndexUnavailable("the database can't be reached")]

        def failing(*arguments: object) -> None:
            if failures:
                raise failures.pop()
            write(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(service.library, "write", failing)
        assert end_of_job(service, poll_seconds).state is state
