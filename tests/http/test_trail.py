"""The log: a line for each request, and one for each write, deletion and refusal."""

from __future__ import annotations

import logging

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.trail import ACCESS, TRAIL
from tests.fakes.engine import FakeBackend
from tests.fakes.writable_service import WritableService
from tests.http.test_upload import finished_job, service, text

__all__ = ["service"]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger=ACCESS)
    caplog.set_level(logging.INFO, logger=TRAIL)
    return caplog


def lines(log: pytest.LogCaptureFixture, name: str) -> list[str]:
    return [record.getMessage() for record in log.records if record.name == name]


def test_each_request_is_a_line_without_its_question(log: pytest.LogCaptureFixture) -> None:
    """With client, method, path, id, status, bytes and time; the query is left out."""
    with TestClient(create_app(FakeBackend(), open_reading=True)) as client:
        response = client.get("/v1/search?q=secret+thing", headers={"X-Request-Id": "mine-1"})
        client.post("/v1/ask", json={"question": "A secret thing?"})
        client.get("/nowhere")
    first, second, third = lines(log, ACCESS)
    assert first.startswith('testclient "GET /v1/search" mine-1 200 ')
    assert f" {len(response.content)} bytes " in first
    assert '"POST /v1/ask"' in second
    assert " 404 " in third
    assert "secret" not in log.text


def test_writes_and_deletions_are_logged(service: WritableService, log: pytest.LogCaptureFixture) -> None:
    """With what was written or deleted, from where, and the request's id."""
    with service.client() as client:
        job = finished_job(client, client.post("/v1/documents", json=text("One.", uri="u")))
        document_id = job["results"][0]["document_id"]
        client.delete(f"/v1/documents/{document_id}", headers={"X-Request-Id": "mine-2"})
        finished_job(client, client.post("/v1/documents", json={**text("Two."), "collection": "hr"}))
        client.delete("/v1/collections/hr")
    written, deleted, _, dropped = lines(log, TRAIL)
    assert written.startswith('documents testclient "POST /v1/documents" ')
    assert f'job="{job["id"]}" collection="default" documents=1' in written
    assert "mine-2" in deleted
    assert f'document="{document_id}"' in deleted
    assert 'collection="hr" documents=1' in dropped


def test_refusals_are_logged(service: WritableService, log: pytest.LogCaptureFixture) -> None:
    """A wrong or missing key, another site's page, another host; with the reason and never the key."""
    with service.client(local=False, key="k" * 20) as client:
        client.post("/v1/documents", json=text("x"), headers={"Authorization": "Bearer wrong-key"})
        client.delete("/v1/documents/d", headers={"Origin": "https://evil.example"})
    with TestClient(create_app(FakeBackend(), hosts=frozenset({"docs.lan"}), open_reading=True)) as client:
        client.get("/healthz")
    wrong, foreign, host = lines(log, TRAIL)
    assert wrong.startswith('refused testclient "POST /v1/documents" ')
    assert "status=401" in wrong
    assert "wrong-key" not in log.text
    assert "status=403" in foreign
    assert "status=421" in host


def test_no_line_can_be_forged(log: pytest.LogCaptureFixture) -> None:
    """Line breaks in a path or an origin stay escaped."""
    with TestClient(create_app(FakeBackend(), local=True)) as client:
        client.get("/v1/documents/a%0Aforged%20line")
        client.get("/v1/feedback", headers={"Origin": "https://a\tforged"})
    assert all(len(record.getMessage().splitlines()) == 1 for record in log.records)
