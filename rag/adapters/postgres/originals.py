"""The files that documents were read from, as rows of the database."""

from __future__ import annotations

from collections.abc import Container, Iterable
from io import BytesIO
from typing import BinaryIO

from rag.adapters.postgres.database import Database
from rag.ports.catalog import Original


class PostgresOriginals:
    """Fulfils ``OriginalStore``. In a transaction of the library a file is kept with its document.

    Args:
        max_bytes: of all files together; a file that would exceed it isn't kept.
    """

    def __init__(self, database: Database, *, max_bytes: int) -> None:
        self._database = database
        self.max_bytes = max_bytes

    def put(self, original: Original) -> None:
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO original_files VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (original.record.sha256, original.data),
            )

    def read(self, sha256: str) -> bytes | None:
        with self._database.reading() as db:
            row = db.execute("SELECT data FROM original_files WHERE sha256 = %s", [sha256]).fetchone()
        return None if row is None else bytes(row[0])

    def open(self, sha256: str) -> BinaryIO | None:
        data = self.read(sha256)
        return None if data is None else BytesIO(data)

    def remove(self, sha256s: Iterable[str]) -> None:
        with self._database.transaction() as db:
            db.execute("DELETE FROM original_files WHERE sha256 = ANY(%s)", [list(sha256s)])

    def keep_only(self, sha256s: Container[str]) -> int:
        with self._database.transaction() as db:
            stored = [key for (key,) in db.execute("SELECT sha256 FROM original_files")]
            others = [key for key in stored if key not in sha256s]
            if others:
                db.execute("DELETE FROM original_files WHERE sha256 = ANY(%s)", [others])
            return len(others)
