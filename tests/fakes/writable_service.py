"""A service that takes documents: real library and jobs, indexes in memory, a scripted engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from starlette.testclient import TestClient

from api.app import create_app
from ingest.jobs import Ingestion
from ingest.prepare import Preparer
from ingest.split import PassageSplitter
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.settings import LimitSettings, Settings
from rag.storage.library import Library
from tests.fakes.engine import FakeBackend
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import Interrupted, MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex

LIMITS = LimitSettings(body_bytes=2_000, document_bytes=5_000, upload_bytes=20_000, upload_files=5)


@dataclass
class WritableService:
    """A service with real library and jobs, indexes in memory, and a scripted engine."""

    backend: FakeBackend
    catalog: MemoryCatalog
    library: Library
    jobs: SqliteJobs
    faults: dict[str, Exception]

    def ingestion(self) -> Ingestion:
        preparer = Preparer(splitter=PassageSplitter())
        return Ingestion(self.library, self.catalog, self.jobs, preparer, max_queued=3)

    @contextmanager
    def client(self, *, local: bool = True, key: str | None = None) -> Iterator[TestClient]:
        self.backend.settings = Settings(limits=LIMITS, api_key=key)
        with self.ingestion() as ingestion:
            app = create_app(self.backend, ingestion=ingestion, local=local, open_reading=not local)
            with TestClient(app) as client:
                yield client

    @property
    def texts(self) -> dict[str, str]:
        return {r.uri: self.catalog.document(r.id).text for r in self.catalog.list()}


@contextmanager
def writable_service(folder: Path) -> Iterator[WritableService]:
    """A service with a job store in the folder."""
    faults: dict[str, Exception] = {}

    def hook(step: str) -> None:
        if step in faults:
            raise faults.pop(step)

    catalog = MemoryCatalog()
    parts = MemoryDenseIndex(), MemoryLexicalIndex()
    interrupted = cast(Any, Interrupted(catalog, hook))
    library = Library(interrupted, *parts, BagEmbedder())
    backend = FakeBackend(Settings(limits=LIMITS))
    backend.catalog = cast(Any, catalog)
    jobs = SqliteJobs(folder / "jobs.sqlite3")
    yield WritableService(backend, catalog, library, jobs, faults)
    jobs.close()
