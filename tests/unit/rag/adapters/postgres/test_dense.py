"""When the graph of a collection's vectors is made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.adapters.postgres.database import Database
from rag.adapters.postgres.dense import PostgresDenseIndex
from tests.contract.test_dense_index import sentence_rows, vectors

EXACT_ROWS = 20


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def index(database: Database) -> PostgresDenseIndex:
    return PostgresDenseIndex(database, exact_rows=EXACT_ROWS)


def graphs(database: Database) -> list[str]:
    """The collections with a graph, by what the server has."""
    with database.reading() as db:
        rows = db.execute(
            "SELECT c.name FROM index_collections c JOIN pg_indexes i ON i.tablename = 'vectors_' || c.number"
            " WHERE i.schemaname = current_schema() AND i.indexdef LIKE '%USING hnsw%' AND c.has_graph"
            " ORDER BY c.name"
        )
        return [name for (name,) in rows]


def test_a_collection_that_grows_large_gets_a_graph(database: Database, index: PostgresDenseIndex) -> None:
    """With the write that does it; a small one has none."""
    index.add("c", sentence_rows("a", "v1", EXACT_ROWS), vectors(EXACT_ROWS))
    assert graphs(database) == []
    index.add("c", sentence_rows("b", "v1", 1), vectors(1))
    assert graphs(database) == ["c"]


def test_many_writes_make_one_graph_at_their_end(database: Database, index: PostgresDenseIndex) -> None:
    """Of each collection that is large then; blocks may be in each other; meanwhile all rows are found."""
    with index.bulk():
        with index.bulk():
            for name in ("c", "d"):
                index.add(name, sentence_rows("a", "v1", 2 * EXACT_ROWS), vectors(2 * EXACT_ROWS))
            index.add("small", sentence_rows("a", "v1", 3), vectors(3))
        assert graphs(database) == []
        assert len(index.search("c", vectors(1)[0], 100)) == 2 * EXACT_ROWS
        assert len(index.search("c", vectors(1)[0], 100, within={("a", "v1")})) == 2 * EXACT_ROWS
    assert graphs(database) == ["c", "d"]
    assert len(index.search("c", vectors(1)[0], 100)) == 2 * EXACT_ROWS


def test_a_collection_that_doubles_in_many_writes_gets_a_new_graph(
    database: Database, index: PostgresDenseIndex
) -> None:
    """One that grows by less keeps the graph it has."""
    index.add("c", sentence_rows("a", "v1", 30), vectors(30))
    with index.bulk():
        index.add("c", sentence_rows("b", "v1", 30), vectors(30))
        assert graphs(database) == ["c"]
        index.add("c", sentence_rows("d", "v1", 1), vectors(1))
        assert graphs(database) == []
        assert len(index.search("c", vectors(1)[0], 100)) == 61
    assert graphs(database) == ["c"]


def test_many_writes_that_were_cut_short_leave_the_graph_to_the_next(
    database: Database, index: PostgresDenseIndex
) -> None:
    """As when the process is killed in between."""

    def cut_short() -> None:
        with index.bulk():
            index.add("c", sentence_rows("a", "v1", 2 * EXACT_ROWS), vectors(2 * EXACT_ROWS))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_short()
    assert graphs(database) == []
    index.add("c", sentence_rows("b", "v1", 1), vectors(1))
    assert graphs(database) == ["c"]
