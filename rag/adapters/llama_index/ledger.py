"""What a vector store was given, kept beside it: the store may forget, or can't be asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from rag.adapters.sqlite.database import SqliteFile
from rag.ports.indexes import SentenceRow

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

_SCHEMA = """
CREATE TABLE units (
  node TEXT PRIMARY KEY, owner TEXT NOT NULL, collection TEXT NOT NULL, document_id TEXT NOT NULL,
  version TEXT NOT NULL, unit TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX units_by_owner ON units (owner);
CREATE INDEX units_by_version ON units (collection, document_id, version, owner);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A unit under names that any store takes: ``node`` is a UUID, ``owner`` one for each version."""

    node: str
    owner: str
    collection: str
    unit: str
    vector: Vectors


def owner_of(collection: str, document_id: str, version: str) -> str:
    """The name under which all units of a document version are deleted."""
    return str(uuid5(NAMESPACE_URL, json.dumps([collection, document_id, version])))


class UnitLedger:
    """Units with their vectors in one SQLite file, 1.7 kB each at 384 dimensions; safe between threads."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path, schema=_SCHEMA, version=1)

    def put(self, collection: str, units: Sequence[SentenceRow], vectors: Vectors) -> None:
        rows = [
            (
                str(uuid5(NAMESPACE_URL, f"{collection}\0{unit.id}")),
                owner_of(collection, unit.document_id, unit.version),
                collection,
                unit.document_id,
                unit.version,
                unit.id,
                vector.tobytes(),
            )
            for unit, vector in zip(units, vectors, strict=True)
        ]
        with self._file.writing() as db:
            db.executemany("INSERT OR REPLACE INTO units VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def of_owner(self, owner: str) -> list[Row]:
        return self._rows("owner = ?", owner)

    def of_nodes(self, nodes: Sequence[str]) -> list[Row]:
        return self._rows("node IN (SELECT value FROM json_each(?))", json.dumps(nodes))

    def some(self, limit: int) -> list[Row]:
        """Rows from here and there, for probing."""
        return self._rows("node IN (SELECT node FROM units ORDER BY node LIMIT ?)", limit)

    def owners(self, collection: str | None = None) -> list[str]:
        query = "SELECT DISTINCT owner FROM units WHERE ?1 IS NULL OR collection = ?1"
        return [owner for (owner,) in self._fetch(query, collection)]

    def delete(self, nodes: Sequence[str]) -> None:
        with self._file.writing() as db:
            db.execute(
                "DELETE FROM units WHERE node IN (SELECT value FROM json_each(?))", (json.dumps(nodes),)
            )

    def versions(self, collection: str) -> set[tuple[str, str]]:
        query = "SELECT DISTINCT document_id, version FROM units WHERE collection = ?"
        return {(key, version) for key, version in self._fetch(query, collection)}

    def count(self, collection: str) -> int:
        return int(next(iter(self._fetch("SELECT count(*) FROM units WHERE collection = ?", collection)))[0])

    def collections(self) -> set[str]:
        return {name for (name,) in self._fetch("SELECT DISTINCT collection FROM units")}

    def vacuum(self) -> None:
        self._file.vacuum()

    def close(self) -> None:
        self._file.close()

    def _rows(self, where: str, value: object) -> list[Row]:
        import numpy as np

        query = f"SELECT node, owner, collection, unit, vector FROM units WHERE {where}"  # noqa: S608
        return [
            Row(node=node, owner=owner, collection=name, unit=unit, vector=np.frombuffer(raw, np.float32))
            for node, owner, name, unit, raw in self._fetch(query, value)
        ]

    def _fetch(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._file.reading() as db:
            return db.execute(query, values).fetchall()
