"""The catalog's file: full, damaged, foreign, read-only, shared."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.errors import StorageError, StorageFull
from rag.ports.catalog import Change
from tests.samples import document, passage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a ?#%.sqlite3"


@pytest.fixture
def catalog(path: Path) -> Iterator[SqliteCatalog]:
    made = SqliteCatalog(path)
    yield made
    made.close()


def change(text: str, **more: object) -> Change:
    made = document(text, **more)  # type: ignore[arg-type]
    return Change(document=made, passages=(passage(made),))


def write(catalog: SqliteCatalog, *changes: Change, removals: tuple[tuple[str, str], ...] = ()) -> None:
    catalog.record_intents(changes, removals)
    catalog.commit(changes, removals)
    catalog.clear_intents()


def test_a_full_disk_leaves_what_was_committed(catalog: SqliteCatalog) -> None:
    """The write that finds no page is refused as a whole; the next one that fits succeeds."""
    write(catalog, change("Old."))
    with catalog._file.writing() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
    catalog._file._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    catalog.record_intents([change("New.")], [])
    with pytest.raises(StorageFull, match="no space left"):
        catalog.commit([change("Long. " * 20_000)], [])
    assert catalog.document("d1").text == "Old."
    assert [intent.committed for intent in catalog.intents()] == [False]
    catalog._file._writer.execute("PRAGMA max_page_count = 1073741823")
    catalog.commit([change("New.")], [])
    assert catalog.document("d1").text == "New."


def test_a_damaged_file_is_said_to_be_damaged(catalog: SqliteCatalog, path: Path) -> None:
    """By the check where pages are overwritten, on opening where it's no database at all."""
    write(catalog, *[change("Text. " * 500, id=f"d{i}") for i in range(50)])
    catalog.vacuum()
    catalog.close()
    content = bytearray(path.read_bytes())
    content[8_192:40_960] = b"\xff" * (40_960 - 8_192)
    path.write_bytes(content)
    with closing(SqliteCatalog(path)) as damaged, pytest.raises(StorageError, match=r"damaged|malformed"):
        damaged.check()
    path.write_bytes(b"no database, but long enough to be taken for one" * 100)
    with pytest.raises(StorageError, match="not a database"):
        SqliteCatalog(path)


def test_a_file_of_a_later_format_is_left_alone(catalog: SqliteCatalog, path: Path) -> None:
    """It is not opened, by readers or writers, and not changed."""
    catalog.close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StorageError, match="format 99"):
            SqliteCatalog(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file where a folder should be; a reader of a file that isn't there, which isn't made either."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        SqliteCatalog(tmp_path / "file" / "c.sqlite3")
    with pytest.raises(StorageError, match="absent"):
        SqliteCatalog(tmp_path / "absent.sqlite3", read_only=True)
    assert not (tmp_path / "absent.sqlite3").exists()


def test_a_read_only_disk_is_one_plain_error(catalog: SqliteCatalog) -> None:
    """Simulated by SQLite itself, as the tests may run as a user whom no permission bit binds."""
    write(catalog, change("Old."))
    catalog._file._writer.execute("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match="readonly"):
        catalog.record_intents([change("New.")], [])
    assert catalog.document("d1").text == "Old."


def test_a_reader_of_another_process_sees_each_commit(catalog: SqliteCatalog, path: Path) -> None:
    """Opened read-only beside the writer; it can't write, and its cache is never stale."""
    write(catalog, change("Old."))
    reader = SqliteCatalog(path, read_only=True)
    try:
        assert reader.document("d1").text == "Old."
        write(catalog, change("New."))
        assert reader.document("d1").text == "New."
        reader.check()
        with pytest.raises(StorageError):
            reader.record_intents([change("Newer.")], [])
    finally:
        reader.close()


def test_a_reader_needs_no_writer(catalog: SqliteCatalog, path: Path) -> None:
    """The file of a service that was stopped is read as well, and left as it was."""
    write(catalog, change("Old."))
    catalog.close()
    reader = SqliteCatalog(path, read_only=True)
    assert reader.document("d1").text == "Old."
    reader.close()


def test_removed_text_is_gone_from_the_disk(catalog: SqliteCatalog, path: Path) -> None:
    """After vacuum, neither the file nor its log holds a byte of it, and the space is given back."""
    write(catalog, change("Secret-marker. " * 3_000), change("Kept.", id="d2"))
    catalog.vacuum()
    before = path.stat().st_size
    write(catalog, removals=(("default", "d1"),))
    catalog.vacuum()
    left = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"Secret-marker" not in left
    assert b"Kept." in left
    assert path.stat().st_size < before - 40_000


def test_removed_text_does_not_outlive_the_process(catalog: SqliteCatalog, path: Path) -> None:
    """Even without vacuum: it is overwritten, and closing empties the log."""
    write(catalog, change("Secret-marker. " * 3_000), change("Kept.", id="d2"))
    write(catalog, removals=(("default", "d1"),))
    catalog.close()
    assert b"Secret-marker" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_a_reader_keeps_its_snapshot(catalog: SqliteCatalog) -> None:
    """A write in between two looks of one reader isn't seen by the second."""
    write(catalog, change("Old."))
    look = "SELECT count(*) FROM documents"
    with catalog._file.reading() as db:
        before = db.execute(look).fetchone()
        write(catalog, change("More.", id="d2"))
        assert db.execute(look).fetchone() == before
    assert catalog.count() == 2


def test_ids_that_are_not_unicode_are_refused_in_words(catalog: SqliteCatalog) -> None:
    """As a file name of other bytes can give; the text itself may hold anything."""
    with pytest.raises(StorageError, match="not valid Unicode"):
        write(catalog, Change(document=document("x", id="a\udcff"), passages=()))
    assert catalog.count() == 0


def test_many_threads_read_while_one_writes(catalog: SqliteCatalog) -> None:
    """Each reader sees one whole version: document and passages fit each other at every moment."""
    versions = [change(f"Version {i}. " * (i + 1)) for i in range(20)]
    write(catalog, versions[0])
    seen = {c.document.sha256: c for c in versions}

    def read(_: int) -> None:
        made = catalog.document("d1")
        assert made == seen[made.sha256].document
        for found in catalog.passages_of("d1"):
            assert found == seen[found.version].passages[0]

    with ThreadPoolExecutor(8) as pool:
        reads = [pool.submit(read, i) for i in range(400)]
        for version in versions:
            write(catalog, version)
        for done in reads:
            done.result()
    assert catalog.document("d1") == versions[-1].document


def test_documents_are_decoded_once(path: Path) -> None:
    """Until they are written again, or the bound on kept text is reached."""
    catalog = SqliteCatalog(path, cache_characters=100)
    try:
        write(catalog, change("a" * 60), change("b" * 60, id="d2"))
        first = catalog.document("d1")
        assert catalog.document("d1") is first
        catalog.document("d2")
        assert catalog.document("d1") is not first
        assert catalog.document("d1") == first
    finally:
        catalog.close()
