"""Formats of a file: migrations, files of later releases, reading of earlier ones."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rag.adapters.sqlite.database import SqliteFile
from rag.errors import StorageError

FIRST = "CREATE TABLE notes (text TEXT NOT NULL);"
TO_SECOND = "ALTER TABLE notes ADD COLUMN author TEXT NOT NULL DEFAULT 'nobody';"
TO_THIRD = "CREATE INDEX notes_by_author ON notes (author);"
THIRD = "CREATE TABLE notes (text TEXT NOT NULL, author TEXT NOT NULL DEFAULT 'nobody');" + TO_THIRD


def write_first(path: Path) -> None:
    with closing(SqliteFile(path, schema=FIRST, version=1)) as file, file.writing() as db:
        db.execute("INSERT INTO notes VALUES ('kept')")


def open_third(path: Path, *migrations: str, read_only: bool = False, oldest_read: int = 3) -> SqliteFile:
    return SqliteFile(
        path, schema=THIRD, version=3, migrations=migrations, read_only=read_only, oldest_read=oldest_read
    )


def test_a_file_is_brought_through_each_format(tmp_path: Path) -> None:
    """With what it holds; a new one has the same tables, and is brought nowhere."""
    write_first(tmp_path / "old")
    schemas = []
    for name in ("old", "new"):
        with closing(open_third(tmp_path / name, TO_SECOND, TO_THIRD)) as file, file.reading() as db:
            assert db.execute("PRAGMA user_version").fetchone() == (3,)
            schemas.append([row[1] for row in db.execute("PRAGMA table_info(notes)")])
            rows = db.execute("SELECT text, author FROM notes").fetchall()
        assert rows == ([("kept", "nobody")] if name == "old" else [])
    assert schemas[0] == schemas[1] == ["text", "author"]


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    """Neither tables nor the format: those before it stand, and the next opening goes on from there."""
    write_first(tmp_path / "old")
    with pytest.raises(StorageError):
        open_third(tmp_path / "old", TO_SECOND, "CREATE TABLE half (a); SELECT nonsense FROM nowhere;")
    with closing(sqlite3.connect(tmp_path / "old")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone() == (0,)
    with closing(open_third(tmp_path / "old", TO_SECOND, TO_THIRD)) as file, file.reading() as db:
        assert db.execute("SELECT text, author FROM notes").fetchall() == [("kept", "nobody")]


def test_a_file_of_a_later_release_is_refused(tmp_path: Path) -> None:
    """With both formats in the message; it isn't touched."""
    open_third(tmp_path / "new").close()
    before = (tmp_path / "new").read_bytes()
    with pytest.raises(StorageError, match="has format 3, this release uses 1"):
        SqliteFile(tmp_path / "new", schema=FIRST, version=1)
    assert (tmp_path / "new").read_bytes() == before


def test_a_format_without_a_migration_is_refused(tmp_path: Path) -> None:
    """It is opened by a release between them first."""
    write_first(tmp_path / "old")
    with pytest.raises(StorageError, match="a release between them"):
        open_third(tmp_path / "old", TO_THIRD)


def test_reading_changes_no_format(tmp_path: Path) -> None:
    """An earlier one that can be read is read as it is; another says how it is brought up to date."""
    write_first(tmp_path / "old")
    with pytest.raises(StorageError, match="saywhere doctor"):
        open_third(tmp_path / "old", TO_SECOND, TO_THIRD, read_only=True)
    with closing(open_third(tmp_path / "old", read_only=True, oldest_read=1)) as file, file.reading() as db:
        assert db.execute("SELECT text FROM notes").fetchall() == [("kept",)]
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
