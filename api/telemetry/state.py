"""The state of the service, looked at when metrics are read: readiness, queues, sizes, time in models."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from api.backend import Backend
from api.readiness import is_ready, parts
from api.security.request_limits import ConcurrencyLimiter
from ingest.jobs import Ingestion
from rag.errors import SaywhereError
from rag.ports.jobs import JobState

_SIZES_SECONDS = 60.0  # between two looks at the sizes of files
_FILES = {"catalog": "catalog", "chroma": "vectors", "terms": "terms", "originals": "originals"}
_WAITING = (JobState.QUEUED, JobState.RUNNING)


class ServiceState(Collector):
    """Gauges of one service. What can't be read is left out.

    Args:
        ingestion: the queue of documents to write; None: there is none.
    """

    def __init__(self, backend: Backend, limiter: ConcurrencyLimiter, ingestion: Ingestion | None) -> None:
        self._backend = backend
        self._limiter = limiter
        self._ingestion = ingestion
        self._sizes: tuple[float, dict[str, int]] = (-_SIZES_SECONDS, {})
        self._rows: tuple[int, dict[str, int]] = (-1, {})

    def describe(self) -> list[Metric]:
        """Nothing: registering reads no state."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._readiness()
        yield from self._queues()
        yield from self._contents()
        yield from self._disk()
        yield from self._models()

    def _readiness(self) -> Iterator[Metric]:
        found = parts(self._backend)
        yield GaugeMetricFamily(
            "saywhere_ready", "Whether questions are answered.", value=float(is_ready(found))
        )
        by_part = GaugeMetricFamily("saywhere_part_ready", "Whether a part is ready.", labels=["part"])
        for part in found:
            by_part.add_metric([part.name], float(part.ready))
        yield by_part

    def _queues(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "saywhere_questions_running", "Questions being worked on.", value=self._limiter.running
        )
        yield GaugeMetricFamily(
            "saywhere_questions_waiting", "Questions that wait for their turn.", value=self._limiter.waiting
        )
        if self._ingestion is None:
            return
        jobs = GaugeMetricFamily("saywhere_ingest_jobs", "Upload jobs queued and running.", labels=["state"])
        try:
            found = self._ingestion.store.list(limit=self._backend.settings.limits.jobs_waiting + 1)
        except SaywhereError:
            return
        for state in _WAITING:
            jobs.add_metric([state], sum(job.state is state for job in found))
        yield jobs

    def _contents(self) -> Iterator[Metric]:
        catalog = self._backend.catalog
        try:
            documents, collections = catalog.count(), len(catalog.collections())
            generation = catalog.generation()
        except SaywhereError:
            return
        yield GaugeMetricFamily("saywhere_documents", "Documents stored.", value=documents)
        yield GaugeMetricFamily("saywhere_collections", "Collections with a document.", value=collections)
        yield GaugeMetricFamily(
            "saywhere_generation", "Number of the last write of documents.", value=generation
        )
        try:
            if self._rows[0] != generation:
                self._rows = generation, self._backend.index_rows()
        except SaywhereError:
            return
        rows = GaugeMetricFamily("saywhere_index_rows", "Rows of an index.", labels=["index"])
        for name, count in self._rows[1].items():
            rows.add_metric([name], count)
        yield rows

    def _disk(self) -> Iterator[Metric]:
        data = self._backend.settings.data
        try:
            free = shutil.disk_usage(data).free
        except OSError:
            return
        yield GaugeMetricFamily("saywhere_disk_free_bytes", "Free space beside the data folder.", value=free)
        looked_at, sizes = self._sizes
        if time.monotonic() - looked_at >= _SIZES_SECONDS:
            sizes = folder_sizes(data)
            self._sizes = time.monotonic(), sizes
        by_part = GaugeMetricFamily("saywhere_data_bytes", "Bytes of the data folder.", labels=["part"])
        for part, size in sizes.items():
            by_part.add_metric([part], size)
        yield by_part

    def _models(self) -> Iterator[Metric]:
        calls = CounterMetricFamily("saywhere_model_calls", "Calls of a model.", labels=["model"])
        seconds = CounterMetricFamily("saywhere_model_seconds", "Time in a model.", labels=["model"])
        for model, (count, total) in self._backend.model_times().items():
            calls.add_metric([model], count)
            seconds.add_metric([model], total)
        yield calls
        yield seconds


def folder_sizes(data: Path) -> dict[str, int]:
    """Bytes of the data folder's files by part: catalog, vectors, terms, originals, other."""
    sizes = dict.fromkeys((*_FILES.values(), "other"), 0)
    for path in data.rglob("*"):
        try:
            size = path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # it was removed meanwhile
        name = re.split(r"[.-]", path.relative_to(data).parts[0])[0]
        sizes[_FILES.get(name, "other")] += size
    return sizes
