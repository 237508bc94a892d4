"""Keeps collections equal to the stored sources: each when it is due, in one process alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

from filelock import FileLock, Timeout

from ingest.batch_writer import BatchWriter
from ingest.cancellation import Cancellation, Cancelled
from ingest.ended import Ended, Ends
from ingest.ignore import Patterns
from ingest.report import Progress, Report
from ingest.sources.places import Place, place_of
from ingest.sources.stored import Outcome, StoredSource, StoredSources, Wanted, now
from ingest.wiring import ingest, preparer, source_opener
from rag.errors import SaywhereError, StorageError
from rag.ports.catalog import DocumentRecord
from rag.settings import Settings
from rag.wiring import SOURCES, Service

_LOG = logging.getLogger("saywhere.sources")
_POLL_SECONDS = 5.0
_LONGEST_ERROR = 300  # characters


def stored_sources(settings: Settings) -> StoredSources:
    """The sources of a data folder."""
    return StoredSources(settings.data / SOURCES)


def syncing_lock(settings: Settings) -> FileLock:
    """Held by the one process that syncs stored sources: a service, or a command while it does."""
    return FileLock(settings.data / f"{Path(SOURCES).stem}-syncing.lock", mode=0o600)


def place(source: StoredSource) -> Place:
    """Where a stored source is."""
    return place_of(source.place, depth=source.depth, revision=source.revision)


def sync_source(
    service: Service,
    name: str,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancellation: Cancellation | None = None,
    keep_empty_report: bool = True,
) -> Report:
    """Syncs one stored source now, and stores how that went. See ``ingest.wiring.ingest``.

    Raises:
        SourceUnavailable: there is none of this name.
        StorageError: the library, or the list of sources, can't be written.
        Cancelled: ``cancellation`` was set: the source is due again at once if it has a schedule.
    """
    store = stored_sources(service.settings)
    source = store.get(name)
    began = now()
    store.change(name, lambda stored: stored.begun(began))

    def end(outcome: Outcome, error: str = "", report: Report | None = None) -> None:
        counts = {name: n for name, n in report.counts().items() if n} if report is not None else {}

        def ended(stored: StoredSource) -> StoredSource:
            if stored.last is None or stored.last.started_at != began:
                return stored  # it was removed, and added anew
            is_over = outcome is not Outcome.INTERRUPTED or stored.every is None
            last = replace(
                stored.last, ended_at=now(), outcome=outcome, counts=counts, error=error[:_LONGEST_ERROR]
            )
            return replace(stored, last=last, next_at=stored.next_at if is_over else now())

        store.change(name, ended)

    try:
        report = ingest(
            service,
            [place(source)],
            collection=source.collection,
            patterns=Patterns(include=source.include, exclude=source.exclude),
            progress=progress,
            cancellation=cancellation,
            keep_empty_report=keep_empty_report,
        )
    except Cancelled:
        end(Outcome.INTERRUPTED)
        raise
    except Exception as error:
        kind = "" if isinstance(error, SaywhereError) else f"{type(error).__name__}: "
        end(Outcome.FAILED, f"{kind}{error}")
        raise
    except BaseException:
        end(Outcome.INTERRUPTED)
        raise
    unread = [failure.reason for failure in report.failed if failure.is_whole]
    end(Outcome.FAILED if unread else Outcome.DONE, unread[0] if unread else "", report)
    return report


def remove_documents(service: Service, source: StoredSource) -> int:
    """Removes the documents of a source and returns their number. Raises StorageError, SourceUnavailable."""
    records = service.catalog.list(source.collection)
    own = own_records(service.settings, source, records)
    BatchWriter(service.library).flush([(record.collection, record.id) for record in own])
    return len(own)


def own_records(
    settings: Settings, source: StoredSource, records: list[DocumentRecord]
) -> list[DocumentRecord]:
    """Those of a collection's records that a source gave.

    Raises:
        SourceUnavailable: the source can't be opened, and so not be told by its name.
    """
    where = place(source)
    if isinstance(where, Path) and not where.exists():
        return [record for record in records if record.source == str(where)]
    opener = source_opener(settings, source.collection, keep_state=False)
    with closing(opener(where, records, preparer(settings), Patterns(), None)) as opened:
        return opened.records(records)


@contextmanager
def syncing_when_due(
    service: Service, *, ends: Ends | None = None, poll_seconds: float = _POLL_SECONDS
) -> Iterator[None]:
    """Syncs what is due in a thread, for as long as the block runs; failures go to the log.

    Of several processes on one data folder one does so; the others wait until it has ended.

    Args:
        ends: told of each sync that did something.
        poll_seconds: between two looks for what is due.
    """
    stop = Cancellation()
    schedule = _Schedule(service, stop, ends)

    def work() -> None:
        while not stop.is_set():
            schedule.run_due()
            stop.wait(poll_seconds)
        schedule.close()

    thread = Thread(target=work, name="saywhere-sources")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class _Schedule:
    """What is done at each look."""

    def __init__(self, service: Service, stop: Cancellation, ends: Ends | None) -> None:
        self._service = service
        self._stop = stop
        self._ends = ends
        self._store = stored_sources(service.settings)
        self._lock = syncing_lock(service.settings)
        self._complaint = ""

    def run_due(self) -> None:
        sources: list[StoredSource] = []
        try:
            sources = self._store.list()
            if self._is_ours():
                for source in sources:
                    if source.is_due(now()) and not self._stop.is_set():
                        self._do(source)
            self._complaint = ""
        except Cancelled:
            return
        except (SaywhereError, OSError) as error:
            is_told = str(error) == self._complaint
            if not is_told and (sources or isinstance(error, SaywhereError)):
                _LOG.error("sources aren't synced: %s", error)
            self._complaint = str(error)

    def close(self) -> None:
        self._lock.release()

    def _is_ours(self) -> bool:
        if not self._lock.is_locked:
            if not self._service.settings.data.is_dir():  # as with a database: there are no sources
                return False
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                return False
            self._end_interrupted()
        return True

    def _end_interrupted(self) -> None:
        """What a process that crashed left behind as running."""
        for source in self._store.list():
            self._store.change(source.name, _interrupted)

    def _do(self, source: StoredSource) -> None:
        try:
            if source.wanted is Wanted.REMOVE:
                count = remove_documents(self._service, source)
                self._store.remove(source.name)
                _LOG.info("source %s is removed with %d documents", source.name, count)
            else:
                self._sync(source)
        except StorageError:
            raise
        except SaywhereError as error:
            _LOG.warning("source %s: %s", source.name, error)
            if source.wanted is Wanted.REMOVE:
                self._store.change(source.name, lambda stored: replace(stored, wanted=None))
        except Cancelled:
            raise
        except Exception:  # noqa: BLE001  # logged; the code of a factory must not stop the others
            _LOG.exception("source %s failed", source.name)

    def _sync(self, source: StoredSource) -> None:
        report = sync_source(
            self._service, source.name, cancellation=self._stop, keep_empty_report=source.wanted is not None
        )
        for failure in report.failed:
            _LOG.warning("source %s: %s", source.name, failure.reason)
        if self._ends is not None and not report.did_nothing:
            self._ends.publish(Ended.of_sync(report))


def _interrupted(source: StoredSource) -> StoredSource:
    if source.last is None or source.last.outcome is not Outcome.RUNNING:
        return source
    return replace(source, last=replace(source.last, outcome=Outcome.INTERRUPTED))
