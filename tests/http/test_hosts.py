"""Requests sent to another name: pages that were made to point here don't get in."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.security.hosts import allowed_hosts
from tests.fakes.engine import FakeBackend


def _status(bound: str, asked: str, also: tuple[str, ...] = ()) -> int:
    with TestClient(create_app(FakeBackend(), hosts=allowed_hosts(bound, also))) as client:
        return client.get("/healthz", headers={"Host": asked}).status_code


@pytest.mark.parametrize(
    "asked", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000", "127.0.0.1"]
)
@pytest.mark.parametrize("bound", ["127.0.0.1", "::1", "localhost"])
def test_a_service_on_loopback_answers_to_its_own_names(bound: str, asked: str) -> None:
    """With or without a port, in any case."""
    assert _status(bound, asked) == 200


@pytest.mark.parametrize(
    "asked", ["evil.example", "127.0.0.1.evil.example", "", "[::2]", "localhost.evil:8000"]
)
def test_a_service_on_loopback_answers_to_no_other(asked: str) -> None:
    """A name that was made to point here is a 421 in the common form."""
    with TestClient(create_app(FakeBackend(), hosts=allowed_hosts("127.0.0.1"))) as client:
        response = client.get("/v1/documents", headers={"Host": asked})
    assert response.status_code == 421
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"]


def test_a_proxys_name_can_be_allowed() -> None:
    """--allow-host adds a name, and takes none away."""
    assert _status("127.0.0.1", "docs.team.example", ("docs.team.example",)) == 200
    assert _status("127.0.0.1", "127.0.0.1", ("docs.team.example",)) == 200


def test_bound_to_all_it_answers_to_any_name_unless_told() -> None:
    """It can't know how others call it; with --allow-host it answers to those alone."""
    assert _status("0.0.0.0", "box.lan") == 200  # noqa: S104
    assert _status("0.0.0.0", "box.lan", ("docs.lan",)) == 421  # noqa: S104
