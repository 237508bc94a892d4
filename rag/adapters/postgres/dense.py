"""The dense index in PostgreSQL: pgvector's halfvec, a table for each collection.

A small collection is searched exactly, a larger one by HNSW (Malkov and Yashunin 2016, arXiv:1603.09320).
Vectors are kept in half precision: half the space, and cosines that differ by up to 2e-4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from pgvector import HalfVector

from rag.adapters.postgres import collections as registry
from rag.adapters.postgres.collections import IndexCollection
from rag.adapters.postgres.connection import Connection
from rag.adapters.postgres.database import Database
from rag.errors import IndexMismatch
from rag.ports.indexes import Hit, SentenceRow

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

EXACT_ROWS = 20_000  # up to so many rows are compared one by one
_KIND = "dense"
_GRAPH = "m = 24, ef_construction = 128"
_MAX_GRAPH_DIMENSIONS = 4_000  # of pgvector, for halfvec


class PostgresDenseIndex:
    """Fulfils ``DenseIndex``; safe to use from many threads and processes.

    Args:
        exact_rows: a collection, or the part of it to search in, with at most so many rows is searched
            exactly.
    """

    def __init__(self, database: Database, *, exact_rows: int = EXACT_ROWS) -> None:
        self._database = database
        self._exact_rows = exact_rows
        self._lock = Lock()
        self._bulk_writers = 0
        self._bulk_rows: Counter[int] = Counter()

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Many rows are added in the block: a collection without a graph gets it at its end.

        Making a graph of all rows takes a fraction of the time of adding them to it one by one. So a
        collection that doubles loses the graph it has. Without one, rows are compared one by one. Where the
        block raises, the next write makes the graph.
        """
        with self._lock:
            if not self._bulk_writers:
                self._bulk_rows.clear()
            self._bulk_writers += 1
        try:
            yield
        finally:
            with self._lock:
                self._bulk_writers -= 1
        if not self._bulk_writers:
            self._make_missing_graphs()

    def add(self, collection: str, rows: Sequence[SentenceRow], vectors: Vectors) -> None:
        if len(rows) != len(vectors):
            raise ValueError("as many vectors as rows")
        if not rows:
            return
        last = {row.id: (row, vector) for row, vector in zip(rows, vectors, strict=True)}
        with self._database.transaction() as db:
            entry = self._open(db, collection, int(vectors.shape[1]))
            table = _table(entry.number)
            versions = registry.ensure_versions(
                db, entry.number, {(row.document_id, row.version) for row, _ in last.values()}
            )
            replaced = _delete_rows(db, table, [row for row, _ in last.values()])
            with (
                db.cursor() as cursor,
                cursor.copy(
                    f"COPY {table} (version, passage, sentence, vector) FROM STDIN (FORMAT binary)".encode()
                ) as copy,
            ):
                copy.set_types(["int8", "text", "int4", "halfvec"])
                for row, vector in last.values():
                    number = versions[row.document_id, row.version]
                    copy.write_row((number, row.passage_id, row.sentence_index, HalfVector(vector)))
            registry.count_rows(db, table, {*versions.values(), *replaced})
            self._change_count(db, entry, len(last) - len(replaced))

    def remove(
        self, collection: str, document_id: str, version: str, *, keep: AbstractSet[str] = frozenset()
    ) -> None:
        with self._database.transaction() as db:
            entry = registry.find(db, _KIND, collection)
            if entry is None:
                return
            numbers = list(registry.version_numbers(db, entry.number, [(document_id, version)]).values())
            table = _table(entry.number)
            removed = db.execute(
                f"DELETE FROM {table} WHERE version = ANY(%s)"  # noqa: S608
                " AND (passage || ':' || sentence) <> ALL(%s::text[])".encode(),
                (numbers, sorted(keep)),
            ).rowcount
            registry.count_rows(db, table, numbers)
            self._change_count(db, entry, -removed)

    def search(
        self, collection: str, vector: Vectors, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        if k < 1:
            return []
        with self._database.reading() as db:
            entry = registry.find(db, _KIND, collection)
            if entry is None or not entry.rows:
                return []
            rows = self._nearest(db, entry, HalfVector(vector), k, within)
        hits = [
            Hit(passage_id=passage, score=1.0 - distance, sentence_index=sentence)
            for passage, sentence, distance in rows
        ]
        return sorted(hits, key=lambda hit: -hit.score)  # an iterative scan is only nearly in order

    def versions(self, collection: str) -> set[tuple[str, str]]:
        with self._database.reading() as db:
            return registry.versions_of(db, _KIND, collection)

    def count(self, collection: str) -> int:
        with self._database.reading() as db:
            entry = registry.find(db, _KIND, collection)
        return entry.rows if entry else 0

    def collections(self) -> set[str]:
        with self._database.reading() as db:
            return registry.names(db, _KIND)

    def drop(self, collection: str) -> None:
        with self._database.transaction() as db:
            entry = registry.find(db, _KIND, collection)
            if entry is not None:
                registry.delete(db, entry.number, [_table(entry.number)])

    def vacuum(self) -> None:
        """Frees the space of removed rows for new ones; pgvector overwrites their vectors in the graph."""
        with self._database.maintenance() as db:
            numbers = db.execute("SELECT number FROM index_collections WHERE kind = %s", [_KIND]).fetchall()
            for (number,) in numbers:
                db.execute(f"VACUUM (ANALYZE) {_table(number)}".encode())

    def close(self) -> None:
        """The database is closed by whoever opened it."""

    def _open(self, db: Connection, name: str, dimensions: int) -> IndexCollection:
        """The collection, made if there is none of these dimensions with rows. Raises IndexMismatch."""
        entry = registry.find(db, _KIND, name)
        if entry is not None and entry.dimensions != dimensions:
            if entry.rows:
                raise IndexMismatch(
                    f"the index of {name!r} has vectors of {entry.dimensions} dimensions, not {dimensions}"
                )
            registry.delete(db, entry.number, [_table(entry.number)])
            entry = None
        if entry is None:
            number = registry.create(db, _KIND, name, dimensions)
            table = _table(number)
            db.execute(
                f'CREATE TABLE {table} (version bigint NOT NULL, passage text COLLATE "C" NOT NULL,'
                f" sentence integer NOT NULL, vector halfvec({dimensions}) NOT NULL,"
                " PRIMARY KEY (passage, sentence))".encode()
            )
            db.execute(f"CREATE INDEX ON {table} (version)".encode())
            entry = registry.find(db, _KIND, name)
        assert entry is not None  # noqa: S101 (it has just been made)
        return entry

    def _change_count(self, db: Connection, entry: IndexCollection, change: int) -> None:
        """Counts added and removed rows; a collection that has grown large gets its graph."""
        rows = entry.rows + change
        db.execute("UPDATE index_collections SET rows = %s WHERE number = %s", (rows, entry.number))
        if not self._bulk_writers:
            if entry.number in self._without_graph(db):
                _make_graph(db, entry.number)
            return
        self._bulk_rows[entry.number] += change
        if entry.has_graph and 2 * self._bulk_rows[entry.number] > rows:
            _drop_graph(db, entry.number)

    def _make_missing_graphs(self) -> None:
        with self._database.reading() as db:
            if not self._without_graph(db):
                return
        with self._database.transaction() as db:
            for number in self._without_graph(db):
                _make_graph(db, number)

    def _without_graph(self, db: Connection) -> list[int]:
        """The numbers of the collections that are large and have no graph."""
        rows = db.execute(
            "SELECT number FROM index_collections"
            " WHERE kind = %s AND NOT has_graph AND rows > %s AND dimensions <= %s",
            (_KIND, self._exact_rows, _MAX_GRAPH_DIMENSIONS),
        )
        return [number for (number,) in rows]

    def _nearest(
        self,
        db: Connection,
        entry: IndexCollection,
        vector: HalfVector,
        k: int,
        within: AbstractSet[tuple[str, str]] | None,
    ) -> list[tuple[Any, ...]]:
        """``(passage, sentence, cosine distance)`` of the nearest rows."""
        table = _table(entry.number)
        if vector.dimensions() != entry.dimensions:
            raise IndexMismatch(
                f"the index has vectors of {entry.dimensions} dimensions, the question {vector.dimensions()}"
            )
        if within is None:
            return db.execute(
                f"SELECT passage, sentence, vector <=> %s AS distance FROM {table}"  # noqa: S608
                " ORDER BY distance LIMIT %s".encode(),
                (vector, k),
            ).fetchall()
        numbers = list(registry.version_numbers(db, entry.number, within).values())
        if self._rows_of(db, numbers) > self._exact_rows and entry.has_graph:
            return db.execute(
                f"SELECT passage, sentence, vector <=> %s AS distance FROM {table}"  # noqa: S608
                " WHERE version = ANY(%s) ORDER BY distance LIMIT %s".encode(),
                (vector, numbers, k),
            ).fetchall()
        return db.execute(
            f"WITH chosen AS MATERIALIZED (SELECT passage, sentence, vector <=> %s AS distance FROM {table}"  # noqa: S608
            " WHERE version = ANY(%s))"
            " SELECT passage, sentence, distance FROM chosen ORDER BY distance LIMIT %s".encode(),
            (vector, numbers, k),
        ).fetchall()

    def _rows_of(self, db: Connection, numbers: Sequence[int]) -> int:
        row = db.execute(
            "SELECT coalesce(sum(rows), 0) FROM index_versions WHERE number = ANY(%s)", [list(numbers)]
        ).fetchone()
        return int(row[0]) if row else 0


def _table(number: int) -> str:
    return f"vectors_{number}"


def _make_graph(db: Connection, number: int) -> None:
    """Makes the graph of a collection's vectors: minutes for a large one, within which it can be read."""
    db.execute(
        f"CREATE INDEX ON {_table(number)} USING hnsw (vector halfvec_cosine_ops) WITH ({_GRAPH})".encode()
    )
    db.execute("UPDATE index_collections SET has_graph = true WHERE number = %s", [number])


def _drop_graph(db: Connection, number: int) -> None:
    names = db.execute(
        "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s"
        " AND indexdef LIKE '%%USING hnsw%%'",
        [_table(number)],
    ).fetchall()
    for (name,) in names:
        db.execute(f"DROP INDEX {name}".encode())
    db.execute("UPDATE index_collections SET has_graph = false WHERE number = %s", [number])


def _delete_rows(db: Connection, table: str, rows: Sequence[SentenceRow]) -> list[int]:
    """Deletes the rows that have these ids; returns the number of the version of each."""
    deleted = db.execute(
        f"DELETE FROM {table} t USING unnest(%s::text[], %s::integer[]) AS given (passage, sentence)"  # noqa: S608
        " WHERE t.passage = given.passage AND t.sentence = given.sentence RETURNING t.version".encode(),
        ([row.passage_id for row in rows], [row.sentence_index for row in rows]),
    )
    return [version for (version,) in deleted]
