"""MinHash signatures of document versions, in an SQLite file that may be deleted: they are computed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rag.adapters.sqlite.database import SqliteFile, SqliteStore

_SCHEMA = """
CREATE TABLE signatures (
  collection TEXT NOT NULL, document_id TEXT NOT NULL, version TEXT NOT NULL, signature BLOB NOT NULL,
  PRIMARY KEY (collection, document_id)
) WITHOUT ROWID;
"""


class SqliteSignatures(SqliteStore):
    """Fulfils ``SignatureStore``.

    Raises:
        StorageError: the file can't be opened or is damaged.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(SqliteFile(path, schema=_SCHEMA, version=1))

    def load(self, collection: str) -> Mapping[str, tuple[str, bytes]]:
        query = "SELECT document_id, version, signature FROM signatures WHERE collection = ?"
        with self._file.reading() as db:
            return {
                document_id: (version, bytes(signature))
                for document_id, version, signature in db.execute(query, (collection,))
            }

    def update(
        self, collection: str, entries: Iterable[tuple[str, str, bytes]], removed: Iterable[str]
    ) -> None:
        with self._file.writing() as db:
            db.executemany(
                "INSERT OR REPLACE INTO signatures VALUES (?, ?, ?, ?)",
                ((collection, *entry) for entry in entries),
            )
            db.executemany(
                "DELETE FROM signatures WHERE collection = ? AND document_id = ?",
                ((collection, document_id) for document_id in removed),
            )
