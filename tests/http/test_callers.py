"""Who may do what: keys and their scopes, people, this machine, anybody; and what is open at the start."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from api.audit import FILE, AuditLog, open_audit_log
from api.security.exposure import Exposure
from api.security.keys import find_key, make_key
from rag.errors import InvalidSettings
from rag.ports.access_keys import Scope
from rag.settings import AccessSettings, AuditSettings, Settings, WidgetSettings
from rag.types import Document
from tests.fakes.access_keys import MemoryKeys
from tests.fakes.engine import DOCUMENT, FakeBackend
from tests.http.live import in_thread

ADMIN_KEY = "the-key-of-the-settings"
OPEN_PATHS = frozenset(
    {
        "/healthz", "/readyz", "/widget.js", "/v1/tokens", "/", "/playground", "/docs", "/admin",
        "/documents/{document_id:path}", "/pages/{name}", "/problems/{slug}",
    }
)  # fmt: skip


@contextmanager
def _served(backend: FakeBackend, **options: Any) -> Iterator[TestClient]:
    audit_log = open_audit_log(backend.settings)
    with TestClient(create_app(backend, audit_log=audit_log, **options)) as client:
        yield client


def _backend(tmp_path: Path | None = None, **settings: Any) -> FakeBackend:
    return FakeBackend(Settings(data=tmp_path or Path("nowhere"), **settings))


def _auth(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _status(client: TestClient, path: str, key: str | None = None, **more: Any) -> int:
    method = "POST" if "json" in more else "GET"
    return client.request(method, path, headers=_auth(key) if key else {}, **more).status_code


ASK = {"path": "/v1/ask", "json": {"question": "Who?"}}
SEARCH = {"path": "/v1/search?q=who"}
READ = {"path": "/v1/documents/notes/may%201.txt"}
JOBS = {"path": "/v1/jobs"}
TEAM = {"path": "/v1/status"}


@pytest.mark.parametrize("settings", [{"api_key": SecretStr(ADMIN_KEY)}, {}], ids=["a key", "no key"])
def test_every_route_needs_a_credential(settings: dict[str, Any]) -> None:
    """Beyond loopback, whether a key is set or not: 401 or 403, but for routes without a document in them."""
    with _served(_backend(**settings)) as client:
        app: Any = client.app
        routes = [route for route in app.state.routes if isinstance(route, APIRoute)]
        for route in routes:
            for method in route.methods:
                path = route.path.replace("{document_id:path}", "x").replace("{model:path}", "saywhere")
                path = path.format(name="x", slug="x", job_id="x", gap_id="x", key_id="x")
                response = client.request(
                    method, path, params={"q": "who", "start": 0, "end": 1}, json=_body(route.path)
                )
                if route.path in OPEN_PATHS:
                    assert response.status_code in (200, 403, 404, 422), route.path
                else:
                    assert response.status_code in (401, 403), f"{method} {route.path} {response.text}"


def _body(path: str) -> dict[str, Any]:
    bodies = {
        "/v1/chat/completions": {"model": "saywhere", "messages": [{"role": "user", "content": "Who?"}]},
        "/v1/responses": {"model": "saywhere", "input": "Who?"},
        "/v1/check-grounding": {"text": "Ada came."},
        "/v1/feedback": {"answer_id": "ans_" + "0" * 32, "helpful": True},
        "/v1/gaps/{gap_id}/case": {"answers": ["x"]},
    }
    return bodies.get(path, {"question": "Who?", "name": "x", "key": "x"})


def test_scopes_bound_a_key() -> None:
    """Each may what it is for, and is told what it lacks."""
    backend = _backend()
    allowed = {
        Scope.ASK: (200, 403, 200, 403, 403),
        Scope.SEARCH: (403, 200, 200, 403, 403),
        Scope.INGEST: (403, 403, 403, 403, 403),  # jobs: this service takes no documents
        Scope.METRICS: (403, 403, 403, 403, 403),
        Scope.ADMIN: (200, 200, 200, 403, 200),
    }
    with _served(backend) as client:
        for scope, expected in allowed.items():
            _, key = make_key(backend.access_keys, "test", [scope])
            found = tuple(_status(client, **call, key=key) for call in (ASK, SEARCH, READ, JOBS, TEAM))
            assert found == expected, scope
        _, key = make_key(backend.access_keys, "a", [Scope.ASK])
        response = client.get("/v1/search?q=who", headers=_auth(key))
        assert response.json()["type"] == "/problems/not-allowed"
        assert "search" in response.json()["detail"]


def test_a_key_is_for_its_collections() -> None:
    """Others are unknown to it, in every form of asking, and its listing leaves them out."""
    backend = _backend()
    backend.catalog.stored = (DOCUMENT, Document(id="p", uri="p", title="Pay", text="x", collection="hr"))
    _, key = make_key(backend.access_keys, "hr", [Scope.ASK, Scope.SEARCH], collections=["hr"])
    with _served(backend) as client:
        assert _status(client, "/v1/ask", key, json={"question": "Who?", "collection": "hr"}) == 200
        assert _status(client, "/v1/ask", key, json={"question": "Who?"}) == 404
        assert _status(client, "/v1/search?q=who", key) == 404
        assert _status(client, "/v1/documents?collection=default", key) == 404
        assert _status(client, "/v1/documents/notes/may%201.txt", key) == 404
        assert _status(client, "/v1/models/saywhere/other", key) == 404
        listed = client.get("/v1/documents", headers=_auth(key)).json()["documents"]
        assert [document["id"] for document in listed] == ["p"]
        names = client.get("/v1/collections", headers=_auth(key)).json()["collections"]
        assert [collection["name"] for collection in names] == ["hr"]


def test_a_wrong_revoked_or_expired_key_is_refused() -> None:
    """At once, and another one's secret doesn't fit its id."""
    backend = _backend()
    key, text = make_key(backend.access_keys, "a", [Scope.ASK])
    _, other = make_key(backend.access_keys, "b", [Scope.ASK])
    with _served(backend) as client:
        assert _status(client, **ASK, key=text) == 200
        mixed = f"sw_{key.id}_{other.rpartition('_')[2]}"
        for wrong in (f"{text}x", text[:-1], text.upper(), mixed, "sw_", "x" * 50, "a.b.c"):
            assert _status(client, **ASK, key=wrong) == 401, wrong
        backend.access_keys.revoke(key.id, datetime.now(UTC))
        assert _status(client, **ASK, key=text) == 401
        expired = replace(key, id="0" * 12, expires_at=datetime.now(UTC) - timedelta(seconds=1))
        _, sha = backend.access_keys.find(key.id) or (None, "")
        backend.access_keys.add(expired, sha)
        assert find_key(backend.access_keys, text.replace(key.id, expired.id)) is None


def test_a_key_has_its_own_rate() -> None:
    """Counted by key, whatever it asks."""
    backend = _backend()
    _, slow = make_key(backend.access_keys, "slow", [Scope.ASK, Scope.SEARCH], per_minute=2)
    _, free = make_key(backend.access_keys, "free", [Scope.ASK])
    with _served(backend) as client:
        assert [_status(client, **call, key=slow) for call in (ASK, SEARCH, ASK)] == [200, 200, 429]
        assert _status(client, **ASK, key=free) == 200


def test_a_key_is_stored_as_a_hash_only() -> None:
    """What the store has can't be sent as a key."""
    store = MemoryKeys()
    key, text = make_key(store, "a", [Scope.ASK])
    stored = repr(store.find(key.id))
    assert text.rpartition("_")[2] not in stored
    assert find_key(store, text) == key


