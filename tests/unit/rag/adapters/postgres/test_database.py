"""The database: transactions, snapshots, limits, a server that is gone, slow or full."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Thread

import psycopg
import pytest

from rag.adapters.postgres.catalog import PostgresCatalog
from rag.adapters.postgres.connection import place_of
from rag.adapters.postgres.database import Database
from rag.adapters.postgres.dense import PostgresDenseIndex
from rag.errors import IndexUnavailable, NoDataFolder, StorageError, StorageFull
from rag.ports.catalog import Change
from tests.contract.test_dense_index import sentence_rows, vectors
from tests.disks import mounted
from tests.postgres import PostgresServer
from tests.samples import document, passage


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that the test may harm."""
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


def one(text: str, **more: object) -> Change:
    doc = document(text, **more)  # type: ignore[arg-type]
    return Change(document=doc, passages=(passage(doc),))


def write(catalog: PostgresCatalog, *changes: Change) -> None:
    catalog.record_intents(changes, [])
    catalog.commit(changes, [])
    catalog.clear_intents()


def test_calls_in_a_transaction_are_one(database: Database) -> None:
    """An error undoes all of them; nobody has seen them; a cache doesn't keep what was undone."""
    catalog, other = PostgresCatalog(database), PostgresCatalog(database)
    write(catalog, one("First text."))
    seen: list[str] = []

    def write_and_fail() -> None:
        with database.transaction():
            write(catalog, one("Second text."))
            seen.append(catalog.document("d1").text)
            thread = Thread(target=lambda: seen.append(other.document("d1").text))
            thread.start()
            thread.join()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert seen == ["Second text.", "First text."]
    assert catalog.document("d1").text == "First text."
    write(catalog, one("Third text."))  # with the generation that the undone write had
    assert catalog.document("d1").text == "Third text."


def test_a_snapshot_sees_one_state(database: Database) -> None:
    """Whatever is committed meanwhile; afterwards the new state is seen."""
    catalog = PostgresCatalog(database)
    write(catalog, one("Before."))
    with database.snapshot():
        before = catalog.generation()
        thread = Thread(target=write, args=(catalog, one("After.")))
        thread.start()
        thread.join()
        assert (catalog.generation(), catalog.document("d1").text) == (before, "Before.")
    assert (catalog.generation(), catalog.document("d1").text) == (before + 1, "After.")


def test_writers_wait_for_each_other_and_readers_for_nobody(database: Database, database_url: str) -> None:
    """A second process writes when the first has committed."""
    second = Database(database_url)
    order: list[str] = []

    def write_too() -> None:
        with second.transaction():
            order.append("second")

    with database.transaction():
        thread = Thread(target=write_too)
        thread.start()
        time.sleep(0.5)
        with second.reading() as db:
            assert db.execute("SELECT 1").fetchone() == (1,)
        order.append("first")
    thread.join()
    second.close()
    assert order == ["first", "second"]


def test_a_reader_makes_nothing(database_url: str) -> None:
    """Neither tables where there are none, nor rows where there are."""
    with pytest.raises(NoDataFolder):
        Database(database_url, read_only=True)
    Database(database_url).close()
    reader = Database(database_url, read_only=True)
    with pytest.raises(StorageError), reader.transaction() as db:
        db.execute("DELETE FROM facts")
    reader.close()


def test_tables_of_another_format_are_refused(database_url: str) -> None:
    """The message says which."""
    Database(database_url).close()
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE saywhere.facts SET value = '99' WHERE name = 'format'")
    with pytest.raises(StorageError, match="format 99"):
        Database(database_url)


def test_messages_never_have_the_password() -> None:
    """Of a server that can't be reached."""
    with pytest.raises(IndexUnavailable) as error:
        Database("postgresql://saywhere:verysecret@127.0.0.1:1/docs")
    assert "verysecret" not in str(error.value)
    assert "127.0.0.1:1" in str(error.value)
    assert place_of("postgresql://u:p@db.example/docs") == "the database 'docs' at db.example:5432"


def test_a_statement_that_takes_too_long_is_ended(database_url: str) -> None:
    """The connection can be used again."""
    database = Database(database_url, seconds=0.5)
    with pytest.raises(IndexUnavailable, match="took too long"), database.reading() as db:
        db.execute("SELECT pg_sleep(30)")
    with database.reading() as db:
        assert db.execute("SELECT 1").fetchone() == (1,)
    database.close()


def test_a_killed_server_is_found_again(own_server: PostgresServer) -> None:
    """While it is gone, calls fail at once; what was committed is there when it is back."""
    catalog = PostgresCatalog(Database(own_server.new_database()), owns=True)
    write(catalog, one("Kept."))
    own_server.kill()
    with pytest.raises(IndexUnavailable):
        catalog.generation()
    own_server.start()
    assert catalog.document("d1").text == "Kept."
    write(catalog, one("Written again."))
    catalog.close()


def test_a_server_that_hangs_holds_nobody_up(own_server: PostgresServer) -> None:
    """A call ends with an error a few seconds after its limit; when the server goes on, calls do."""
    database = Database(own_server.new_database(), seconds=2.0)
    with database.reading() as db:
        db.execute("SELECT 1")
    own_server.freeze()
    began = time.monotonic()
    with pytest.raises(IndexUnavailable), database.reading() as db:
        db.execute("SELECT 1")
    assert time.monotonic() - began < 30
    own_server.thaw()
    with database.reading() as db:
        assert db.execute("SELECT 1").fetchone() == (1,)
    database.close()


def test_a_full_disk_is_an_error_of_its_own(own_server: PostgresServer) -> None:
    """What was stored before stands, there is no half of the write, and with space again writes work."""
    with mounted(own_server.folder / "small", megabytes=6) as disk:
        own_server.own(disk.path)
        url = own_server.new_database()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{disk.path}'".encode())
            connection.execute(
                f"ALTER DATABASE {url.rpartition('/')[2]} SET default_tablespace = small".encode()
            )
        database = Database(url)
        index = PostgresDenseIndex(database, exact_rows=1_000_000)
        index.add("c", sentence_rows("a", "v1", 30), vectors(30))

        def fill() -> None:
            for number in range(60):
                index.add("c", sentence_rows("b", f"v{number}x", 1_000), vectors(1_000))

        with pytest.raises(StorageFull):
            fill()
        stored = index.count("c")
        assert stored == 30 + 1_000 * (len(index.versions("c")) - 1)
        assert len(index.search("c", vectors(30)[3], 40)) == 40
        disk.resize(megabytes=30)
        index.add("c", sentence_rows("d", "v1", 30), vectors(30))
        assert index.count("c") == stored + 30
        database.close()
        own_server.kill()
