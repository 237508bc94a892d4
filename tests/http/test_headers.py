"""Headers that every response has, of an error too."""

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
    """Pages, JSON and problems."""
    response = client.get(path)
    assert response.headers["x-request-id"]
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value


def test_an_unexpected_error_has_the_headers(client: TestClient, backend: FakeBackend) -> None:
    """Also the response to an exception that nothing handles."""
    backend.engine.script = _crash
    response = client.post("/v1/ask", json={"question": "Who?"})
    assert response.status_code == 500
    assert response.headers["x-request-id"]
    assert response.headers["content-security-policy"]


def test_a_valid_request_id_is_kept(client: TestClient) -> None:
    """A proxy's id is used, so that both logs can be compared."""
    assert (
        client.get("/healthz", headers={"X-Request-Id": "abc-1.2_3"}).headers["x-request-id"] == "abc-1.2_3"
    )


@pytest.mark.parametrize("request_id", ["", "a b", "x" * 65, "<script>", "id\tid"])
def test_an_invalid_request_id_is_replaced(client: TestClient, request_id: str) -> None:
    """What could break a log line or a page is not repeated."""
    assert client.get("/healthz", headers={"X-Request-Id": request_id}).headers["x-request-id"] != request_id


def test_answers_are_not_cached(client: TestClient) -> None:
    """They may quote private documents."""
    response = client.post("/v1/ask", json={"question": "Who?"})
    assert response.headers["cache-control"] == "no-store"


def test_preflights_are_not_granted_by_default(client: TestClient) -> None:
    """Without a setting no other site's page may ask."""
    headers = {"Origin": "http://elsewhere.example", "Access-Control-Request-Method": "POST"}
    response = client.options("/v1/ask", headers=headers)
    assert response.status_code == 405
    assert "access-control-allow-origin" not in response.headers
