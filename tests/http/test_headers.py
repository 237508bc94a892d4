"""Headers that every response has, whatever happened inside."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.security.headers import SECURITY_HEADERS
from rag.types import Outcome
from tests.fakes.engine import FakeBackend


def _crash(_question: str) -> Outcome:
    raise RuntimeError("boom")


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/nowhere", "/v1/documents/nope", "/pages/ask.js", "/v1/ask"]
)
def test_every_response_has_id_and_security_headers(client: TestClient, path: str) -> None:
    """Pages, JSON and problems alike."""
    response = client.get(path)
    assert response.headers["x-request-id"]
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value


def test_a_crash_has_them_too(client: TestClient, backend: FakeBackend) -> None:
    """A 500 doesn't slip past."""
    backend.engine.script = _crash
    response = client.post("/v1/ask", json={"question": "Who?"})
    assert response.status_code == 500
    assert response.headers["x-request-id"]
    assert response.headers["content-security-policy"]


def test_a_sane_request_id_is_echoed(client: TestClient) -> None:
    """A proxy's id is kept, so that both logs can be read together."""
    assert (
        client.get("/healthz", headers={"X-Request-Id": "abc-1.2_3"}).headers["x-request-id"] == "abc-1.2_3"
    )


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "<script>", "id\tid"])
def test_an_odd_request_id_is_replaced(client: TestClient, sent: str) -> None:
    """What could break a log line or a page isn't repeated."""
    assert client.get("/healthz", headers={"X-Request-Id": sent}).headers["x-request-id"] != sent


def test_answers_are_not_kept_by_caches(client: TestClient) -> None:
    """Answers speak of private documents."""
    response = client.post("/v1/ask", json={"question": "Who?"})
    assert response.headers["cache-control"] == "no-store"


def test_no_other_origin_is_let_in(client: TestClient) -> None:
    """A preflight from elsewhere isn't granted."""
    headers = {"Origin": "http://elsewhere.example", "Access-Control-Request-Method": "POST"}
    response = client.options("/v1/ask", headers=headers)
    assert response.status_code == 405
    assert "access-control-allow-origin" not in response.headers
