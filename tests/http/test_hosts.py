"""The Host header: requests to another name are refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from api.security.hosts import allowed_hosts
from api.server import serve
from rag.errors import InvalidSettings
from rag.settings import Settings
from tests.fakes.engine import FakeBackend


def _status(bound: str, host: str, allow_hosts: tuple[str, ...] = ()) -> int:
    with TestClient(
        create_app(FakeBackend(), hosts=allowed_hosts(bound, allow_hosts), open_reading=True)
    ) as client:
        return client.get("/healthz", headers={"Host": host}).status_code


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000", "127.0.0.1"])
@pytest.mark.parametrize("bound", ["127.0.0.1", "::1", "localhost"])
def test_a_service_on_loopback_answers_to_its_own_names(bound: str, host: str) -> None:
    """With or without a port, in upper or lower case."""
    assert _status(bound, host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "[::2]", "localhost.evil:8000"]
)
def test_a_service_on_loopback_answers_to_no_other_name(host: str) -> None:
    """A foreign name that resolves to this machine (DNS rebinding) is a 421 problem."""
    with TestClient(create_app(FakeBackend(), hosts=allowed_hosts("127.0.0.1"), open_reading=True)) as client:
        response = client.get("/v1/documents", headers={"Host": host})
    assert response.status_code == 421
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"]


def test_allow_host_adds_a_name() -> None:
    """The names of loopback stay allowed."""
    assert _status("127.0.0.1", "docs.team.example", ("docs.team.example",)) == 200
    assert _status("127.0.0.1", "127.0.0.1", ("docs.team.example",)) == 200


class Opened(Exception):
    """The service got as far as being opened."""


def _start(host: str, settings: Settings, **options: Any) -> None:
    def open_backend(_settings: Settings, _url: str) -> FakeBackend:
        raise Opened

    serve(settings, open_backend, host=host, port=0, say=print, **options)


def test_a_service_that_other_machines_reach_needs_names_a_key_or_a_flag() -> None:
    """Otherwise it doesn't start, and the message says what to give."""
    with pytest.raises(InvalidSettings, match=r"--allow-host.*SAYWHERE_API_KEY.*--any-host"):
        _start("0.0.0.0", Settings())  # noqa: S104
    for settings, options in (
        (Settings(), {"allow_hosts": ("docs.lan",)}),
        (Settings(), {"any_host": True}),
        (Settings(api_key=SecretStr("k" * 16)), {}),
    ):
        with pytest.raises(Opened):
            _start("0.0.0.0", settings, **options)  # noqa: S104
    with pytest.raises(Opened):
        _start("127.0.0.1", Settings())


def test_a_service_on_all_addresses_answers_to_any_name() -> None:
    """Unless --allow-host gives names: then to those only."""
    assert _status("0.0.0.0", "box.lan") == 200  # noqa: S104
    assert _status("0.0.0.0", "box.lan", ("docs.lan",)) == 421  # noqa: S104


def test_a_service_that_other_machines_reach_does_not_start_without_a_decision() -> None:
    """A name to answer to says nothing of who may read."""

    @contextmanager
    def open_backend(settings: Settings, _url: str) -> Iterator[FakeBackend]:
        yield FakeBackend(settings)

    for host, options in (("0.0.0.0", {"any_host": True}), ("127.0.0.1", {"allow_hosts": ("docs.lan",)})):  # noqa: S104
        with pytest.raises(InvalidSettings, match="--open-reading"):
            serve(Settings(), open_backend, host=host, port=0, say=print, **options)