@pytest.mark.parametrize(
    "more",
    [{"scopes": []}, {"collections": ["hr"]}, {"groups": ["hr"]}, {"expires_at": datetime.now(UTC)}],
    ids=["no scope", "collections", "groups", "expired"],
)
def test_a_key_that_makes_no_sense_is_not_made(more: dict[str, Any]) -> None:
    """Without a scope, an admin of something only, or expired."""
    store = MemoryKeys()
    with pytest.raises(InvalidSettings):
        make_key(store, "a", **{"scopes": [Scope.ADMIN], **more})
    assert store.is_empty()


def test_this_machine_may_everything_until_a_key_is_made() -> None:
    """Then it needs one, too; also after the key is revoked."""
    backend = _backend()
    with _served(backend, local=True) as client:
        assert [_status(client, **call) for call in (ASK, SEARCH, READ, TEAM)] == [200] * 4
        assert _status(client, **ASK, key="anything") == 200
        forwarded = client.get("/v1/search?q=who", headers={"X-Forwarded-For": "192.0.2.1"})
        assert forwarded.status_code == 403
        key, _ = make_key(backend.access_keys, "a", [Scope.ASK])
        assert [_status(client, **call) for call in (ASK, SEARCH, READ, TEAM)] == [401] * 4
        backend.access_keys.revoke(key.id, datetime.now(UTC))
        assert _status(client, **ASK) == 401


def test_anybody_may_read_a_public_collection() -> None:
    """And nothing else: another collection needs a key, whether it is there or not."""
    backend = _backend(api_key=SecretStr(ADMIN_KEY), access=AccessSettings(public=("default",)))
    backend.catalog.stored = (DOCUMENT, Document(id="p", uri="p", title="Pay", text="x", collection="hr"))
    with _served(backend) as client:
        assert [_status(client, **call) for call in (ASK, SEARCH, READ, JOBS, TEAM)] == [
            200, 200, 200, 403, 401,
        ]  # fmt: skip
        for collection in ("hr", "none"):
            assert _status(client, "/v1/ask", json={"question": "Who?", "collection": collection}) == 401
            assert _status(client, f"/v1/search?q=who&collection={collection}") == 401
        assert _status(client, "/v1/documents/p") == 404
        listed = client.get("/v1/documents").json()["documents"]
        assert [document["id"] for document in listed] == [DOCUMENT.id]
        assert client.get("/readyz").json()["documents"] == 1
        assert _status(client, "/v1/documents/p", ADMIN_KEY) == 200


