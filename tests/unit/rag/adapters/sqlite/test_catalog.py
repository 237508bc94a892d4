"""The catalog's file: full disk, damage, other formats, read-only access, concurrent use."""

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
    opened = SqliteCatalog(path)
    yield opened
    opened.close()


def change(text: str, **more: object) -> Change:
    doc = document(text, **more)  # type: ignore[arg-type]
    return Change(document=doc, passages=(passage(doc),))


def write(catalog: SqliteCatalog, *changes: Change, removals: tuple[tuple[str, str], ...] = ()) -> None:
    catalog.record_intents(changes, removals)
    catalog.commit(changes, removals)
    catalog.clear_intents()


def test_a_full_disk_leaves_committed_documents(catalog: SqliteCatalog) -> None:
    """The write without space is rolled back; a later one that fits succeeds."""
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


def test_a_damaged_file_is_detected(catalog: SqliteCatalog, path: Path) -> None:
    """By ``check`` if pages are overwritten, on opening if it is no database."""
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


def test_a_file_of_another_format_is_not_opened(catalog: SqliteCatalog, path: Path) -> None:
    """By readers or writers; nor is it changed."""
    catalog.close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    content = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StorageError, match="format 99"):
            SqliteCatalog(path, read_only=read_only)
    assert path.read_bytes() == content


def test_a_path_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    """A file in the folder's place; a missing file of a reader, which isn't created."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        SqliteCatalog(tmp_path / "file" / "c.sqlite3")
    with pytest.raises(StorageError, match="absent"):
        SqliteCatalog(tmp_path / "absent.sqlite3", read_only=True)
    assert not (tmp_path / "absent.sqlite3").exists()


def test_a_read_only_disk_is_a_storage_error(catalog: SqliteCatalog) -> None:
    """Simulated by SQLite, as tests may run as root, who may write anything."""
    write(catalog, change("Old."))
    catalog._file._writer.execute("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match="readonly"):
        catalog.record_intents([change("New.")], [])
    assert catalog.document("d1").text == "Old."


def test_a_reader_of_another_process_sees_each_commit(catalog: SqliteCatalog, path: Path) -> None:
    """It is opened read-only beside the writer; it can't write, and its cache isn't stale."""
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


def test_a_reader_works_without_a_writer(catalog: SqliteCatalog, path: Path) -> None:
    """On the file of a service that was stopped."""
    write(catalog, change("Old."))
    catalog.close()
    reader = SqliteCatalog(path, read_only=True)
    assert reader.document("d1").text == "Old."
    reader.close()


def test_removed_text_is_gone_from_the_disk(catalog: SqliteCatalog, path: Path) -> None:
    """After vacuum it is neither in the file nor in its log, and the file is smaller."""
    write(catalog, change("Secret-marker. " * 3_000), change("Kept.", id="d2"))
    catalog.vacuum()
    size = path.stat().st_size
    write(catalog, removals=(("default", "d1"),))
    catalog.vacuum()
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"Secret-marker" not in content
    assert b"Kept." in content
    assert path.stat().st_size < size - 40_000


def test_removed_text_does_not_outlive_the_process(catalog: SqliteCatalog, path: Path) -> None:
    """Without vacuum: rows are overwritten, and ``close`` empties the log."""
    write(catalog, change("Secret-marker. " * 3_000), change("Kept.", id="d2"))
    write(catalog, removals=(("default", "d1"),))
    catalog.close()
    assert b"Secret-marker" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_a_reader_has_a_snapshot(catalog: SqliteCatalog) -> None:
    """A write between two queries of one reader isn't seen by the second."""
    write(catalog, change("Old."))
    query = "SELECT count(*) FROM documents"
    with catalog._file.reading() as db:
        count = db.execute(query).fetchone()
        write(catalog, change("More.", id="d2"))
        assert db.execute(query).fetchone() == count
    assert catalog.count() == 2


def test_ids_that_are_not_unicode_are_a_storage_error(catalog: SqliteCatalog) -> None:
    """They come from file names of other encodings; a text may have lone surrogates."""
    with pytest.raises(StorageError, match="not valid Unicode"):
        write(catalog, Change(document=document("x", id="a\udcff"), passages=()))
    assert catalog.count() == 0


def test_many_threads_read_while_one_writes(catalog: SqliteCatalog) -> None:
    """Each reader sees one version: a document with its own passages."""
    versions = [change(f"Version {i}. " * (i + 1)) for i in range(20)]
    write(catalog, versions[0])
    by_sha256 = {version.document.sha256: version for version in versions}

    def read(_: int) -> None:
        doc = catalog.document("d1")
        assert doc == by_sha256[doc.sha256].document
        for each in catalog.passages_of("d1"):
            assert each == by_sha256[each.version].passages[0]

    with ThreadPoolExecutor(8) as pool:
        reads = [pool.submit(read, i) for i in range(400)]
        for version in versions:
            write(catalog, version)
        for future in reads:
            future.result()
    assert catalog.document("d1") == versions[-1].document


def test_documents_are_decoded_once(path: Path) -> None:
    """Until they are written again, or evicted from the cache."""
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
