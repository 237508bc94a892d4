"""Errors behind the routes become the right problem, and reveal nothing internal."""

from __future__ import annotations

import asyncio
import threading

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag import errors
from rag.settings import LimitSettings, Settings
from rag.types import Outcome
from tests.fakes.engine import FakeBackend, answer

PRIVATE = "/srv/private/path"


def _raising(error: Exception):  # type: ignore[no-untyped-def]
    def script(_question: str) -> Outcome:
        raise error

    return script


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (errors.UnknownCollection("no collection 'x'"), 404, "unknown-collection"),
        (errors.IndexUnavailable(PRIVATE), 503, "not-ready"),
        (errors.DeadlineExceeded("took too long"), 504, "deadline"),
        (errors.Busy("ask again"), 503, "busy"),
        (errors.StorageFull(PRIVATE), 507, "storage-full"),
        (errors.StorageError(PRIVATE), 500, "storage"),
        (errors.ModelError(PRIVATE), 500, "model"),
        (RuntimeError(PRIVATE), 500, "unexpected"),
        (TimeoutError(PRIVATE), 500, "unexpected"),
        (MemoryError(PRIVATE), 500, "unexpected"),
    ],
)
@pytest.mark.parametrize("route", ["ask", "search"])
def test_an_error_becomes_its_problem(
    client: TestClient, backend: FakeBackend, route: str, error: Exception, status: int, slug: str
) -> None:
    """With status and type of the table, and without private messages."""
    backend.engine.script = _raising(error)
    if route == "ask":
        response = client.post("/v1/ask", json={"question": "Who?"})
    else:
        response = client.get("/v1/search", params={"q": "who"})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"/problems/{slug}"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert "private" not in response.text


@pytest.mark.parametrize("error", [errors.Busy("again"), errors.IndexUnavailable("soon")])
def test_temporary_problems_have_retry_after(
    client: TestClient, backend: FakeBackend, error: Exception
) -> None:
    """Busy and not-ready, in seconds."""
    backend.engine.script = _raising(error)
    response = client.post("/v1/ask", json={"question": "Who?"})
    assert int(response.headers["retry-after"]) >= 1


def test_an_unexpected_error_is_logged_under_the_request_id(
    client: TestClient, backend: FakeBackend, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the exception's message and the id that the client gets."""
    backend.engine.script = _raising(RuntimeError(PRIVATE))
    response = client.post("/v1/ask", json={"question": "Who?"}, headers={"X-Request-Id": "mine-7"})
    assert response.json()["request_id"] == "mine-7"
    assert "mine-7" in caplog.text
    assert PRIVATE in caplog.text


def test_a_slow_question_is_a_504() -> None:
    """After its seconds, though its thread still runs."""
    release = threading.Event()

    def slow(question: str) -> Outcome:
        release.wait(60)
        return answer(question)

    backend = FakeBackend(Settings(limits=LimitSettings(seconds=0.05)), slow)
    with TestClient(create_app(backend, open_reading=True)) as client:
        response = client.post("/v1/ask", json={"question": "Who?"})
        release.set()
    assert response.status_code == 504
    assert response.json()["type"] == "/problems/deadline"


def test_a_question_beyond_the_queue_is_a_503() -> None:
    """One runs and none may wait: the second gets Retry-After."""
    working, release = threading.Event(), threading.Event()

    def slow(question: str) -> Outcome:
        working.set()
        release.wait(60)
        return answer(question)

    backend = FakeBackend(Settings(limits=LimitSettings(concurrent=1, waiting=0)), slow)
    statuses = []
    with TestClient(create_app(backend, open_reading=True)) as client:
        first = threading.Thread(
            target=lambda: statuses.append(client.post("/v1/ask", json={"question": "Who?"}).status_code)
        )
        first.start()
        assert working.wait(60)
        second = client.post("/v1/ask", json={"question": "Who?"})
        release.set()
        first.join(60)
    assert (second.status_code, second.headers["retry-after"]) == (503, "1")
    assert statuses == [200]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/v1/ask", 405),
        ("DELETE", "/v1/search", 405),
        ("GET", "/pages/x.js", 404),
    ],
)
def test_a_wrong_address_or_method_is_a_problem(
    client: TestClient, method: str, path: str, status: int
) -> None:
    """404 and 405 have the form of all other errors."""
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["instance"] == path


def test_a_405_has_the_allow_header(client: TestClient) -> None:
    """With the methods of the route."""
    assert client.get("/v1/ask").headers["allow"] == "POST"


def test_a_body_is_read_up_to_the_limit_only(backend: FakeBackend) -> None:
    """Bytes are counted as they arrive, also of a body with a false Content-Length."""
    received = 0
    sent: list[dict[str, object]] = []

    async def endless() -> dict[str, object]:
        nonlocal received
        received += 10_000
        return {"type": "http.request", "body": b" " * 10_000, "more_body": True}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", b"12")]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/ask", "raw_path": b"/v1/ask", "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    asyncio.run(create_app(backend, open_reading=True)(scope, endless, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 413
    assert received == 60_000