def test_a_browser_is_asked_for_the_key() -> None:
    """Basic with the key as password is taken; another site's page can't use it."""
    backend = _backend(api_key=SecretStr(ADMIN_KEY))
    basic = {"Authorization": "Basic " + b64encode(f"ada:{ADMIN_KEY}".encode()).decode()}
    with _served(backend) as client:
        response = client.get("/v1/documents", headers={"Sec-Fetch-Site": "same-origin"})
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Basic")
        for more in (
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "none", "X-Requested-With": "x"},
        ):
            challenge = client.get("/v1/documents", headers=more).headers["www-authenticate"]
            assert challenge == "Bearer"
        assert client.get("/v1/documents", headers=basic).status_code == 200
        foreign = {**basic, "Origin": "https://evil.example"}
        assert client.get("/v1/documents", headers=foreign).status_code == 401
        for damaged in ("Basic !", "Basic " + b64encode(b"\xff:x").decode(), "Basic", "Bearer"):
            assert client.get("/v1/documents", headers={"Authorization": damaged}).status_code == 401


def test_a_page_may_send_a_key_from_a_listed_site_only() -> None:
    """A key that the page itself sends; from another site it is refused."""
    site = "https://intranet.example"
    backend = _backend(api_key=SecretStr(ADMIN_KEY), widget=WidgetSettings(origins=(site,)))
    with _served(backend) as client:
        for origin, status in ((site, 200), ("https://evil.example", 403)):
            response = client.post(
                "/v1/ask", json={"question": "Who?"}, headers={**_auth(ADMIN_KEY), "Origin": origin}
            )
            assert response.status_code == status


def test_a_trusted_proxy_names_people() -> None:
    """By its connection; anybody else's header says nothing. Groups give scopes."""
    access = AccessSettings(
        user_header="X-User", groups_header="X-Groups", admin_groups=("it",), ingest_groups=("editors",)
    )
    for trusted, status in (((), 401), (("127.0.0.1",), 200)):
        backend = _backend(access=access, trusted_proxies=trusted)
        with in_thread(backend, local=True) as url:

            def get(path: str, url: str = url, **headers: str) -> int:
                return httpx.get(url + path, headers=headers).status_code

            named = {"X-Forwarded-For": "192.0.2.9", "X-User": "ada"}
            assert get("/v1/documents", **named) == status
            assert get("/v1/documents") == 401
            assert get("/v1/status", **named) == (403 if trusted else 401)
            assert get("/v1/status", **named, **{"X-Groups": "hr, it"}) == status
            assert get("/v1/documents", **named, **{"Sec-Fetch-Site": "cross-site"}) == 401


@pytest.mark.parametrize(
    ("settings", "flag"),
    [
        ({"api_key": SecretStr(ADMIN_KEY)}, False),
        ({"access": AccessSettings(public=("default",))}, False),
        ({"access": AccessSettings(user_header="X-User"), "trusted_proxies": ("127.0.0.1",)}, False),
        ({}, True),
    ],
    ids=["a key", "a public collection", "people", "the flag"],
)
def test_a_service_that_others_reach_needs_a_decision(settings: dict[str, Any], flag: bool) -> None:
    """Otherwise it doesn't start; what it is open to is said in lines."""
    exposure = Exposure(Settings(**settings), MemoryKeys(), local=False, open_reading=flag)
    exposure.require_decision()
    assert len(exposure.lines()) == 1
    with pytest.raises(InvalidSettings, match=r"keys make.*PUBLIC.*--open-reading"):
        Exposure(Settings(), MemoryKeys(), local=False, open_reading=False).require_decision()
    keys = MemoryKeys()
    make_key(keys, "a", [Scope.ASK])
    Exposure(Settings(), keys, local=False, open_reading=False).require_decision()
    assert Exposure(Settings(), MemoryKeys(), local=True, open_reading=False).lines() == [
        "open to this machine: everything, as no key is set"
    ]


def test_a_header_needs_a_trusted_proxy() -> None:
    """Without one it would be believed from nobody, and nobody could sign in."""
    settings = Settings(access=AccessSettings(user_header="X-User"))
    with pytest.raises(InvalidSettings, match="SAYWHERE_TRUSTED_PROXIES"):
        Exposure(settings, MemoryKeys(), local=True, open_reading=False).require_decision()


