"""Ingestion as the settings say: the splitter, resolver and limit that every face uses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event, Thread

from ingest.formats.limits import Limits
from ingest.ignore import EVERYTHING, Patterns
from ingest.jobs import Ingestion
from ingest.near_duplicates import find_near_duplicates
from ingest.prepare import Preparer
from ingest.report import Progress, Report
from ingest.scan import preview
from ingest.split import PassageSplitter
from ingest.sync import sync
from ingest.watch import watch
from rag.coreference.resolver import PronounResolver
from rag.errors import StorageError
from rag.ports.catalog import DocumentRecord
from rag.ports.jobs import JobKind, JobState
from rag.settings import Settings
from rag.types import DEFAULT_COLLECTION
from rag.wiring import CATALOG, Service, open_catalog

_LOG = logging.getLogger("saywhere.watch")


def preparer(settings: Settings) -> Preparer:
    """Turns bytes into changes by these settings."""
    limits = settings.limits
    return Preparer(
        splitter=PassageSplitter(settings.split.min_words, settings.split.max_words),
        resolver=PronounResolver(),
        limits=Limits(
            document_bytes=limits.document_bytes,
            unpacked_bytes=limits.unpacked_bytes,
            pages=limits.pages,
            seconds=limits.parse_seconds,
            memory_bytes=limits.parse_memory_bytes,
        ),
    )


def ingest(
    service: Service,
    paths: Sequence[Path],
    *,
    collection: str = DEFAULT_COLLECTION,
    patterns: Patterns = EVERYTHING,
    progress: Callable[[Progress], None] | None = None,
    keep: bool = True,
) -> Report:
    """Makes a collection of an open service hold what the paths hold now, and keeps the report as a job.

    See ``ingest.sync``.

    Args:
        keep: keep the report of a run that did nothing too.
    """
    job = service.jobs.add(JobKind.SYNC, collection=collection)
    try:
        report = sync(
            service.library,
            service.catalog,
            preparer(service.settings),
            paths,
            collection=collection,
            patterns=patterns,
            progress=progress,
        )
        if keep or not report.did_nothing:
            alike = find_near_duplicates(service.catalog, service.signatures, collection)
            report = replace(report, alike=alike)
    except BaseException as error:
        state = JobState.FAILED if isinstance(error, Exception) else JobState.INTERRUPTED
        with suppress(StorageError):  # what ended the sync is the thing to tell
            service.jobs.finish(job.id, state, report={}, error=str(error))
        raise
    if keep or not report.did_nothing:
        service.jobs.finish(job.id, JobState.DONE, report=report.told())
    else:
        service.jobs.delete(job.id)
    return report


def follow(
    service: Service,
    paths: Sequence[Path],
    *,
    stop: Event,
    collection: str = DEFAULT_COLLECTION,
    patterns: Patterns = EVERYTHING,
    tell: Callable[[Report], None],
) -> None:
    """Keeps a collection equal to folders as they change, until ``stop`` is set. See ``ingest.watch``.

    Args:
        tell: called with the report of each sync that did something, and of the first.
    """
    first = True

    def syncs(changed: Sequence[Path]) -> None:
        nonlocal first
        report = ingest(service, changed, collection=collection, patterns=patterns, keep=first)
        if first or not report.did_nothing:
            tell(report)
        first = False

    watch(paths, syncs, stop=stop, leave_out=service.settings.data)


@contextmanager
def following(
    service: Service, paths: Sequence[Path], *, collection: str = DEFAULT_COLLECTION
) -> Iterator[None]:
    """``follow`` in a thread, for as long as the block runs; failures go to the log."""
    stop = Event()
    work = partial(follow, service, paths, stop=stop, collection=collection, tell=_log_failures)
    thread = Thread(target=work, name="saywhere-watch")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _log_failures(report: Report) -> None:
    for failure in report.failed:
        _LOG.warning("%s", failure.reason)


def open_ingestion(service: Service) -> Ingestion:
    """What takes uploads in; a context manager that runs for as long as its block."""
    return Ingestion(
        service.library,
        service.catalog,
        service.jobs,
        preparer(service.settings),
        waiting=service.settings.limits.jobs_waiting,
    )


def dry_run(
    settings: Settings, paths: Sequence[Path], *, collection: str, patterns: Patterns = EVERYTHING
) -> Report:
    """What ``ingest`` would report, were each file readable. Beside a running server too; no model is loaded.

    Raises:
        StorageError: the data folder can't be read.
    """
    records: Sequence[DocumentRecord] = ()
    if (settings.data / CATALOG).is_file():
        with closing(open_catalog(settings)) as catalog:
            records = catalog.list(collection)
    return preview(records, preparer(settings), paths, patterns)
