"""Mutated bodies of HTTP requests, to each route that takes one, answered in this process."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from starlette.testclient import TestClient

from api.app import create_app
from ingest.jobs import Ingestion
from ingest.prepare import Preparer
from ingest.split import PassageSplitter
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.settings import FeedbackSettings, LimitSettings, Settings
from rag.storage.library import Library
from tests.fakes.engine import FakeBackend
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex
from tests.fuzz.mutations import mutated, mutated_json
from tests.fuzz.run import Case

MAX_REFUSAL_BYTES = 10_000
MAX_SECONDS = 5.0  # of processor time
ISSUED = "ans_issued"  # stands for the id of an answer that was given
JSON: dict[str, Any] = {
    "/v1/ask": {
        "question": "Who wrote the plan?", "collection": "default", "filters": {"team": "people"},
        "history": [{"question": "When?", "answer": "In May"}], "trace": True, "stream": False,
    },
    "/v1/feedback": {
        "answer_id": ISSUED, "helpful": True, "note": "It was right.", "question": "Who?", "answer": "Ada",
        "citations": [{"document_id": "may.txt", "version": "sha256:" + "0" * 64, "start": 0, "end": 4}],
    },
    "/v1/tokens": {"key": "a key of enough characters"},
    "/v1/documents": {
        "collection": "notes",
        "documents": [{"uri": "a.md", "text": "# A\n\nAda wrote it.", "title": "A", "metadata": {"a": "b"}}],
    },
}  # fmt: skip
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="collection"\r\n\r\nnotes\r\n'
    b'--x\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{"team": "people"}\r\n'
    b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\nAda wrote it.\r\n--x--\r\n"
)


class Bodies:
    """The target: no body is a server error, and a refusal is a short problem that comes soon."""

    def __init__(self) -> None:
        self._stack: ExitStack | None = None

    def case(self, random: Random) -> Case:
        if random.random() < 0.3:
            return Case(name="form /v1/documents", data=mutated(FORM, random))
        path = random.choice(sorted(JSON))
        return Case(name=f"json {path}", data=mutated_json(JSON[path], random))

    def check(self, case: Case) -> str:
        """The status. Raises AssertionError."""
        kind, _, path = case.name.partition(" ")
        media_type = "application/json" if kind == "json" else "multipart/form-data; boundary=x"
        client = self._opened()
        started = time.process_time()
        data = case.data.replace(ISSUED.encode(), self._answer_id.encode())
        response = client.post(path, content=data, headers={"Content-Type": media_type})
        seconds = time.process_time() - started
        assert response.status_code < 500 or response.status_code == 503, response.text[:500]
        assert seconds < MAX_SECONDS, f"{seconds:.1f} seconds"
        if response.status_code >= 400:
            assert response.headers["content-type"] == "application/problem+json", response.headers
            assert len(response.content) < MAX_REFUSAL_BYTES, len(response.content)
        return str(response.status_code)

    def _opened(self) -> TestClient:
        """The client; it is made with the first case, in the process that runs it."""
        if self._stack is None:
            self._stack = ExitStack()
            self._client = self._stack.enter_context(_client(self._stack))
            self._answer_id = self._client.post("/v1/ask", json={"question": "Who?"}).json()["id"]
        return self._client


def _client(stack: ExitStack) -> TestClient:
    limits = LimitSettings(upload_bytes=1_000_000, document_bytes=100_000)
    backend = FakeBackend(Settings(limits=limits, feedback=FeedbackSettings(per_minute=1_000_000)))
    catalog: Any = MemoryCatalog()
    library = Library(catalog, MemoryDenseIndex(), MemoryLexicalIndex(), BagEmbedder())
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    stack.callback(shutil.rmtree, folder)
    jobs = SqliteJobs(folder / "jobs.sqlite3")
    stack.callback(jobs.close)
    ingestion = Ingestion(library, catalog, jobs, Preparer(splitter=PassageSplitter()), max_queued=100)
    stack.enter_context(ingestion)
    app = create_app(backend, ingestion=ingestion, local=True)
    return TestClient(app, raise_server_exceptions=False)
