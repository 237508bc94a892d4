"""Wires ingestion by the settings: splitter, resolver, limits and the open service's stores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace

from ingest.cancellation import Cancellation, Cancelled
from ingest.formats.limits import Limits, Recognition
from ingest.ignore import EVERYTHING, Patterns
from ingest.jobs import Ingestion
from ingest.near_duplicates import find_near_duplicates
from ingest.prepare import Preparer
from ingest.reader_rules import ReaderRules
from ingest.report import Progress, Report
from ingest.scan import preview
from ingest.sources.contract import Source
from ingest.sources.opening import OpenSource, open_local
from ingest.sources.places import Bucket, Factory, Place, Site, Space
from ingest.split import PassageSplitter
from ingest.sync import sync
from rag.coreference.resolver import PronounResolver
from rag.errors import StorageError
from rag.ports.catalog import DocumentRecord
from rag.ports.jobs import JobKind, JobState
from rag.settings import Settings
from rag.types import DEFAULT_COLLECTION
from rag.wiring import Service, has_catalog, open_catalog

_POLL_SECONDS = 1.0  # between two looks for jobs that other processes on the database left behind


def preparer(settings: Settings) -> Preparer:
    """A preparer with the splitter, resolver and limits of these settings."""
    limits = settings.limits
    return Preparer(
        splitter=PassageSplitter(settings.split.min_words, settings.split.max_words),
        resolver=PronounResolver(),
        limits=Limits(
            document_bytes=limits.document_bytes,
            unpacked_bytes=limits.unpacked_bytes,
            pages=limits.pages,
            blocks=limits.blocks,
            sentences=limits.sentences,
            seconds=limits.parse_seconds,
            memory_bytes=limits.parse_memory_bytes,
            recognition=recognition(settings),
        ),
        hidden=settings.formats.hidden,
        keep_originals=settings.originals.keep,
        reader_rules=ReaderRules(settings.readers),
    )


def recognition(settings: Settings) -> Recognition:
    """How scanned pages are recognised by these settings."""
    ocr = settings.ocr
    return Recognition(
        languages=ocr.languages if ocr.enabled else "",
        page_seconds=ocr.page_seconds,
        seconds=ocr.seconds,
    )


def source_opener(settings: Settings, collection: str, *, keep_state: bool = True) -> OpenSource:
    """Opens sources of every kind, sites by the settings.

    Args:
        keep_state: whether what is learnt of a site is kept in the data folder for the next run.
    """

    def open_source(
        place: Place,
        records: Sequence[DocumentRecord],
        preparer: Preparer,
        patterns: Patterns,
        cancellation: Cancellation | None,
    ) -> Source:
        if isinstance(place, Bucket):
            from ingest.sources.s3.source import Bucket as BucketSource

            return BucketSource(
                place,
                settings.s3,
                max_bytes=preparer.max_bytes,
                patterns=patterns,
                cancellation=cancellation,
            )
        if isinstance(place, Space):
            from ingest.sources.confluence.source import Space as SpaceSource

            return SpaceSource(place, settings.confluence, patterns=patterns, cancellation=cancellation)
        if isinstance(place, Factory):
            from ingest.sources.factory import open_factory

            return open_factory(place, patterns=patterns)
        if not isinstance(place, Site):
            return open_local(place, records, preparer, patterns, cancellation)
        from ingest.sources.site.source import Site as SiteSource

        return SiteSource(
            place,
            settings.sites,
            collection=collection,
            max_bytes=preparer.max_bytes,
            data=settings.data,
            keep_state=keep_state,
            patterns=patterns,
            cancellation=cancellation,
        )

    return open_source


def ingest(
    service: Service,
    places: Sequence[Place],
    *,
    collection: str = DEFAULT_COLLECTION,
    patterns: Patterns = EVERYTHING,
    progress: Callable[[Progress], None] | None = None,
    cancellation: Cancellation | None = None,
    keep_empty_report: bool = True,
) -> Report:
    """Syncs places into a collection of an open service, and stores the report as a job. See ``ingest.sync``.

    Args:
        keep_empty_report: also store the report of a sync that did nothing.
    """
    job = service.jobs.add(JobKind.SYNC, collection=collection)
    try:
        with service.library.bulk():
            report = sync(
                service.library,
                service.catalog,
                preparer(service.settings),
                places,
                collection=collection,
                patterns=patterns,
                open_source=source_opener(service.settings, collection),
                progress=progress,
                cancellation=cancellation,
            )
        if keep_empty_report or not report.did_nothing:
            near_duplicates = find_near_duplicates(service.catalog, service.signatures, collection)
            report = replace(report, near_duplicates=near_duplicates)
    except BaseException as error:
        is_failure = isinstance(error, Exception) and not isinstance(error, Cancelled)
        state = JobState.FAILED if is_failure else JobState.INTERRUPTED
        with suppress(StorageError):  # the error that ended the sync is the one to raise
            service.jobs.finish(job.id, state, report={}, error=str(error))
        raise
    if keep_empty_report or not report.did_nothing:
        service.jobs.finish(job.id, JobState.DONE, report=report.to_dict())
    else:
        service.jobs.delete(job.id)
    return report


def open_ingestion(service: Service) -> Ingestion:
    """The queue of uploads for an open service; a context manager, whose thread runs inside its block."""
    return Ingestion(
        service.library,
        service.catalog,
        service.jobs,
        preparer(service.settings),
        max_queued=service.settings.limits.jobs_waiting,
        poll_seconds=None if service.settings.database_url is None else _POLL_SECONDS,
    )


def dry_run(
    settings: Settings, places: Sequence[Place], *, collection: str, patterns: Patterns = EVERYTHING
) -> Report:
    """The report that ``ingest`` would give if each file can be read. Loads no model, and can run beside a
    server.

    Raises:
        StorageError: the data folder can't be read.
    """
    records: Sequence[DocumentRecord] = ()
    if has_catalog(settings):
        with closing(open_catalog(settings)) as catalog:
            records = catalog.list(collection)
    opener = source_opener(settings, collection, keep_state=False)
    return preview(records, preparer(settings), places, patterns, opener)
