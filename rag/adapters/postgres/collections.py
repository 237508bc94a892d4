"""What both indexes keep of their collections: a number that names their tables, and the versions in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.adapters.postgres.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexCollection:
    """A collection of an index; ``number`` ends the names of its tables. Lengths are of all rows together.

    ``has_graph``: the vectors have an HNSW graph. ``text_terms`` and ``context_terms`` count words.
    """

    number: int
    rows: int
    dimensions: int
    has_graph: bool
    text_terms: int
    context_terms: int


def find(db: Connection, kind: str, name: str) -> IndexCollection | None:
    """The collection of this name; None before its first row."""
    row = db.execute(
        "SELECT number, rows, dimensions, has_graph, text_terms, context_terms FROM index_collections"
        " WHERE kind = %s AND name = %s",
        (kind, name),
    ).fetchone()
    if row is None:
        return None
    number, rows, dimensions, has_graph, text_terms, context_terms = row
    return IndexCollection(
        number=number,
        rows=rows,
        dimensions=dimensions,
        has_graph=has_graph,
        text_terms=text_terms,
        context_terms=context_terms,
    )


def names(db: Connection, kind: str) -> set[str]:
    """The collections that have a row."""
    return {
        name
        for (name,) in db.execute("SELECT name FROM index_collections WHERE kind = %s AND rows > 0", [kind])
    }


def create(db: Connection, kind: str, name: str, dimensions: int = 0) -> int:
    """Records a collection; returns its number."""
    row = db.execute(
        "INSERT INTO index_collections (kind, name, dimensions) VALUES (%s, %s, %s) RETURNING number",
        (kind, name, dimensions),
    ).fetchone()
    return int(row[0]) if row else 0


def delete(db: Connection, number: int, tables: Sequence[str]) -> None:
    """Drops the tables of a collection, and its record."""
    db.execute(f"DROP TABLE IF EXISTS {', '.join(tables)}".encode())
    db.execute("DELETE FROM index_collections WHERE number = %s", [number])


def version_numbers(
    db: Connection, collection: int, versions: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """The numbers of those ``(document_id, version)``s that have rows."""
    pairs = list(versions)
    found = db.execute(
        "SELECT v.document_id, v.version, v.number FROM index_versions v"
        " JOIN unnest(%s::text[], %s::text[]) AS wanted (document_id, version)"
        " ON v.document_id = wanted.document_id AND v.version = wanted.version WHERE v.collection = %s",
        ([document_id for document_id, _ in pairs], [version for _, version in pairs], collection),
    )
    return {(document_id, version): number for document_id, version, number in found}


def ensure_versions(
    db: Connection, collection: int, versions: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """The numbers of these ``(document_id, version)``s, new ones for those that have none."""
    pairs = sorted(set(versions))
    with db.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO index_versions (collection, document_id, version) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [(collection, *pair) for pair in pairs],
        )
    return version_numbers(db, collection, pairs)


def count_rows(db: Connection, table: str, versions: Iterable[int]) -> None:
    """Counts the rows of versions in a table anew; a version without any is forgotten."""
    numbers = sorted(set(versions))
    db.execute(
        f"UPDATE index_versions v SET rows = (SELECT count(*) FROM {table} t WHERE t.version = v.number)"  # noqa: S608
        " WHERE number = ANY(%s)".encode(),
        [numbers],
    )
    db.execute("DELETE FROM index_versions WHERE number = ANY(%s) AND rows = 0", [numbers])


def versions_of(db: Connection, kind: str, name: str) -> set[tuple[str, str]]:
    """Every ``(document_id, version)`` with a row in a collection."""
    found = db.execute(
        "SELECT document_id, version FROM index_versions WHERE rows > 0 AND collection ="
        " (SELECT number FROM index_collections WHERE kind = %s AND name = %s)",
        (kind, name),
    )
    return {(document_id, version) for document_id, version in found}
