"""Keys in an SQLite file of their own."""

from __future__ import annotations

import builtins
import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rag.adapters.sqlite.database import SqliteFile
from rag.errors import UnknownKey
from rag.ports.access_keys import AccessKey, Scope

_SCHEMA = """
CREATE TABLE keys (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, secret_sha256 TEXT NOT NULL, scopes TEXT NOT NULL,
  collections TEXT, groups TEXT NOT NULL, per_minute INTEGER, created_at TEXT NOT NULL, expires_at TEXT,
  revoked_at TEXT
);
"""
COLUMNS = "id, name, scopes, collections, groups, per_minute, created_at, expires_at, revoked_at"
_INSERT = "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FIND = f"SELECT {COLUMNS}, secret_sha256 FROM keys WHERE id = ?"  # noqa: S608 (constants)
_LIST = f"SELECT {COLUMNS} FROM keys ORDER BY created_at DESC, rowid DESC"  # noqa: S608 (constants)


class SqliteKeys:
    """Fulfils ``KeyStore``. The secrets are random and long, so that a plain hash of them can't be reversed.

    Raises:
        DamagedFile: the file is damaged: without its keys the service would be open to more than it should.
        StorageError: the file can't be opened.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._file = SqliteFile(path, schema=_SCHEMA, version=1, read_only=read_only)

    def add(self, key: AccessKey, secret_sha256: str) -> None:
        with self._file.writing() as db:
            if db.execute("SELECT 1 FROM keys WHERE id = ?", (key.id,)).fetchone() is not None:
                raise ValueError(f"there is a key {key.id!r} already")
            db.execute(_INSERT, key_row(key, secret_sha256))

    def find(self, key_id: str) -> tuple[AccessKey, str] | None:
        with self._file.reading() as db:
            row = db.execute(_FIND, (key_id,)).fetchone()
        return None if row is None else (to_key(row[:-1]), str(row[-1]))

    def list(self) -> builtins.list[AccessKey]:
        with self._file.reading() as db:
            return [to_key(row) for row in db.execute(_LIST)]

    def revoke(self, key_id: str, at: datetime) -> AccessKey:
        with self._file.writing() as db:
            db.execute(
                "UPDATE keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", (at.isoformat(), key_id)
            )
            return _found(db, key_id)

    def is_empty(self) -> bool:
        with self._file.reading() as db:
            return db.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is None

    def close(self) -> None:
        self._file.close()


def _found(db: sqlite3.Connection, key_id: str) -> AccessKey:
    row = db.execute(_FIND, (key_id,)).fetchone()
    if row is None:
        raise UnknownKey(f"there is no key {key_id!r}")
    return to_key(row[:-1])


def key_row(key: AccessKey, secret_sha256: str) -> tuple[object, ...]:
    """The columns of ``keys`` in the order of the schema."""
    return (
        key.id,
        key.name,
        secret_sha256,
        _dump(key.scopes),
        None if key.collections is None else _dump(key.collections),
        _dump(key.groups),
        key.per_minute,
        key.created_at.isoformat(),
        _time_text(key.expires_at),
        _time_text(key.revoked_at),
    )


def to_key(row: Sequence[Any]) -> AccessKey:
    """The key of a row of ``COLUMNS``."""
    key_id, name, scopes, collections, groups, per_minute, created_at, expires_at, revoked_at = row
    return AccessKey(
        id=key_id,
        name=name,
        scopes=frozenset(Scope(scope) for scope in json.loads(scopes)),
        collections=None if collections is None else frozenset(json.loads(collections)),
        groups=frozenset(json.loads(groups)),
        per_minute=per_minute,
        created_at=datetime.fromisoformat(created_at),
        expires_at=_time(expires_at),
        revoked_at=_time(revoked_at),
    )


def _dump(names: frozenset[Any]) -> str:
    return json.dumps(sorted(names))


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _time_text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()
