"""Requests that a proxy passed on: never local, and by their own client's address if the proxy is trusted."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from rag.errors import InvalidSettings
from rag.settings import FeedbackSettings, Settings, load
from tests.fakes.engine import FakeBackend
from tests.http.live import in_thread
from tests.http.test_feedback import FEEDBACK

FOR_TEAM = "/v1/feedback"
KEY = "k" * 16


@pytest.fixture
def url() -> Iterator[str]:
    with in_thread(FakeBackend(), local=True) as address:
        yield address


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Real-IP", "Via",
        "Forwarded", "CF-Connecting-IP", "True-Client-IP",
    ],
)  # fmt: skip
def test_a_forwarded_request_is_not_local(url: str, header: str) -> None:
    """Though it comes from loopback and names a loopback host."""
    assert httpx.get(url + FOR_TEAM).status_code == 200
    for value in ("203.0.113.9", "127.0.0.1", ""):
        response = httpx.get(url + FOR_TEAM, headers={header: value, "Host": "127.0.0.1"})
        assert response.status_code == 403
        assert "proxy" in response.json()["detail"]


def test_a_forwarded_request_with_the_key_is_admitted() -> None:
    """The key decides."""
    with in_thread(FakeBackend(Settings(api_key=SecretStr(KEY))), local=True) as url:
        headers = {"X-Forwarded-For": "203.0.113.9", "Authorization": f"Bearer {KEY}"}
        assert httpx.get(url + FOR_TEAM, headers=headers).status_code == 200


@pytest.mark.parametrize(("trusted", "admitted"), [((), 1), (("127.0.0.0/8",), 3)])
def test_rates_are_by_client_behind_a_trusted_proxy(trusted: tuple[str, ...], admitted: int) -> None:
    """Behind any other, all its clients are one, since they could name any address."""
    settings = Settings(trusted_proxies=trusted, feedback=FeedbackSettings(per_minute=1))
    with in_thread(FakeBackend(settings)) as url:
        statuses = [
            httpx.post(
                url + FOR_TEAM, json=FEEDBACK, headers={"X-Forwarded-For": f"203.0.113.{n}"}
            ).status_code
            for n in range(3)
        ]
    assert statuses.count(200) == admitted


def test_a_trusted_proxys_clients_are_not_local() -> None:
    """Whatever address they give."""
    with in_thread(FakeBackend(Settings(trusted_proxies=("127.0.0.1",))), local=True) as url:
        for address in ("127.0.0.1", "203.0.113.9"):
            response = httpx.get(url + FOR_TEAM, headers={"X-Forwarded-For": address})
            assert response.status_code == 403


def test_an_invalid_proxy_in_the_settings_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name or a star would never match an address."""
    for value in ('["proxy.lan"]', '["*"]'):
        monkeypatch.setenv("SAYWHERE_TRUSTED_PROXIES", value)
        with pytest.raises(InvalidSettings, match="SAYWHERE_TRUSTED_PROXIES"):
            load()
