"""The laws of ``KeyStore``: the tables of SQLite and PostgreSQL and the fake keep them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.adapters.postgres.access_keys import PostgresKeys
from rag.adapters.postgres.database import Database
from rag.adapters.sqlite.access_keys import SqliteKeys
from rag.errors import DamagedFile, UnknownKey
from rag.ports.access_keys import AccessKey, KeyStore, Scope
from tests.fakes.access_keys import MemoryKeys

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
KEY = AccessKey(
    id="k1",
    name="Bot „é“",
    scopes=frozenset({Scope.ASK, Scope.INGEST}),
    collections=frozenset({"hr"}),
    groups=frozenset({"board", "hr"}),
    per_minute=5,
    created_at=NOW,
    expires_at=NOW + timedelta(days=1),
)
PLAIN = AccessKey(id="k2", name="", scopes=frozenset({Scope.ADMIN}), created_at=NOW + timedelta(seconds=1))


@pytest.fixture(params=["sqlite", "postgres", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyStore]:
    opened: KeyStore = MemoryKeys()
    if request.param == "sqlite":
        opened = SqliteKeys(tmp_path / "keys.sqlite3")
    elif request.param == "postgres":
        opened = PostgresKeys(Database(request.getfixturevalue("database_url")), owns=True)
    yield opened
    opened.close()


def test_a_key_is_found_by_its_id_as_it_was_stored(store: KeyStore) -> None:
    """With the hash of its secret; the newest is listed first."""
    assert store.is_empty()
    store.add(KEY, "ab")
    store.add(PLAIN, "cd")
    assert store.find("k1") == (KEY, "ab")
    assert store.find("k2") == (PLAIN, "cd")
    assert store.find("k3") is None
    assert list(store.list()) == [PLAIN, KEY]
    assert not store.is_empty()


def test_an_id_is_used_once(store: KeyStore) -> None:
    """A second key would take the first one's place."""
    store.add(KEY, "ab")
    with pytest.raises(ValueError, match="k1"):
        store.add(replace(PLAIN, id="k1"), "cd")
    assert store.find("k1") == (KEY, "ab")


def test_a_revoked_key_stays_revoked(store: KeyStore) -> None:
    """From its first revocation on; it is still listed."""
    store.add(KEY, "ab")
    revoked = store.revoke("k1", NOW)
    assert revoked == store.revoke("k1", NOW + timedelta(hours=1)) == replace(KEY, revoked_at=NOW)
    assert store.find("k1") == (revoked, "ab")
    assert not revoked.is_valid(NOW)
    assert not store.is_empty()
    with pytest.raises(UnknownKey):
        store.revoke("k2", NOW)


def test_a_key_is_valid_until_it_expires() -> None:
    """One without an end for ever."""
    assert KEY.is_valid(NOW)
    assert not KEY.is_valid(NOW + timedelta(days=1))
    assert PLAIN.is_valid(NOW + timedelta(days=10_000))


def test_another_process_sees_a_change_at_once(tmp_path: Path) -> None:
    """A command makes and revokes keys beside the server."""
    server, command = SqliteKeys(tmp_path / "keys.sqlite3"), SqliteKeys(tmp_path / "keys.sqlite3")
    command.add(KEY, "ab")
    assert server.find("k1") == (KEY, "ab")
    command.revoke("k1", NOW)
    assert (found := server.find("k1")) is not None
    assert found[0].revoked_at == NOW
    server.close()
    command.close()


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    """It is never started anew: without keys the service would be open."""
    path = tmp_path / "keys.sqlite3"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(DamagedFile):
        SqliteKeys(path)
