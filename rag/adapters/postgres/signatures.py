"""MinHash signatures of document versions in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rag.adapters.postgres.database import Database


class PostgresSignatures:
    """Fulfils ``SignatureStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, collection: str) -> Mapping[str, tuple[str, bytes]]:
        query = "SELECT document_id, version, signature FROM signatures WHERE collection = %s"
        with self._database.reading() as db:
            return {
                document_id: (version, bytes(signature))
                for document_id, version, signature in db.execute(query, [collection])
            }

    def update(
        self, collection: str, entries: Iterable[tuple[str, str, bytes]], removed: Iterable[str]
    ) -> None:
        with self._database.writing() as db, db.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO signatures VALUES (%s, %s, %s, %s) ON CONFLICT (collection, document_id)"
                " DO UPDATE SET version = excluded.version, signature = excluded.signature",
                [(collection, *entry) for entry in sorted(entries)],
            )
            cursor.execute(
                "DELETE FROM signatures WHERE collection = %s AND document_id = ANY(%s)",
                (collection, sorted(removed)),
            )

    def check(self) -> None:
        """Raises StorageError if the database can't be used."""
        self._database.check()

    def close(self) -> None:
        """Nothing of its own is open."""
