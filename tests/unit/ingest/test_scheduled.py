"""Stored sources are synced when they are due, in one process alone, and how that went is stored."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ingest.cancellation import Cancellation, Cancelled
from ingest.ended import Ended, Ends
from ingest.scheduled import (
    remove_documents,
    stored_sources,
    sync_source,
    syncing_lock,
    syncing_when_due,
)
from ingest.sources.stored import LastSync, Outcome, StoredSource, StoredSources, Wanted, now
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.adapters.sqlite.signatures import SqliteSignatures
from rag.errors import StorageError
from rag.settings import Settings
from rag.storage.library import Library
from rag.wiring import Service
from tests.fakes.models import BagEmbedder
from tests.fakes.site import FakeSite, served_site
from tests.fakes.storage import MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """With a real library, jobs and signatures; its catalog and indexes are in memory."""
    data = tmp_path / "data"
    data.mkdir()
    catalog = MemoryCatalog()
    library = Library(catalog, MemoryDenseIndex(), MemoryLexicalIndex(), BagEmbedder())
    library.recover()
    jobs, signatures = SqliteJobs(data / "jobs.sqlite3"), SqliteSignatures(data / "signatures.sqlite3")
    made = SimpleNamespace(
        library=library, catalog=catalog, jobs=jobs, signatures=signatures, settings=Settings(data=data)
    )
    yield cast(Service, made)
    jobs.close()
    signatures.close()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_text("Anna leads the team.")
    return folder


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with served_site() as served:
        yield served


def hourly(place: object, **more: Any) -> StoredSource:
    source = StoredSource(name="notes", place=str(place), every=timedelta(hours=1), next_at=now())
    return replace(source, **more)


def wait_until(condition: Callable[[], bool]) -> None:
    """Returns once the condition is true; fails after a minute."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "the condition was not true within a minute"
        time.sleep(0.02)


def last(service: Service) -> LastSync | None:
    return stored_sources(service.settings).get("notes").last


def outcome(service: Service) -> Outcome | None:
    done = last(service)
    return done.outcome if done is not None else None


def uris(service: Service) -> list[str]:
    return [record.uri for record in service.catalog.list("default")]


def test_what_is_due_is_synced_once(service: Service, notes: Path) -> None:
    """As a job, told to who counts them; the next time is an hour later."""
    store = stored_sources(service.settings)
    store.add(hourly(notes))
    store.add(replace(hourly(notes), name="later", next_at=now() + timedelta(days=1)))
    ended: list[Ended] = []
    ends = Ends()
    ends.subscribe(ended.append)
    with syncing_when_due(service, ends=ends, poll_seconds=0.02):
        wait_until(lambda: outcome(service) is Outcome.DONE)
    stored = store.get("notes")
    assert stored.last is not None
    assert stored.next_at == stored.last.started_at + timedelta(hours=1)
    assert stored.last.counts == {"added": 1}
    assert (uris(service), [end.counts["added"] for end in ended]) == (["notes/a.md"], [1])
    assert [job.report["counts"]["added"] for job in service.jobs.list()] == [1]  # type: ignore[index]
    assert store.get("later").last is None


def test_a_source_that_cannot_be_read_says_so(service: Service, notes: Path) -> None:
    """It is due again in an hour, and its documents stay."""
    store = stored_sources(service.settings)
    store.add(hourly(notes))
    sync_source(service, "notes")
    (notes / "a.md").unlink()
    notes.rmdir()
    sync_source(service, "notes")
    done = last(service)
    assert done is not None
    assert (done.outcome, "no such file or folder" in done.error) == (Outcome.FAILED, True)
    assert (uris(service), store.get("notes").is_due(now())) == (["notes/a.md"], False)


def test_a_file_that_fails_is_no_failed_source(service: Service, notes: Path) -> None:
    """It is counted; its name is in the report of the job, not in the list of sources."""
    (notes / "b.pdf").write_bytes(b"no pdf")
    store = stored_sources(service.settings)
    store.add(hourly(notes))
    sync_source(service, "notes")
    done = last(service)
    assert done is not None
    assert (done.outcome, done.counts, done.error) == (Outcome.DONE, {"added": 1, "failed": 1}, "")


def test_an_end_of_the_process_interrupts_a_sync(service: Service, site: FakeSite) -> None:
    """While a page drips in; it is due again at once."""
    site.page("/", "Anna leads the team.", drip=0.2)
    store = stored_sources(service.settings)
    store.add(hourly(f"{site.url}/"))
    with syncing_when_due(service, poll_seconds=0.02):
        wait_until(lambda: any(path == "/" for path, _ in site.requests))
    assert outcome(service) is Outcome.INTERRUPTED
    assert store.get("notes").is_due(now())


