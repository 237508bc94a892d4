"""The service's state, and where a question got lost, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from ingest.scheduled import stored_sources
from ingest.sources.stored import StoredSource
from rag.errors import IndexUnavailable
from rag.settings import Settings
from tests.fakes.engine import QUOTE, FakeBackend


@pytest.fixture
def client(backend: FakeBackend) -> Iterator[TestClient]:
    with TestClient(create_app(backend, local=True)) as opened:
        yield opened


def test_the_status_says_what_is_ready(client: TestClient, backend: FakeBackend) -> None:
    """Indexes, models, documents and limits; and why it isn't ready."""
    status = client.get("/v1/status").json()
    assert (status["ready"], status["writable"], status["documents"]) == (True, False, 1)
    assert status["indexes"] == {"terms": "ready"}
    assert status["models"]["reader"] == "fake-reader"
    assert status["limits"]["document_bytes"] == backend.settings.limits.document_bytes
    assert status["question_log"] is False
    backend.not_ready = IndexUnavailable("it is being filled")
    backend.indexes = {"terms": "filling"}
    backend.notes = ("terms was damaged",)
    status = client.get("/v1/status").json()
    assert (status["ready"], status["indexes"], status["notes"]) == (
        False, {"terms": "filling"}, ["terms was damaged"]
    )  # fmt: skip


def test_an_answer_is_explained_stage_by_stage(client: TestClient) -> None:
    """In words; without an expected passage nothing is said of one."""
    explained = client.post("/v1/explain", json={"question": "Who asked?"}).json()
    assert explained["answer"]["answer"] == "Ada"
    assert any(line.startswith("Found 3 passages") for line in explained["stages"])
    assert explained["expected"] is None


def test_the_stage_at_which_a_passage_was_lost_is_named(client: TestClient) -> None:
    """Here: it isn't stored, or it was stored and not retrieved."""
    for expected, stage in (("The moon is made of cheese.", "ingest"), (QUOTE, "retrieve")):
        body = {"question": "Who asked?", "expected": expected}
        loss = client.post("/v1/explain", json=body).json()["expected"]
        assert loss["stage"] == stage
        assert loss["lines"]


def test_a_question_that_cannot_be_asked_is_refused(client: TestClient) -> None:
    """Empty, or of no known form."""
    assert client.post("/v1/explain", json={"question": ""}).status_code == 422
    assert client.post("/v1/explain", json={"question": "Who?", "expected": ""}).status_code == 422


def test_the_state_names_sources(backend: FakeBackend, tmp_path: Path) -> None:
    """With their next sync; a list that is damaged is said, and hides nothing else."""
    backend.settings = Settings(data=tmp_path)
    with TestClient(create_app(backend, local=True)) as client:
        next_at = datetime(2026, 12, 1, 9, tzinfo=UTC)
        source = StoredSource(name="wiki", place="confluence:HR", every=timedelta(hours=6), next_at=next_at)
        stored_sources(backend.settings).add(source)
        assert client.get("/v1/status").json()["sources"] == [
            "wiki: confluence:HR into default; never synced; every 6h, next 2026-12-01 09:00 UTC"
        ]
        (tmp_path / "sources.json").write_text("{")
        assert "is damaged" in client.get("/v1/status").json()["sources"][0]
