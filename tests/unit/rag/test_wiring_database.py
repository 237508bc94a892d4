"""The service on a database: settings that exclude each other, missing packages, opening to read only."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rag.errors import InvalidSettings, NoDataFolder
from rag.settings import Settings
from rag.wiring import has_catalog, open_catalog, open_jobs, open_service, place_of

URL = "postgresql://u:verysecret@127.0.0.1:1/docs"


def test_the_database_excludes_another_store_of_vectors(tmp_path: Path) -> None:
    """The error names the settings."""
    for more in ({"chroma_url": "http://127.0.0.1:1"}, {"vector_store": "a:b"}):
        with pytest.raises(InvalidSettings, match="SAYWHERE_VECTOR_STORE"):
            open_service(Settings(database_url=URL, data=tmp_path, **more))  # type: ignore[arg-type]


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    for name in [name for name in sys.modules if name.startswith("rag.adapters.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InvalidSettings, match=r"saywhere\[postgres\]"):
        open_service(Settings(database_url=URL, data=tmp_path))  # type: ignore[arg-type]


def test_a_database_without_tables_has_no_catalog(database_url: str, tmp_path: Path) -> None:
    """Looking doesn't make one."""
    settings = Settings(database_url=database_url, data=tmp_path)  # type: ignore[arg-type]
    for _ in range(2):
        assert not has_catalog(settings)
    with pytest.raises(NoDataFolder, match="no documents have been ingested"):
        open_jobs(settings)
    with pytest.raises(NoDataFolder):
        open_catalog(settings)


def test_the_place_has_no_password(tmp_path: Path) -> None:
    """It is for messages."""
    assert place_of(Settings(database_url=URL)) == "the database 'docs' at 127.0.0.1:1"  # type: ignore[arg-type]
    assert place_of(Settings(data=tmp_path)) == str(tmp_path)