def test_a_sync_that_a_crash_ended_is_interrupted(service: Service, notes: Path) -> None:
    """And not tried again before its time, so that a source at which it crashes doesn't end it again."""
    store = stored_sources(service.settings)
    store.add(hourly(notes).begun(now()))
    with syncing_when_due(service, poll_seconds=0.02):
        wait_until(lambda: outcome(service) is Outcome.INTERRUPTED)
    assert uris(service) == []


def test_an_error_of_storage_is_stored(
    service: Service, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And raised; whoever cancels is told, too."""
    stored_sources(service.settings).add(hourly(notes))

    def full(*_: object, **__: object) -> None:
        raise StorageError("no space left")

    monkeypatch.setattr(service.library, "write", full)
    with pytest.raises(StorageError):
        sync_source(service, "notes")
    done = last(service)
    assert done is not None
    assert (done.outcome, done.error) == (Outcome.FAILED, "no space left")
    stop = Cancellation()
    stop.set()
    with pytest.raises(Cancelled):
        sync_source(service, "notes", cancellation=stop)
    assert outcome(service) is Outcome.INTERRUPTED


class Broken:
    """A source whose code has a fault."""

    name = "python:broken"

    def records(self, records: list[Any]) -> list[Any]:
        return records

    def list(self, _known: object) -> None:
        raise KeyError("surprise")

    def fetch(self, _file: object) -> None:
        """Is never called."""

    def close(self) -> None:
        """Holds nothing."""


def test_a_fault_in_a_source_s_code_stops_no_other(service: Service, notes: Path) -> None:
    """It is stored, and those that follow are synced."""
    store = stored_sources(service.settings)
    store.add(hourly(f"python:{__name__}:Broken", name="broken"))
    store.add(hourly(notes))
    with syncing_when_due(service, poll_seconds=0.02):
        wait_until(lambda: outcome(service) is Outcome.DONE)
    broken = store.get("broken").last
    assert broken is not None
    assert (broken.outcome, broken.error) == (Outcome.FAILED, "KeyError: 'surprise'")


def test_a_service_without_a_data_folder_says_nothing(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And makes none, as with a database: there is no source to sync."""
    cast(Any, service).settings = Settings(data=tmp_path / "none")
    looks: list[object] = []
    original = StoredSources.list

    def listed(store: StoredSources) -> list[StoredSource]:
        looks.append(store)
        return original(store)

    monkeypatch.setattr(StoredSources, "list", listed)
    with syncing_when_due(service, poll_seconds=0.01):
        wait_until(lambda: len(looks) > 2)
    assert (caplog.text, (tmp_path / "none").exists()) == ("", False)


def test_one_process_syncs_at_a_time(service: Service, notes: Path) -> None:
    """The next one begins when it has ended."""
    stored_sources(service.settings).add(hourly(notes))
    other = syncing_lock(service.settings)
    other.acquire()
    looks = threading.Event()
    original = service.catalog.list

    def listed(*arguments: Any, **more: Any) -> Any:
        looks.set()
        return original(*arguments, **more)

    cast(Any, service.catalog).list = listed
    with syncing_when_due(service, poll_seconds=0.02):
        assert not looks.wait(0.3)
        other.release()
        wait_until(lambda: outcome(service) is Outcome.DONE)


def test_what_is_asked_for_is_done(service: Service, notes: Path) -> None:
    """A sync before its time, then the removal of the source with its documents, those of others left."""
    store = stored_sources(service.settings)
    store.add(hourly(notes, next_at=now() + timedelta(days=1), wanted=Wanted.SYNC))
    other = notes.parent / "other"
    other.mkdir()
    (other / "b.md").write_text("Bob left in May.")
    store.add(replace(hourly(other), name="other"))
    with syncing_when_due(service, poll_seconds=0.02):
        wait_until(lambda: len(uris(service)) == 2)
        store.change("notes", lambda source: replace(source, wanted=Wanted.REMOVE))
        wait_until(lambda: len(store.list()) == 1)
    assert uris(service) == ["other/b.md"]


def test_documents_of_a_folder_that_is_gone_are_removed(service: Service, notes: Path) -> None:
    """Its path tells them."""
    source = hourly(notes)
    stored_sources(service.settings).add(source)
    sync_source(service, "notes")
    (notes / "a.md").unlink()
    notes.rmdir()
    assert (remove_documents(service, source), uris(service)) == (1, [])


def test_a_damaged_list_stops_no_service(
    service: Service, notes: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told once, and read again when it is mended."""
    store = stored_sources(service.settings)
    store.add(hourly(notes))
    path = service.settings.data / "sources.json"
    good = path.read_text()
    path.write_text("{")
    with syncing_when_due(service, poll_seconds=0.01):
        wait_until(lambda: "is damaged" in caplog.text)
        path.write_text(good)
        wait_until(lambda: outcome(service) is Outcome.DONE)
    assert caplog.text.count("is damaged") == 1
