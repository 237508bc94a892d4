"""A copy of the vectors of a llama-index vector store, in an SQLite file.

A store may lose its content (one in memory does when its process ends), and llama-index's interface has
no call that lists what a store holds.
"""

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

# The table's and columns' names are a stored format: ``unit`` is a sentence's id, ``owner`` a ref_doc_id.
_SCHEMA = """
CREATE TABLE units (
  node TEXT PRIMARY KEY, owner TEXT NOT NULL, collection TEXT NOT NULL, document_id TEXT NOT NULL,
  version TEXT NOT NULL, unit TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX units_by_owner ON units (owner);
CREATE INDEX units_by_version ON units (collection, document_id, version, owner);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceVector:
    """One sentence's vector (float32, shape ``(dimensions,)``) under ids that any store takes.

    ``node_id`` is a UUID made of collection and sentence id. ``ref_doc_id`` is a UUID that all sentences
    of a document version share, so that llama-index's ``delete(ref_doc_id)`` removes the version.
    """

    node_id: str
    ref_doc_id: str
    collection: str
    sentence_id: str
    vector: Vectors


def version_ref_doc_id(collection: str, document_id: str, version: str) -> str:
    """The ``ref_doc_id`` of a document version's nodes: a UUID, the same for the same version."""
    return str(uuid5(NAMESPACE_URL, json.dumps([collection, document_id, version])))


class SentenceVectors:
    """Sentence vectors in one SQLite file, 1.7 kB each at 384 dimensions; safe between threads.

    Any method raises StorageError where the file can't be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path, schema=_SCHEMA, version=1)

    def upsert(self, collection: str, sentences: Sequence[SentenceRow], vectors: Vectors) -> None:
        """Inserts or replaces sentences; ``vectors`` is float32 of shape ``(len(sentences), dimensions)``."""
        rows = [
            (
                str(uuid5(NAMESPACE_URL, f"{collection}\0{sentence.id}")),
                version_ref_doc_id(collection, sentence.document_id, sentence.version),
                collection,
                sentence.document_id,
                sentence.version,
                sentence.id,
                vector.tobytes(),
            )
            for sentence, vector in zip(sentences, vectors, strict=True)
        ]
        with self._file.writing() as db:
            db.executemany("INSERT OR REPLACE INTO units VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def of_version(self, ref_doc_id: str) -> list[SentenceVector]:
        return self._select("owner = ?", ref_doc_id)

    def by_node_id(self, node_ids: Sequence[str]) -> list[SentenceVector]:
        """Those that are known, in no particular order."""
        return self._select("node IN (SELECT value FROM json_each(?))", json.dumps(node_ids))

    def sample(self, limit: int) -> list[SentenceVector]:
        """At most ``limit`` vectors of any document: those with the lowest node ids, which are hashes."""
        return self._select("node IN (SELECT node FROM units ORDER BY node LIMIT ?)", limit)

    def ref_doc_ids(self, collection: str | None = None) -> list[str]:
        query = "SELECT DISTINCT owner FROM units WHERE ?1 IS NULL OR collection = ?1"
        return [ref_doc_id for (ref_doc_id,) in self._fetch(query, collection)]

    def delete(self, node_ids: Sequence[str]) -> None:
        with self._file.writing() as db:
            db.execute(
                "DELETE FROM units WHERE node IN (SELECT value FROM json_each(?))", (json.dumps(node_ids),)
            )

    def versions(self, collection: str) -> set[tuple[str, str]]:
        """Every ``(document_id, version)`` that has at least one sentence."""
        query = "SELECT DISTINCT document_id, version FROM units WHERE collection = ?"
        return {(document_id, version) for document_id, version in self._fetch(query, collection)}

    def count(self, collection: str) -> int:
        return int(next(iter(self._fetch("SELECT count(*) FROM units WHERE collection = ?", collection)))[0])

    def collections(self) -> set[str]:
        return {name for (name,) in self._fetch("SELECT DISTINCT collection FROM units")}

    def vacuum(self) -> None:
        self._file.vacuum()

    def close(self) -> None:
        self._file.close()

    def _select(self, where: str, value: object) -> list[SentenceVector]:
        import numpy as np

        query = f"SELECT node, owner, collection, unit, vector FROM units WHERE {where}"  # noqa: S608
        return [
            SentenceVector(
                node_id=node_id,
                ref_doc_id=ref_doc_id,
                collection=name,
                sentence_id=sentence_id,
                vector=np.frombuffer(raw, np.float32),
            )
            for node_id, ref_doc_id, name, sentence_id, raw in self._fetch(query, value)
        ]

    def _fetch(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._file.reading() as db:
            return db.execute(query, values).fetchall()
