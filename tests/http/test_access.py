"""Access of other sites' pages: allow-list, public collections, keys, tokens, rate limits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.errors import InvalidSettings
from rag.settings import Settings, SiteKey, WidgetSettings, load
from tests.fakes.engine import FakeBackend

TEAM, OPEN, OTHER = "https://intranet.example", "https://open.example:8443", "https://elsewhere.example"
WIDGET = WidgetSettings(
    origins=(OPEN,),
    public=("default",),
    keys={"pk_team": SiteKey(origins=(TEAM,), collections=("default", "hr"))},
    per_minute=3,
    tokens_per_minute=5,
)


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend(Settings(widget=WIDGET))


@pytest.fixture
def client(backend: FakeBackend) -> Iterator[TestClient]:
    with TestClient(
        create_app(backend, open_reading=True), base_url="https://saywhere.example"
    ) as test_client:
        yield test_client


def _ask(client: TestClient, origin: str | None = None, token: str | None = None, **more: object):  # type: ignore[no-untyped-def]
    headers = {"Origin": origin} if origin else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return client.post("/v1/ask", json={"question": "Who?", **more}, headers=headers)


def _token(client: TestClient, origin: str = TEAM, key: str = "pk_team") -> str:
    response = client.post("/v1/tokens", json={"key": key}, headers={"Origin": origin})
    assert response.status_code == 200, response.text
    return str(response.json()["token"])


def _denial(response) -> tuple[int, str]:  # type: ignore[no-untyped-def]
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["type"].rpartition("/")[2]


def test_own_pages_and_programs_need_no_token(client: TestClient) -> None:
    """Without an Origin, or with the service's own, a request isn't counted either."""
    for _ in range(WIDGET.per_minute + 1):
        assert _ask(client).status_code == 200
        assert _ask(client, "https://saywhere.example").status_code == 200
    behind_a_proxy = {"Origin": "https://known.example", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/v1/ask", json={"question": "Who?"}, headers=behind_a_proxy).status_code == 200


@pytest.mark.parametrize("origin", [OTHER, "null", f"{OPEN}0", "http://intranet.example"])
def test_an_unlisted_site_is_refused(client: TestClient, backend: FakeBackend, origin: str) -> None:
    """Neither preflight nor request is granted, and the engine isn't asked."""
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.options("/v1/ask", headers=headers).headers
    response = _ask(client, origin)
    assert _denial(response) == (403, "other-site")
    assert "access-control-allow-origin" not in response.headers
    assert backend.engine.questions == []


def test_a_listed_site_asks_a_public_collection(client: TestClient) -> None:
    """Preflight and response are granted to that origin, with the headers that the widget reads."""
    headers = {
        "Origin": OPEN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,authorization",
    }
    assert client.options("/v1/ask", headers=headers).headers["access-control-allow-origin"] == OPEN
    response = _ask(client, OPEN)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == OPEN
    assert "Origin" in response.headers["vary"]
    assert "X-Request-Id" in response.headers["access-control-expose-headers"]


def test_a_listed_site_needs_a_token_for_other_collections(client: TestClient) -> None:
    """A 401 with CORS headers; a keyed site gets the same without a token."""
    for origin, collection in ((OPEN, "hr"), (TEAM, "default")):
        response = _ask(client, origin, collection=collection)
        assert _denial(response) == (401, "token-needed")
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.headers["access-control-allow-origin"] == origin


def test_a_token_admits_to_the_collections_of_its_key(client: TestClient) -> None:
    """Its page may ask them and get suggestions; other collections are refused."""
    token = _token(client)
    headers = {"Origin": TEAM, "Authorization": f"Bearer {token}"}
    assert _ask(client, TEAM, token).status_code == 200
    assert client.get("/v1/suggestions", headers=headers).status_code == 200
    assert _denial(_ask(client, TEAM, token, collection="secret")) == (403, "other-site")


@pytest.mark.parametrize(
    ("origin", "key"), [(OTHER, "pk_team"), (OPEN, "pk_team"), (TEAM, "pk_none"), ("null", "pk_team")]
)
def test_a_key_is_refused_from_another_site(client: TestClient, origin: str, key: str) -> None:
    """So is an unknown key from the right one."""
    response = client.post("/v1/tokens", json={"key": key}, headers={"Origin": origin})
    assert _denial(response) == (403, "other-site")


