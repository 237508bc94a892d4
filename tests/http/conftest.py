"""The application over a scripted backend, called in process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.settings import LimitSettings, Settings
from tests.fakes.engine import FakeBackend


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend(Settings(limits=LimitSettings(body_bytes=50_000)))


@pytest.fixture
def client(backend: FakeBackend) -> Iterator[TestClient]:
    with TestClient(create_app(backend, open_reading=True)) as test_client:
        yield test_client
