"""Shared fixtures: the models are opened once a run, data folders are fresh for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from rag.adapters.onnx.embedder import PACKAGED, OnnxEmbedder
from rag.adapters.onnx.reader import OnnxReader
from rag.settings import Settings
from tests.postgres import PostgresServer
from tests.require import require_program, require_shared

# Milliseconds of a busy machine say nothing of a property.
settings.register_profile("saywhere", deadline=None)
settings.load_profile("saywhere")


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compiled models: the user's own cache, so that a test run compiles at most once."""
    return Settings().cache


@pytest.fixture(scope="session")
def embedder(model_cache: Path) -> OnnxEmbedder:
    return OnnxEmbedder(PACKAGED, precision="int8", cache=model_cache)


@pytest.fixture(scope="session")
def reader(model_cache: Path) -> OnnxReader:
    return OnnxReader("packaged", cache=model_cache)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's SAYWHERE_* variables don't reach the tests."""
    for name in list(os.environ):
        if name.startswith("SAYWHERE_"):
            monkeypatch.delenv(name)


@pytest.fixture
def shared() -> Path:
    """The folder of published data beside the project."""
    return require_shared()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL server with pgvector, shared by all tests that don't harm it."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def database_url(postgres: PostgresServer) -> str:
    """The URL of a new, empty database."""
    return postgres.new_database()


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node.js."""
    return require_program("node", "nodejs")