def test_a_token_needs_an_origin(client: TestClient) -> None:
    """A token is bound to an origin, so a request without one gets none."""
    assert client.post("/v1/tokens", json={"key": "pk_team"}).status_code == 403


def test_an_invalid_token_is_refused(client: TestClient) -> None:
    """Sent from another site, changed by one character, or made up."""
    token = _token(client)
    changed = ("B" if token[0] == "A" else "A") + token[1:]
    for origin, invalid in ((OPEN, token), (TEAM, changed), (TEAM, "made.up"), (TEAM, "")):
        assert _denial(_ask(client, origin, invalid or "x"))[0] == 401


def test_an_expired_token_is_refused(client: TestClient) -> None:
    """The page then needs a new one."""
    token = _token(client)
    later = time.time() + WIDGET.token_seconds + 5
    with patch("itsdangerous.timed.time.time", return_value=later):
        assert _denial(_ask(client, TEAM, token)) == (401, "token-needed")


def test_a_token_of_another_process_is_refused(client: TestClient) -> None:
    """Each process has its own signing key: after a restart the widget requests a new token."""
    with TestClient(create_app(FakeBackend(Settings(widget=WIDGET)), open_reading=True)) as other:
        token = _token(other)
    assert _denial(_ask(client, TEAM, token)) == (401, "token-needed")


def test_requests_are_limited_by_token(client: TestClient) -> None:
    """Over the limit is a 429 with Retry-After, readable by the page; another token has its own allowance."""
    token = _token(client)
    for _ in range(WIDGET.per_minute):
        assert _ask(client, TEAM, token).status_code == 200
    response = _ask(client, TEAM, token)
    assert _denial(response) == (429, "too-often")
    assert 1 <= int(response.headers["retry-after"]) <= 20
    assert "Retry-After" in response.headers["access-control-expose-headers"]
    assert _ask(client, TEAM, _token(client)).status_code == 200


def test_tokens_are_limited_by_address(client: TestClient) -> None:
    """More tokens don't give more requests."""
    for _ in range(WIDGET.tokens_per_minute):
        _token(client)
    response = client.post("/v1/tokens", json={"key": "pk_team"}, headers={"Origin": TEAM})
    assert _denial(response) == (429, "too-often")


def test_other_sites_cannot_read_documents(client: TestClient) -> None:
    """A site that may ask may not list, read or search documents, nor read feedback."""
    for path in ("/v1/documents", "/v1/documents/notes/may%201.txt", "/v1/search?q=who"):
        response = client.get(path, headers={"Origin": OPEN})
        assert "access-control-allow-origin" not in response.headers
    assert client.get("/v1/feedback", headers={"Origin": OPEN}).status_code == 403


def test_an_unexpected_error_has_cors_headers(client: TestClient, backend: FakeBackend) -> None:
    """Without them the page would take the 500 for a network error."""

    def broken(_question: str) -> None:
        raise RuntimeError

    backend.engine.script = broken  # type: ignore[assignment]
    response = _ask(client, OPEN)
    assert response.status_code == 500
    assert response.headers["access-control-allow-origin"] == OPEN
    assert response.headers["x-request-id"]


def test_an_asterisk_admits_any_site_to_public_collections() -> None:
    """Other collections still need a token."""
    widget = WidgetSettings(origins=("*",), public=("default",))
    with TestClient(create_app(FakeBackend(Settings(widget=widget)), open_reading=True)) as client:
        assert _ask(client, OTHER).headers["access-control-allow-origin"] == "*"
        assert _ask(client, OTHER, collection="hr").status_code == 401


@pytest.mark.parametrize(
    "origin", ["intranet.example", "https://a.example/path", "ftp://a", "null", "https://"]
)
def test_an_invalid_origin_in_the_settings_is_named(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    """With a path or without a scheme it would never match an Origin header."""
    monkeypatch.setenv("SAYWHERE_WIDGET__ORIGINS", f'["{origin}"]')
    with pytest.raises(InvalidSettings, match="SAYWHERE_WIDGET__ORIGINS"):
        load()
