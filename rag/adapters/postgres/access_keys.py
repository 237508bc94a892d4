"""Keys in PostgreSQL. Rows have the form of those in SQLite."""

from __future__ import annotations

import builtins
from datetime import datetime

from rag.adapters.postgres.database import Database
from rag.adapters.postgres.texts import storable
from rag.adapters.sqlite.access_keys import COLUMNS, key_row, to_key
from rag.errors import UnknownKey
from rag.ports.access_keys import AccessKey

# The column list is a constant, never user input.
_INSERT = "INSERT INTO keys VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
_FIND = f"SELECT {COLUMNS}, secret_sha256 FROM keys WHERE id = %s"  # noqa: S608
_LIST = f"SELECT {COLUMNS} FROM keys ORDER BY created_at DESC, number DESC"  # noqa: S608
_REVOKE = "UPDATE keys SET revoked_at = coalesce(revoked_at, %s) WHERE id = %s RETURNING " + COLUMNS  # noqa: S608


class PostgresKeys:
    """Fulfils ``KeyStore``.

    Args:
        owns: whether ``close`` closes the database.
    """

    def __init__(self, database: Database, *, owns: bool = False) -> None:
        self._database = database
        self._owns = owns

    def add(self, key: AccessKey, secret_sha256: str) -> None:
        key_id, name, *more = key_row(key, secret_sha256)
        with self._database.writing() as db:
            inserted = db.execute(_INSERT, [key_id, storable(str(name)), *more]).rowcount
        if not inserted:
            raise ValueError(f"there is a key {key.id!r} already")

    def find(self, key_id: str) -> tuple[AccessKey, str] | None:
        with self._database.reading() as db:
            row = db.execute(_FIND, [storable(key_id)]).fetchone()
        return None if row is None else (to_key(row[:-1]), str(row[-1]))

    def list(self) -> builtins.list[AccessKey]:
        with self._database.reading() as db:
            return [to_key(row) for row in db.execute(_LIST)]

    def revoke(self, key_id: str, at: datetime) -> AccessKey:
        with self._database.writing() as db:
            row = db.execute(_REVOKE.encode(), [at.isoformat(), storable(key_id)]).fetchone()
        if row is None:
            raise UnknownKey(f"there is no key {key_id!r}")
        return to_key(row)

    def is_empty(self) -> bool:
        with self._database.reading() as db:
            return db.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is None

    def close(self) -> None:
        if self._owns:
            self._database.close()
