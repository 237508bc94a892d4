"""Takes in what is sent to a running service: one job after the other, in a thread of its own.

Jobs wait in the data folder with all that was sent, so that a restart goes on where the last process
stopped: documents are told apart by their bytes, and one that was written already counts as unchanged.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Event, Lock, Thread

from ingest.memory import release_memory
from ingest.plan import document_id
from ingest.prepare import Preparer
from ingest.sync import BATCH_DOCUMENTS, BATCH_SENTENCES, Writer, sentences
from rag.errors import Busy, SaywhereError, UnreadableDocument
from rag.ports.catalog import Catalog, Change
from rag.ports.jobs import Job, JobKind, JobState, JobStore, Upload
from rag.storage.library import Library

_LOG = logging.getLogger("saywhere.jobs")
Watcher = Callable[[Job], None]


class Ingestion:
    """Queues uploads and works through them. Safe to use from many threads.

    >>> with Ingestion(library, catalog, jobs, preparer) as ingestion:  # doctest: +SKIP
    ...     job = ingestion.submit("default", [Upload(name="a.md", uri="uploads/a.md", data=b"# A ...")])

    Args:
        waiting: the most jobs that may wait.
    """

    def __init__(
        self, library: Library, catalog: Catalog, store: JobStore, preparer: Preparer, *, waiting: int = 100
    ) -> None:
        self.store = store
        self._library = library
        self._catalog = catalog
        self._preparer = preparer
        self._waiting = waiting
        self._watchers: list[tuple[str, Watcher]] = []
        self._lock = Lock()
        self._wake = Event()
        self._stop = Event()
        self._thread = Thread(target=self._work, name="saywhere-ingest")

    def __enter__(self) -> Ingestion:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops after the batch under way; the rest waits for the next process."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def submit(self, collection: str, uploads: Sequence[Upload]) -> Job:
        """Queues a job; it is on the disk when this returns.

        Raises:
            Busy: too many wait already.
            StorageError: it can't be stored.
        """
        queued = sum(job.state is JobState.QUEUED for job in self.store.list(limit=self._waiting + 1))
        if queued >= self._waiting:
            raise Busy("too many jobs wait already; send it again in a moment")
        job = self.store.add(JobKind.UPLOAD, collection=collection, uploads=uploads)
        self._wake.set()
        return job

    def remove(self, document_id: str) -> None:
        """Removes a document. Raises UnknownDocument."""
        self._library.remove(self._catalog.document(document_id).collection, document_id)

    def remove_collection(self, collection: str) -> int:
        """Removes all documents of a collection; how many. Raises UnknownCollection."""
        return self._library.remove_collection(collection)

    @contextmanager
    def watching(self, job_id: str, watcher: Watcher) -> Iterator[None]:
        """Has ``watcher`` called, from the worker's thread, with each new state of a job."""
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
                job = self.store.start_next()
                if job is None:
                    self._wake.wait()
                else:
                    self._run(job)
            except SaywhereError as error:  # the list of jobs itself can't be used
                _LOG.error("jobs stand still: %s", error)
                self._wake.wait(_PAUSE)

    def _run(self, job: Job) -> None:
        self._tell(job)
        run = _Run(self._library, self._catalog, self._preparer, job.collection)
        run.results += _results(job)
        try:
            for position in range(job.done, job.total):
                if self._stop.is_set():
                    return
                run.take(self.store.upload(job.id, position))
                if run.is_full:
                    run.write()
                    self._tell(self._progress(job, position + 1, run))
            run.write()
            self._progress(job, job.total, run)
            ended = self.store.finish(job.id, JobState.DONE, report=run.report())
        except Exception as error:  # noqa: BLE001 (logged; the next job must have its turn)
            told = isinstance(error, SaywhereError)
            _LOG.error("job %s failed: %s", job.id, error, exc_info=None if told else error)
            why = str(error) if told else "it failed; the server's log has more"
            ended = self.store.finish(job.id, JobState.FAILED, report=run.report(), error=why)
        self._tell(ended)

    def _progress(self, job: Job, done: int, run: _Run) -> Job:
        return self.store.update_progress(job.id, done=done, total=job.total, report=run.report())

    def _tell(self, job: Job) -> None:
        with self._lock:
            watchers = [watcher for key, watcher in self._watchers if key == job.id]
        for watcher in watchers:
            watcher(job)


_PAUSE = 5.0  # seconds before a list of jobs that can't be used is looked at again


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one document: added, changed, unchanged or failed."""

    uri: str
    outcome: str
    document_id: str | None = None
    reason: str | None = None

    def told(self) -> dict[str, object]:
        named = {"uri": self.uri, "outcome": self.outcome}
        return {**named, "document_id": self.document_id, "reason": self.reason}


@dataclass(slots=True)
class _Run:
    """The documents of one job, written batch by batch; ``results`` are of what is written."""

    library: Writer
    catalog: Catalog
    preparer: Preparer
    collection: str
    results: list[Result] = field(default_factory=list)
    _batch: list[tuple[Change, Result]] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self._batch) >= BATCH_DOCUMENTS or sentences(c for c, _ in self._batch) >= BATCH_SENTENCES

    def take(self, upload: Upload) -> None:
        """Reads one; it is written with its batch, or told as failed."""
        if any(result.uri == upload.uri for _, result in self._batch):
            self.write()  # one write has each document once
        try:
            self._take(upload)
        except UnreadableDocument as error:
            self._fail(upload, str(error))
        except SaywhereError:
            raise
        except Exception as error:  # noqa: BLE001 (logged; one document must not stop the rest)
            _LOG.exception("%s could not be taken in", upload.uri)
            self._fail(upload, f"{upload.name} could not be taken in: {type(error).__name__}")

    def write(self) -> None:
        if self._batch:
            self.library.write([change for change, _ in self._batch])
            release_memory()
            self.results += [result for _, result in self._batch]
            self._batch.clear()

    def report(self) -> dict[str, object]:
        counts = Counter(result.outcome for result in self.results)
        return {"counts": dict(counts), "results": [result.told() for result in self.results]}

    def _take(self, upload: Upload) -> None:
        found = self.catalog.find_by_uri(self.collection, upload.uri)
        if found is not None and found.source:
            self._fail(upload, f"{upload.uri} is a file of {found.source}: change it there")
            return
        key = found.id if found else document_id(self.collection, upload.uri, _InUse(self.catalog))
        named = self.preparer.key(
            sha256(upload.data).hexdigest(), title=upload.title, metadata=upload.metadata
        )
        if found is not None and found.source_sha256 == named:
            self.results.append(Result(uri=upload.uri, outcome="unchanged", document_id=key))
            return
        change = self.preparer.prepare(
            upload.data,
            upload.name,
            uri=upload.uri,
            collection=self.collection,
            media_type=upload.media_type,
            key=key,
            title=upload.title,
            metadata=upload.metadata,
        )
        outcome = "changed" if found else "added"
        self._batch.append((change, Result(uri=upload.uri, outcome=outcome, document_id=key)))

    def _fail(self, upload: Upload, reason: str) -> None:
        self.results.append(Result(uri=upload.uri, outcome="failed", reason=reason))


@dataclass(frozen=True, slots=True)
class _InUse:
    """The ids that documents have."""

    catalog: Catalog

    def __contains__(self, key: object) -> bool:
        return bool(self.catalog.documents([str(key)]))


def _results(job: Job) -> list[Result]:
    """What an earlier process wrote of this job."""
    told = job.report.get("results", [])
    return [Result(**one) for one in told] if isinstance(told, list) else []
