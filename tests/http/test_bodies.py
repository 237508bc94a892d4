"""Hostile JSON bodies: refused with a short response, and parsed off the event loop."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from starlette.testclient import TestClient

from api import json_body
from api.app import create_app
from rag.settings import LimitSettings, Settings
from rag.wire.documents import MAX_TEXTS
from tests.fakes.engine import FakeBackend
from tests.fakes.writable_service import LIMITS, WritableService
from tests.http.live import in_thread
from tests.http.test_upload import service

__all__ = ["service"]

UNKNOWN = b'{"question": "Who?", ' + b", ".join(b'"k%d": 1' % n for n in range(70_000)) + b"}"
BODIES = {
    "unknown keys": UNKNOWN,
    "a few unknown keys": b'{"question": "Who?", ' + b", ".join(b'"k%d": 1' % n for n in range(900)) + b"}",
    "a long unknown key": b'{"question": "Who?", "' + b"k" * 900_000 + b'": 1}',
    "nested lists": b"[" * 900_000,
    "closed nested lists": b"[" * 400_000 + b"]" * 400_000,
    "nested objects": b'{"a":' * 150_000,
    "many numbers": b'{"question": [' + b"1," * 400_000 + b"1]}",
    "one long number": b'{"question": ' + b"9" * 900_000 + b"}",
    "turns": b'{"question": "Who?", "history": [' + b"[]," * 200_000 + b"[]]}",
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with in_thread(FakeBackend()) as address:
        yield address


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/feedback", "/v1/tokens"])
@pytest.mark.parametrize("body", BODIES)
def test_a_hostile_body_gets_a_short_refusal(url: str, path: str, body: str) -> None:
    """A problem of at most 10,000 bytes, with at most 20 faults."""
    headers = {"Content-Type": "application/json"}
    response = httpx.post(url + path, content=BODIES[body], headers=headers, timeout=60)
    assert response.status_code in (413, 422)
    assert response.headers["content-type"] == "application/problem+json"
    assert len(response.content) < 10_000
    assert len(response.json().get("errors", [])) <= 20


def test_a_long_body_is_parsed_off_the_event_loop(url: str) -> None:
    """In another thread than the one that serves everybody."""
    threads: list[str] = []
    parse = json_body.parse

    def noting(body: bytes) -> Any:
        threads.append(threading.current_thread().name)
        return parse(body)

    with patch.object(json_body, "parse", noting):
        body = {"question": "Who?", "history": [{"question": "x" * 100_000}]}
        assert httpx.post(f"{url}/v1/ask", json=body).status_code == 200
    assert threads == ["AnyIO worker thread"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"documents": [' + b"[]," * 100_000 + b"[]]}",
        b'{"documents": ' + b"[" * 300_000 + b"]" * 300_000 + b"}",
        b'{"documents": [{"text": "x", "metadata": {' + b'"a": "b", ' * 50_000 + b'"a": "b"}}]}',
    ],
    ids=["lists", "nested lists", "metadata"],
)
def test_a_hostile_upload_gets_a_short_refusal(service: WritableService, body: bytes) -> None:
    """Nothing is queued."""
    service.backend.settings = Settings(limits=LIMITS.model_copy(update={"upload_bytes": 1_000_000}))
    app = create_app(service.backend, ingestion=service.ingestion(), local=True)
    with TestClient(app) as client:
        headers = {"Content-Type": "application/json"}
        response = client.post("/v1/documents", content=body, headers=headers)
    assert response.status_code == 422
    assert len(response.content) < 10_000
    assert service.jobs.list() == []


def test_an_upload_of_as_many_texts_as_allowed_is_within_the_bounds(service: WritableService) -> None:
    """A thousand, each with all its fields and 20 pairs of metadata."""
    text = {
        "text": 'A "quoted" text.', "title": "T", "media_type": "text/plain",
        "metadata": {f"name {n}": "value" for n in range(20)},
    }  # fmt: skip
    body = json.dumps({"documents": [{**text, "uri": f"u/{n}"} for n in range(MAX_TEXTS)], "collection": "c"})
    service.backend.settings = Settings(limits=LimitSettings())
    app = create_app(service.backend, ingestion=service.ingestion(), local=True)
    with TestClient(app) as client:
        headers = {"Content-Type": "application/json"}
        assert client.post("/v1/documents", content=body, headers=headers).status_code == 202


def test_limits_of_the_settings_hold_for_json_too() -> None:
    """A body over the limit in bytes is a 413, whatever it holds."""
    with in_thread(FakeBackend(Settings(limits=LimitSettings(body_bytes=1_000)))) as url:
        headers = {"Content-Type": "application/json"}
        assert httpx.post(f"{url}/v1/ask", content=b"[" * 2_000, headers=headers).status_code == 413
