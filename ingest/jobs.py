"""Ingests the documents sent to a running service: one job after the other, in a thread of its own.

Queued jobs are stored in the data folder with their uploads, so that they survive a restart: documents are
compared by their bytes, and one that was written before the restart is unchanged. After a crash a job goes
on with one document at a time; a document at which the process crashes a second time is set aside, and its
result says so.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Event, Lock, Thread

from ingest.batch_writer import BATCH_DOCUMENTS, BatchWriter
from ingest.cancellation import Cancellation, Cancelled
from ingest.ended import Ended, Ends
from ingest.plan import new_document_id
from ingest.prepare import Preparer
from ingest.report import notes_of
from rag.errors import Busy, IndexUnavailable, JobOver, SaywhereError, UnreadableDocument
from rag.ports.catalog import Catalog
from rag.ports.jobs import Job, JobKind, JobState, JobStore, Upload
from rag.storage.library import Library

_LOG = logging.getLogger("saywhere.jobs")
_RETRY_SECONDS = 5.0  # after an error of the job store
_MAX_STARTS = 2  # of a document's ingestion, each but the last ended by a crash of the process
Watcher = Callable[[Job], None]


class Ingestion:
    """A queue of uploads and the thread that ingests them. Safe to use from many threads.

    >>> with Ingestion(library, catalog, jobs, preparer) as ingestion:  # doctest: +SKIP
    ...     job = ingestion.submit("default", [Upload(name="a.md", uri="uploads/a.md", data=b"# A ...")])

    ``ends`` tells of each job that ended.

    Args:
        max_queued: the maximum number of queued jobs.
        poll_seconds: after which the store is looked at again for jobs that other processes added or left
            behind; None: there are no others.
    """

    def __init__(
        self,
        library: Library,
        catalog: Catalog,
        store: JobStore,
        preparer: Preparer,
        *,
        max_queued: int = 100,
        poll_seconds: float | None = None,
    ) -> None:
        self.store = store
        self.ends = Ends()
        self._library = library
        self._catalog = catalog
        self._preparer = preparer
        self._max_queued = max_queued
        self._poll_seconds = poll_seconds
        self._is_shared = poll_seconds is not None
        self._watchers: list[tuple[str, Watcher]] = []
        self._lock = Lock()
        self._wake = Event()
        self._stop = Event()
        self._running: tuple[str, Cancellation] | None = None
        self._may_stand_still = False  # a job may have been begun whose end isn't stored
        self._thread = Thread(target=self._work, name="saywhere-ingest")

    def __enter__(self) -> Ingestion:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops the running job before its next write; it and the other jobs stay queued."""
        self._stop.set()
        self._wake.set()
        with self._lock:
            running = self._running
        if running is not None:
            running[1].set()
        self._thread.join()

    def submit(self, collection: str, uploads: Sequence[Upload]) -> Job:
        """Queues a job; it is on the disk when this returns.

        Raises:
            Busy: too many jobs are queued.
            StorageError: it can't be stored.
        """
        queued = sum(job.state is JobState.QUEUED for job in self.store.list(limit=self._max_queued + 1))
        if queued >= self._max_queued:
            raise Busy("too many jobs wait already; send it again in a moment")
        job = self.store.add(JobKind.UPLOAD, collection=collection, uploads=uploads)
        self._wake.set()
        return job

    def cancel(self, job_id: str) -> Job:
        """Cancels a job and returns it: cancelled if it was queued, running if it will stop soon.

        Documents that it has written stay.

        Raises:
            UnknownJob: there is no such job.
            JobOver: it is over, or a sync.
        """
        with self._lock:
            was_queued = self.store.cancel_queued(job_id)
            running = self._running
        job = self.store.get(job_id)
        if was_queued:
            self._notify(job)
        elif running is not None and running[0] == job_id and not job.state.is_over:
            running[1].set()
        else:
            raise JobOver(f"the job is {job.state}; only queued and running uploads can be cancelled")
        return job

    def remove(self, document_id: str) -> None:
        """Removes a document. Raises UnknownDocument."""
        self._library.remove(self._catalog.document(document_id).collection, document_id)

    def remove_collection(self, collection: str) -> int:
        """Removes all documents of a collection and returns their number. Raises UnknownCollection."""
        return self._library.remove_collection(collection)

    @contextmanager
    def watching(self, job_id: str, watcher: Watcher) -> Iterator[None]:
        """Calls ``watcher`` with each new state of a job, from the worker's thread."""
        entry = (job_id, watcher)
        with self._lock:
            self._watchers.append(entry)
        try:
            yield
        finally:
            with self._lock:
                self._watchers.remove(entry)

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                if self._may_stand_still:
                    self.store.requeue_running()
                    self._may_stand_still = False
                with self._started_job() as started:
                    if started is None:
                        self._wake.wait(self._poll_seconds)
                    else:
                        self._run(*started)
            except SaywhereError as error:  # the job store can't be used
                _LOG.error("jobs stand still: %s", error)
                self._may_stand_still = True
                self._wake.wait(_RETRY_SECONDS)

    @contextmanager
    def _started_job(self) -> Iterator[tuple[Job, Cancellation] | None]:
        """The next job, with a cancellation that a stop and ``cancel`` set while the block runs."""
        cancellation = Cancellation()
        with self._lock:
            job = self.store.start_next()
            self._running = (job.id, cancellation) if job else None
        if self._stop.is_set():
            cancellation.set()
        try:
            yield (job, cancellation) if job else None
        finally:
            with self._lock:
                self._running = None

    def _run(self, job: Job, cancellation: Cancellation) -> None:
        """Raises SaywhereError where the job's end can't be stored: it is queued again then."""
        self._notify(job)
        began = time.monotonic()
        # After a crash one document at a time, so that a second crash tells which one it was.
        most = 1 if job.starts > 1 else BATCH_DOCUMENTS
        writer = BatchWriter(self._library, max_documents=most, cancellation=cancellation)
        run = _JobRun(writer, self._catalog, self._preparer, job.collection, cancellation)
        run.results += _earlier_results(job)
        ended = self._end(job, run)
        if ended is not None:
            self._notify(ended)
            seconds = time.monotonic() - began
            self.ends.publish(Ended(kind=ended.kind, state=ended.state, seconds=seconds, counts=run.counts()))

    def _end(self, job: Job, run: _JobRun) -> Job | None:
        """The job with its end stored; None where a stop has queued it again."""
        try:
            self._take_in(job, run)
        except Cancelled:
            if self._stop.is_set():
                self.store.requeue(job.id)
                return None
            return self.store.finish(job.id, JobState.CANCELLED, report=run.report())
        except Exception as error:
            if self._is_shared and isinstance(error, IndexUnavailable):
                raise  # the database is away, and comes back
            is_known = isinstance(error, SaywhereError)
            _LOG.error("job %s failed: %s", job.id, error, exc_info=None if is_known else error)
            reason = str(error) if is_known else "it failed; the server's log has more"
            return self.store.finish(job.id, JobState.FAILED, report=run.report(), error=reason)
        return self.store.finish(job.id, JobState.DONE, report=run.report())

    def _take_in(self, job: Job, run: _JobRun) -> None:
        """Takes in the documents that are left of a job."""
        starts = job.starts
        for position in range(job.done, job.total):
            run.cancellation.raise_if_set()
            upload = self.store.upload(job.id, position)
            if starts > _MAX_STARTS:
                run.set_aside(upload, starts - 1)
                starts = 1
            else:
                run.add(upload)
            if run.writer.is_full or job.starts > 1:
                run.flush()
                # The document that crashed the earlier process was one of its batch.
                starts = starts if position + 1 < job.done + BATCH_DOCUMENTS else 1
                self._notify(self._save_progress(job, position + 1, run, starts))
        run.flush()
        self._save_progress(job, job.total, run)

    def _save_progress(self, job: Job, done: int, run: _JobRun, starts: int = 1) -> Job:
        report = run.report()
        return self.store.update_progress(job.id, done=done, total=job.total, report=report, starts=starts)

    def _notify(self, job: Job) -> None:
        with self._lock:
            watchers = [watcher for job_id, watcher in self._watchers if job_id == job.id]
        for watcher in watchers:
            watcher(job)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResult:
    """The outcome for one document: added, changed, unchanged or failed.

    ``reason``: why it failed, or what of it wasn't read.
    """

    uri: str
    outcome: str
    document_id: str | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, object]:
        named = {"uri": self.uri, "outcome": self.outcome}
        return {**named, "document_id": self.document_id, "reason": self.reason}


