"""Ingestion as the settings say: the splitter, resolver and limit that every face uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

from ingest.formats.limits import Limits
from ingest.ignore import EVERYTHING, Patterns
from ingest.jobs import Ingestion
from ingest.prepare import Preparer
from ingest.report import Progress, Report
from ingest.split import PassageSplitter
from ingest.survey import preview
from ingest.sync import sync
from rag.errors import StorageError
from rag.jobs import JobKind, JobState
from rag.mentions import PronounResolver
from rag.ports import DocumentRecord
from rag.settings import Settings
from rag.types import DEFAULT_COLLECTION
from rag.wiring import CATALOG, Service, open_catalog


def preparer(settings: Settings) -> Preparer:
    """Turns bytes into changes by these settings."""
    return Preparer(
        splitter=PassageSplitter(settings.split.min_words, settings.split.max_words),
        resolver=PronounResolver(),
        limits=Limits(document_bytes=settings.limits.document_bytes),
    )


def ingest(
    service: Service,
    paths: Sequence[Path],
    *,
    collection: str = DEFAULT_COLLECTION,
    patterns: Patterns = EVERYTHING,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Makes a collection of an open service hold what the paths hold now, and keeps the report as a job.

    See ``ingest.sync``.
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
    except BaseException as error:
        state = JobState.FAILED if isinstance(error, Exception) else JobState.INTERRUPTED
        with suppress(StorageError):  # what ended the sync is the thing to tell
            service.jobs.end(job.id, state, report={}, error=str(error))
        raise
    service.jobs.end(job.id, JobState.DONE, report=report.told())
    return report


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
