"""What goes wrong behind the routes comes out as the right problem, and tells nothing it shouldn't."""

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
def test_a_fault_is_a_problem(
    client: TestClient, backend: FakeBackend, route: str, error: Exception, status: int, slug: str
) -> None:
    """Status and type are the table's; nothing of the server's insides is told."""
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
def test_what_passes_says_when_to_try_again(
    client: TestClient, backend: FakeBackend, error: Exception
) -> None:
    """Busy and not-ready carry Retry-After in seconds."""
    backend.engine.script = _raising(error)
    response = client.post("/v1/ask", json={"question": "Who?"})
    assert int(response.headers["retry-after"]) >= 1


def test_an_unexpected_error_is_logged_under_the_request_id(
    client: TestClient, backend: FakeBackend, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the exception's text and the id that the client was given."""
    backend.engine.script = _raising(RuntimeError(PRIVATE))
    response = client.post("/v1/ask", json={"question": "Who?"}, headers={"X-Request-Id": "mine-7"})
    assert response.json()["request_id"] == "mine-7"
    assert "mine-7" in caplog.text
    assert PRIVATE in caplog.text


def test_a_slow_question_is_a_504() -> None:
    """Past its seconds a question is given up, though its thread still works."""
    release = threading.Event()

    def slow(question: str) -> Outcome:
        release.wait(60)
        return answer(question)

    backend = FakeBackend(Settings(limits=LimitSettings(seconds=0.05)), slow)
    with TestClient(create_app(backend)) as client:
        response = client.post("/v1/ask", json={"question": "Who?"})
        release.set()
    assert response.status_code == 504
    assert response.json()["type"] == "/problems/deadline"


def test_a_question_too_many_is_turned_away() -> None:
    """With one worked on and none allowed to wait, the second is a 503 with Retry-After."""
    working, release = threading.Event(), threading.Event()

    def slow(question: str) -> Outcome:
        working.set()
        release.wait(60)
        return answer(question)

    backend = FakeBackend(Settings(limits=LimitSettings(concurrent=1, waiting=0)), slow)
    statuses = []
    with TestClient(create_app(backend)) as client:
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
    """404 and 405 have the same form as all other errors."""
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["instance"] == path


def test_the_method_that_is_allowed_is_named(client: TestClient) -> None:
    """A 405 keeps its Allow header."""
    assert client.get("/v1/ask").headers["allow"] == "POST"


def test_a_body_without_length_is_cut_off_at_the_limit(backend: FakeBackend) -> None:
    """Bytes are counted as they come: a chunked or falsely declared body ends at the limit."""
    taken = 0
    sent: list[dict[str, object]] = []

    async def endless() -> dict[str, object]:
        nonlocal taken
        taken += 10_000
        return {"type": "http.request", "body": b" " * 10_000, "more_body": True}

    async def keep(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", b"12")]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/ask", "raw_path": b"/v1/ask", "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    asyncio.run(create_app(backend)(scope, endless, keep))  # type: ignore[arg-type]
    assert sent[0]["status"] == 413
    assert taken == 60_000