@dataclass(slots=True)
class _JobRun:
    """The documents of one job; ``results`` are of those written, unchanged or failed.

    ``_pending`` are the results of the documents in the writer's batch.
    """

    writer: BatchWriter
    catalog: Catalog
    preparer: Preparer
    collection: str
    cancellation: Cancellation
    results: list[DocumentResult] = field(default_factory=list)
    _pending: list[DocumentResult] = field(default_factory=list)

    def add(self, upload: Upload) -> None:
        """Reads an upload and adds its document to the batch; one that can't be read is a failed result."""
        if self.writer.holds(upload.uri):
            self.flush()  # one write may have each document once
        try:
            self._prepare(upload)
        except UnreadableDocument as error:
            self._fail(upload, str(error))
        except (SaywhereError, Cancelled):
            raise
        except Exception as error:  # noqa: BLE001  # logged; one document must not stop the others
            _LOG.exception("%s could not be taken in", upload.uri)
            self._fail(upload, f"{upload.name} could not be taken in: {type(error).__name__}")

    def set_aside(self, upload: Upload, crashes: int) -> None:
        """Reports an upload as failed without reading it."""
        reason = f"{upload.name} is set aside: the service crashed {crashes} times while it took it in"
        _LOG.error("%s (%s)", reason, upload.uri)
        self._fail(upload, reason)

    def flush(self) -> None:
        self.writer.flush()
        self.results += self._pending
        self._pending.clear()

    def counts(self) -> dict[str, int]:
        """The number of documents by outcome."""
        return dict(Counter(result.outcome for result in self.results))

    def report(self) -> dict[str, object]:
        return {"counts": self.counts(), "results": [result.to_dict() for result in self.results]}

    def _prepare(self, upload: Upload) -> None:
        current = self.catalog.find_by_uri(self.collection, upload.uri)
        if current is not None and current.source:
            self._fail(upload, f"{upload.uri} is a file of {current.source}: change it there")
            return
        document_id = (
            current.id if current else new_document_id(self.collection, upload.uri, _UsedIds(self.catalog))
        )
        source_key = self.preparer.source_key(
            sha256(upload.data).hexdigest(),
            upload.uri,
            title=upload.title,
            metadata=upload.metadata,
        )
        if current is not None and current.source_sha256 == source_key:
            result = DocumentResult(uri=upload.uri, outcome="unchanged", document_id=document_id)
            self.results.append(result)
            return
        change = self.preparer.prepare(
            upload.data,
            upload.name,
            uri=upload.uri,
            collection=self.collection,
            media_type=upload.media_type,
            document_id=document_id,
            title=upload.title,
            metadata=upload.metadata,
            cancellation=self.cancellation,
        )
        self.writer.add(change)
        outcome = "changed" if current else "added"
        reason = "; ".join(note.text for note in notes_of(change.document)) or None
        self._pending.append(
            DocumentResult(uri=upload.uri, outcome=outcome, document_id=document_id, reason=reason)
        )

    def _fail(self, upload: Upload, reason: str) -> None:
        self.results.append(DocumentResult(uri=upload.uri, outcome="failed", reason=reason))


@dataclass(frozen=True, slots=True)
class _UsedIds:
    """The ids that documents of the catalog have, as a container."""

    catalog: Catalog

    def __contains__(self, document_id: object) -> bool:
        return bool(self.catalog.documents([str(document_id)]))


def _earlier_results(job: Job) -> list[DocumentResult]:
    """The results that an earlier process saved for this job."""
    results = job.report.get("results", [])
    return [DocumentResult(**result) for result in results] if isinstance(results, list) else []
