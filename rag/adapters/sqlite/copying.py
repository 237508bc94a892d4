"""Copies of SQLite files, made while they are written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from rag.adapters.sqlite.database import mapped_errors
from rag.errors import DamagedFile


def copy_database(source: Path, target: Path) -> None:
    """Copies one snapshot of a database, its log included, to a new file that nobody else may read.

    By SQLite's online backup (https://sqlite.org/backup.html): in one step, so that no writer restarts it.
    Readers and writers go on meanwhile.

    Raises:
        DamagedFile: the database is damaged; the copy then is too, and is to be removed.
        StorageFull: no space is left for the copy.
        StorageError: a file can't be read or written.
    """
    with mapped_errors(source), closing(_read_only(source)) as db:
        target.touch(0o600)
        with mapped_errors(target), closing(sqlite3.connect(target)) as copy:
            db.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, that can be read from any disk
            result = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if result != "ok":
        raise DamagedFile(f"{source} is damaged: {result}")


def schema_version(path: Path) -> int:
    """The format of a database, as in ``SqliteFile``. Raises StorageError."""
    with mapped_errors(path), closing(_read_only(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=30.0)
