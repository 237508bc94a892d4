"""Metrics over HTTP: who may read them, and what they count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from ingest.ended import Ended
from rag.errors import DamagedFile, IndexUnavailable, StorageError
from rag.ports.jobs import JobKind, JobState
from rag.settings import Settings
from rag.types import Outcome
from tests.fakes.engine import FakeBackend, abstention, answer
from tests.fakes.writable_service import writable_service

KEY = "a-key-of-sixteen-characters"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(client: TestClient) -> Samples:
    """By name and labels."""
    response = client.get("/metrics")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


@pytest.fixture
def client(backend: FakeBackend) -> Iterator[TestClient]:
    with TestClient(create_app(backend, local=True)) as opened:
        yield opened


def test_metrics_are_for_the_team() -> None:
    """With a key for whoever sends it; without one for this machine alone."""
    with TestClient(create_app(FakeBackend(Settings(api_key=SecretStr(KEY))))) as keyed:
        assert keyed.get("/metrics").status_code == 401
        assert keyed.get("/metrics", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200
    with TestClient(create_app(FakeBackend())) as open_to_others:
        assert open_to_others.get("/metrics").status_code == 403


def test_questions_are_counted_by_outcome_and_stage(client: TestClient, backend: FakeBackend) -> None:
    """Over each interface; one that fails by the kind of its problem. Explaining asks nobody's question."""

    def broken(_question: str) -> Outcome:
        raise StorageError("gone")

    for script in (answer, abstention, broken):
        backend.engine.script = script
        client.post("/v1/ask", json={"question": "Who?"})
    backend.engine.script = answer
    messages = [{"role": "user", "content": "Who?"}]
    client.post("/v1/chat/completions", json={"model": "saywhere", "messages": messages})
    client.post("/v1/explain", json={"question": "Who?"})
    found = samples(client)
    certainty = answer("?").certainty
    assert value(found, "saywhere_questions_total", outcome="answered", detail=certainty) == 2
    assert value(found, "saywhere_questions_total", outcome="abstained", detail="not_answered_here") == 1
    assert value(found, "saywhere_questions_total", outcome="failed", detail="storage") == 1
    assert value(found, "saywhere_question_seconds_count") == 3
    assert value(found, "saywhere_stage_seconds_count", stage="read") == 3
    assert value(found, "saywhere_stage_seconds_sum", stage="read") == pytest.approx(0.027)


def test_requests_are_counted_by_the_routes_template(client: TestClient) -> None:
    """So that no document and no made-up path makes a series of its own."""
    for path in ("/v1/documents/a", "/v1/documents/b", "/no/such/page"):
        assert client.get(path).status_code == 404
    found = samples(client)
    templates = {
        dict(labels).get("route") for name, labels in found if name == "saywhere_http_requests_total"
    }
    assert len(templates) == 2
    [document] = templates - {"other"}
    assert str(document).startswith("/v1/documents/{document_id")
    assert value(found, "saywhere_http_requests_total", method="GET", route="other", status="404") == 1


def test_the_state_is_looked_at(client: TestClient, backend: FakeBackend, tmp_path: Path) -> None:
    """Readiness by part, sizes, models, and how many questions run."""
    data = tmp_path / "data"
    (data / "originals").mkdir(parents=True)
    (data / "originals" / "x").write_bytes(b"12345")
    (data / "catalog.sqlite3-wal").write_bytes(b"123")
    backend.settings = Settings(data=data)
    backend.indexes = {"terms": "filling"}
    found = samples(client)
    assert value(found, "saywhere_ready") == 0
    assert value(found, "saywhere_part_ready", part="terms") == 0
    assert value(found, "saywhere_part_ready", part="catalog") == 1
    assert value(found, "saywhere_documents") == 1
    assert value(found, "saywhere_index_rows", index="dense") == 2
    assert value(found, "saywhere_data_bytes", part="originals") == 5
    assert value(found, "saywhere_data_bytes", part="catalog") == 3
    assert value(found, "saywhere_disk_free_bytes") > 0
    assert value(found, "saywhere_questions_running") == 0
    assert value(found, "saywhere_questions_waiting") == 0
    assert value(found, "saywhere_model_seconds_total", model="reader") == 0.5
    assert value(found, "saywhere_model_calls_total", model="reader") == 4


def test_a_part_that_cannot_be_read_is_left_out(client: TestClient, backend: FakeBackend) -> None:
    """The other metrics are given all the same."""
    backend.catalog.fault = DamagedFile("broken")
    found = samples(client)
    assert value(found, "saywhere_ready") == 0
    assert not any(name == "saywhere_documents" for name, _ in found)


def test_ingest_is_counted(tmp_path: Path) -> None:
    """Uploads as they end, and what follows a folder."""
    with writable_service(tmp_path) as service, service.client() as client:
        job = client.post(
            "/v1/documents",
            files={"files": ("a.md", b"# A\n\nAda asked for a second ship.", "text/markdown")},
        ).json()
        with client.stream("GET", f"/v1/jobs/{job['id']}/events") as events:
            events.read()
        client.app.state.write_access.ingestion().ends.publish(  # type: ignore[attr-defined]
            Ended(kind=JobKind.SYNC, state=JobState.DONE, seconds=2.0, counts={"added": 3, "failed": 1})
        )
        found = samples(client)
    assert value(found, "saywhere_ingest_documents_total", outcome="added") == 4
    assert value(found, "saywhere_ingest_documents_total", outcome="failed") == 1
    assert value(found, "saywhere_ingest_job_seconds_count", kind="upload", state="done") == 1
    assert value(found, "saywhere_ingest_job_seconds_sum", kind="sync", state="done") == 2.0
    assert value(found, "saywhere_ingest_jobs", state="queued") == 0


def test_openmetrics_is_given_to_who_asks_for_it(client: TestClient) -> None:
    """By the Accept header, as Prometheus does."""
    response = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


def test_readyz_says_which_part_is_not_ready(client: TestClient, backend: FakeBackend) -> None:
    """With a reason of its own that names no file, also where it is damaged."""
    backend.indexes = {"terms": "ready", "chroma": "/srv/data/chroma can't be opened"}
    backend.not_ready = IndexUnavailable("an index is being rebuilt")
    response = client.get("/readyz")
    assert response.status_code == 503
    problem = response.json()
    assert problem["detail"] == "chroma: it is damaged and will be rebuilt"
    by_name = {part["name"]: part for part in problem["parts"]}
    assert by_name["catalog"]["ready"]
    assert by_name["terms"]["ready"]
    assert by_name["chroma"] == {
        "name": "chroma", "ready": False, "reason": "it is damaged and will be rebuilt",
    }  # fmt: skip
    assert "/srv" not in response.text
    backend.indexes, backend.not_ready = {"terms": "ready"}, None
    assert [part["name"] for part in client.get("/readyz").json()["parts"]] == ["catalog", "terms", "disk"]