@pytest.mark.parametrize(
    "values",
    [
        {"jwks_url": "https://id.example/keys"},
        {"jwt_issuer": "https://id.example"},
        {"groups_header": "X-Groups"},
        {"user_header": "Authorization"},
        {"user_header": "X User"},
        {"jwt_algorithms": ["HS256"]},
        {"jwt_algorithms": ["none"]},
    ],
    ids=str,
)
def test_settings_that_let_anybody_in_are_refused(values: dict[str, Any]) -> None:
    """Tokens without issuer or audience, or with a shared secret; a header that any client sends."""
    with pytest.raises(ValueError, match="validation error"):
        AccessSettings.model_validate(values)


def test_the_audit_log_says_who_did_what(tmp_path: Path) -> None:
    """Each request of the API by its caller, refused ones too; no question, answer or key is in it."""
    backend = _backend(tmp_path)
    key, text = make_key(backend.access_keys, "a", [Scope.ASK])
    with _served(backend) as client:
        assert _status(client, "/v1/ask", text, json={"question": "Zanzibar?"}) == 200
        assert _status(client, "/v1/documents?q=Zanzibar", text) == 403
        assert _status(client, "/v1/search?q=Zanzibar", "wrong-key-wrong-key") == 401
        assert _status(client, "/healthz") == 200
    written = (tmp_path / FILE).read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    assert [(line["who"], line["method"], line["path"], line["status"]) for line in lines] == [
        (f"key:{key.id}", "POST", "/v1/ask", 200),
        (f"key:{key.id}", "GET", "/v1/documents", 403),
        ("anybody", "GET", "/v1/search", 401),
    ]
    assert lines[0]["documents"] == [DOCUMENT.id]
    assert all(datetime.fromisoformat(line["at"]).tzinfo for line in lines)
    for secret in ("Zanzibar", text, text.rpartition("_")[2], "wrong-key", "Ada"):
        assert secret not in written
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_the_audit_log_is_rotated(tmp_path: Path) -> None:
    """A full file is set aside whole, and only so many are kept."""
    log = AuditLog(tmp_path / FILE, max_bytes=200, files=2)
    for number in range(20):
        log.write({"number": number, "text": "x" * 60})
    files = sorted(tmp_path.glob("audit-*.jsonl"))
    assert len(files) == 2
    lines = [json.loads(line) for file in [*files, tmp_path / FILE] for line in file.read_text().splitlines()]
    numbers = [line["number"] for line in lines]
    assert numbers == list(range(20 - len(numbers), 20))


def test_no_audit_log_where_none_is_wanted(tmp_path: Path) -> None:
    """By the settings; and one that can't be written stops nobody."""
    with _served(_backend(tmp_path, audit=AuditSettings(enabled=False)), open_reading=True) as client:
        assert _status(client, **ASK) == 200
    assert not (tmp_path / FILE).exists()
    (tmp_path / FILE).mkdir()
    with _served(_backend(tmp_path), open_reading=True) as client:
        assert _status(client, **ASK) == 200


def test_the_team_makes_and_revokes_keys() -> None:
    """A key works at once and is shown once; afterwards it is listed, and refused."""
    backend = _backend(api_key=SecretStr(ADMIN_KEY))
    with _served(backend) as client:
        team = _auth(ADMIN_KEY)
        body = {"name": "bot", "scopes": ["search", "ask"], "collections": ["default"], "per_minute": 9}
        made = client.post("/v1/keys", json=body, headers=team)
        assert made.status_code == 201
        key = made.json().pop("key")
        assert _status(client, **ASK, key=key) == 200
        assert _status(client, "/v1/keys", key) == 403
        listed = client.get("/v1/keys", headers=team)
        assert key.rpartition("_")[2] not in listed.text
        assert [entry["name"] for entry in listed.json()["keys"]] == ["bot"]
        path = f"/v1/keys/{made.json()['id']}"
        assert client.delete(path, headers=_auth(key)).status_code == 403
        assert client.delete(path, headers=team).json()["revoked_at"] is not None
        assert _status(client, **ASK, key=key) == 401
        assert client.delete("/v1/keys/none", headers=team).status_code == 404
        for wrong in ({"scopes": []}, {"scopes": ["admin"]}, {"expires_at": "2020-01-01T00:00:00Z"}):
            response = client.post("/v1/keys", json={**body, **wrong}, headers=team)
            assert response.status_code == 422


def test_the_first_key_is_made_by_a_command() -> None:
    """A program of this machine could otherwise lock everybody else out."""
    backend = _backend()
    with _served(backend, local=True) as client:
        response = client.post("/v1/keys", json={"name": "a", "scopes": ["admin"]})
        assert response.status_code == 403
        assert "saywhere keys make" in response.json()["detail"]
    assert backend.access_keys.is_empty()
