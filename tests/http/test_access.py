"""What pages of other sites may ask: allow-list, public collections, keys, tokens, rates."""

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
    with TestClient(create_app(backend), base_url="https://saywhere.example") as opened:
        yield opened


def _ask(client: TestClient, origin: str | None = None, token: str | None = None, **more: object):  # type: ignore[no-untyped-def]
    headers = {"Origin": origin} if origin else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return client.post("/v1/ask", json={"question": "Who?", **more}, headers=headers)


def _token(client: TestClient, origin: str = TEAM, key: str = "pk_team") -> str:
    response = client.post("/v1/tokens", json={"key": key}, headers={"Origin": origin})
    assert response.status_code == 200, response.text
    return str(response.json()["token"])


def _refusal(response) -> tuple[int, str]:  # type: ignore[no-untyped-def]
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["type"].rpartition("/")[2]


def test_its_own_pages_and_programs_ask_as_ever(client: TestClient) -> None:
    """Without an Origin, or with the service's own, no token is needed and nothing is counted."""
    for _ in range(WIDGET.per_minute + 1):
        assert _ask(client).status_code == 200
        assert _ask(client, "https://saywhere.example").status_code == 200
    behind_a_proxy = {"Origin": "https://known.example", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/v1/ask", json={"question": "Who?"}, headers=behind_a_proxy).status_code == 200


@pytest.mark.parametrize("origin", [OTHER, "null", f"{OPEN}0", "http://intranet.example"])
def test_other_sites_are_refused(client: TestClient, backend: FakeBackend, origin: str) -> None:
    """Neither preflight nor request is granted, and nothing is asked."""
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.options("/v1/ask", headers=headers).headers
    response = _ask(client, origin)
    assert _refusal(response) == (403, "other-site")
    assert "access-control-allow-origin" not in response.headers
    assert backend.engine.asked == []


def test_a_listed_site_asks_a_public_collection(client: TestClient) -> None:
    """Preflight and answer are granted to that origin, with what a widget must be able to read."""
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


def test_a_listed_site_needs_a_token_for_the_rest(client: TestClient) -> None:
    """A collection that isn't public is a 401 that its page can read; so is the keyed site's first try."""
    for origin, collection in ((OPEN, "hr"), (TEAM, "default")):
        response = _ask(client, origin, collection=collection)
        assert _refusal(response) == (401, "token-needed")
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.headers["access-control-allow-origin"] == origin


def test_a_key_gives_its_pages_a_token(client: TestClient) -> None:
    """With it they ask the key's collections, suggest, and give feedback; and no other collection."""
    token = _token(client)
    headers = {"Origin": TEAM, "Authorization": f"Bearer {token}"}
    assert _ask(client, TEAM, token).status_code == 200
    assert client.get("/v1/suggestions", headers=headers).status_code == 200
    assert _refusal(_ask(client, TEAM, token, collection="secret")) == (403, "other-site")


@pytest.mark.parametrize(
    ("origin", "key"), [(OTHER, "pk_team"), (OPEN, "pk_team"), (TEAM, "pk_none"), ("null", "pk_team")]
)
def test_no_other_page_gets_one(client: TestClient, origin: str, key: str) -> None:
    """Right key on the wrong site, or a key that isn't one."""
    response = client.post("/v1/tokens", json={"key": key}, headers={"Origin": origin})
    assert _refusal(response) == (403, "other-site")


def test_a_request_from_no_page_gets_none(client: TestClient) -> None:
    """A token is bound to an origin, so there must be one."""
    assert client.post("/v1/tokens", json={"key": "pk_team"}).status_code == 403


def test_a_token_is_no_good_elsewhere(client: TestClient) -> None:
    """Copied to another site's page, changed by a character, or made up, it is refused."""
    token = _token(client)
    changed = ("B" if token[0] == "A" else "A") + token[1:]
    for origin, sent in ((OPEN, token), (TEAM, changed), (TEAM, "made.up"), (TEAM, "")):
        assert _refusal(_ask(client, origin, sent or "x"))[0] == 401


def test_a_token_holds_for_its_seconds(client: TestClient) -> None:
    """Then another is needed, and given."""
    token = _token(client)
    later = time.time() + WIDGET.token_seconds + 5
    with patch("itsdangerous.timed.time.time", return_value=later):
        assert _refusal(_ask(client, TEAM, token)) == (401, "token-needed")


def test_another_process_knows_no_token_of_this_one(client: TestClient) -> None:
    """The signing key is its own: after a restart a widget must get a new token."""
    with TestClient(create_app(FakeBackend(Settings(widget=WIDGET)))) as other:
        token = _token(other)
    assert _refusal(_ask(client, TEAM, token)) == (401, "token-needed")


def test_one_token_asks_so_often(client: TestClient) -> None:
    """Then it is a 429 with the seconds to wait, readable to the page; another token is counted apart."""
    token = _token(client)
    for _ in range(WIDGET.per_minute):
        assert _ask(client, TEAM, token).status_code == 200
    response = _ask(client, TEAM, token)
    assert _refusal(response) == (429, "too-often")
    assert 1 <= int(response.headers["retry-after"]) <= 20
    assert "Retry-After" in response.headers["access-control-expose-headers"]
    assert _ask(client, TEAM, _token(client)).status_code == 200


def test_an_address_gets_so_many_tokens(client: TestClient) -> None:
    """So that nobody gets round a token's allowance by getting another."""
    for _ in range(WIDGET.tokens_per_minute):
        _token(client)
    response = client.post("/v1/tokens", json={"key": "pk_team"}, headers={"Origin": TEAM})
    assert _refusal(response) == (429, "too-often")


def test_documents_stay_out_of_reach(client: TestClient) -> None:
    """A site that may ask may not list or read documents, or others' feedback."""
    for path in ("/v1/documents", "/v1/documents/notes/may%201.txt", "/v1/search?q=who"):
        response = client.get(path, headers={"Origin": OPEN})
        assert "access-control-allow-origin" not in response.headers
    assert client.get("/v1/feedback", headers={"Origin": OPEN}).status_code == 403


def test_a_crash_can_be_read_by_the_page(client: TestClient, backend: FakeBackend) -> None:
    """A 500 is granted too, or its page would take it for a network fault."""

    def broken(_question: str) -> None:
        raise RuntimeError

    backend.engine.script = broken  # type: ignore[assignment]
    response = _ask(client, OPEN)
    assert response.status_code == 500
    assert response.headers["access-control-allow-origin"] == OPEN
    assert response.headers["x-request-id"]


def test_any_site_may_be_let_in_to_what_is_public() -> None:
    """An asterisk among the origins; what isn't public stays closed."""
    widget = WidgetSettings(origins=("*",), public=("default",))
    with TestClient(create_app(FakeBackend(Settings(widget=widget)))) as client:
        assert _ask(client, OTHER).headers["access-control-allow-origin"] == "*"
        assert _ask(client, OTHER, collection="hr").status_code == 401


@pytest.mark.parametrize(
    "given", ["intranet.example", "https://a.example/path", "ftp://a", "null", "https://"]
)
def test_what_is_no_origin_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """A path or a missing scheme would never match; that is said at the start."""
    monkeypatch.setenv("SAYWHERE_WIDGET__ORIGINS", f'["{given}"]')
    with pytest.raises(InvalidSettings, match="SAYWHERE_WIDGET__ORIGINS"):
        load()
