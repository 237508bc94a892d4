"""One SQLite file used from many threads: many readers, one writer at a time.

In WAL mode with ``synchronous=FULL`` a transaction is on the disk when it ends, and readers never wait
for the writer (https://sqlite.org/wal.html). ``secure_delete`` overwrites removed rows in the file;
``vacuum`` also empties the log, which may still have them.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from rag.errors import DamagedFile, StorageError, StorageFull

_LOG = logging.getLogger("saywhere.storage")
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY_SECONDS = 5.0
_LOG_BYTES = 4_000_000  # kept of the write-ahead log after a large transaction


class SqliteFile:
    """A pool of connections to one file.

    Args:
        schema: SQL that creates the tables of a new file.
        version: the number of the schema's format, stored as ``user_version``.
        additions: SQL run at each opening for writing, all of it ``IF NOT EXISTS``: additions to the
            schema that don't change its format.
        migrations: SQL that brings a file of format 1 to 2, one of 2 to 3, and so on; each is run in a
            transaction of its own, once, when the file is opened for writing.
        oldest_read: the oldest format that can be read as it is.
        read_only: never writes; the file must be there.

    Raises:
        DamagedFile: the file is damaged.
        StorageError: the file can't be opened, has the format of a later release, or, read-only, of one that
            is too old.
    """

    def __init__(
        self,
        path: Path,
        *,
        schema: str,
        version: int,
        additions: str = "",
        migrations: Sequence[str] = (),
        oldest_read: int | None = None,
        read_only: bool = False,
    ) -> None:
        self.path = path
        self.read_only = read_only
        self._idle: deque[sqlite3.Connection] = deque()
        self._write_lock = Lock()
        with mapped_errors(path):
            if not read_only:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                path.touch(0o600)  # for its owner alone; SQLite gives its log the same mode
            self._writer = self._connect()
            try:
                self._prepare(schema, additions, version, migrations, oldest_read or version)
            except BaseException:
                self._writer.close()
                raise

    def add_tables(self, *statements: str) -> None:
        """Runs ``CREATE ... IF NOT EXISTS`` statements for tables that are no part of the format.

        A release that doesn't know them can use the file all the same. Does nothing if read-only.
        """
        if not self.read_only:
            with self.writing() as db:
                for statement in statements:
                    db.execute(statement)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for one reader, in one snapshot of the file."""
        with mapped_errors(self.path):
            try:
                db = self._idle.pop()
            except IndexError:
                db = self._connect()
            try:
                db.execute("BEGIN")
                yield db
            finally:
                db.rollback()
                self._idle.append(db)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The writer's connection in a transaction: durable when the block ends, rolled back if it raises."""
        with self._write_lock, mapped_errors(self.path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.rollback()
                raise

    def check(self) -> None:
        """Raises DamagedFile if pages of the file are damaged."""
        with self.reading() as db:
            result = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if result != "ok":
            raise DamagedFile(f"{self.path} is damaged: {result}")

    def vacuum(self) -> None:
        """Shrinks the file; removed rows are neither in it nor in its log."""
        with self._write_lock, mapped_errors(self.path):
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._writer.execute("VACUUM")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes every connection; a second call does nothing."""
        while self._idle:
            self._idle.pop().close()
        self._writer.close()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            f"file:{quote(str(self.path.absolute()))}?mode={'ro' if self.read_only else 'rwc'}",
            uri=True,
            isolation_level=None,  # autocommit: this class begins and ends transactions
            check_same_thread=False,
            timeout=_BUSY_SECONDS,
        )
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        db.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        return db

    def _prepare(
        self, schema: str, additions: str, version: int, migrations: Sequence[str], oldest_read: int
    ) -> None:
        stored = self._writer.execute("PRAGMA user_version").fetchone()[0]
        formats = f"{self.path} has format {stored}, this release uses {version}"
        if stored > version:
            raise StorageError(f"{formats}: use the release that made it")
        if self.read_only:
            if stored < oldest_read:
                raise StorageError(f"{formats}: `saywhere doctor` brings it up to date")
            return
        if stored and stored <= version - len(migrations) - 1:
            raise StorageError(f"{formats}: use a release between them first")
        self._writer.execute("PRAGMA journal_mode = WAL")
        if not stored:
            self._writer.executescript(f"BEGIN IMMEDIATE; {schema} PRAGMA user_version = {version}; COMMIT;")
        for number in range(stored or version, version):
            _LOG.warning("%s is brought from format %d to %d", self.path, number, number + 1)
            migration = migrations[number - version]
            self._writer.executescript(
                f"BEGIN IMMEDIATE; {migration} PRAGMA user_version = {number + 1}; COMMIT;"
            )
        if additions:
            self._writer.executescript(f"BEGIN IMMEDIATE; {additions} COMMIT;")


class SqliteStore:
    """What every store in a file of its own can do with that file."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def vacuum(self) -> None:
        """Shrinks the file; removed rows are neither in it nor in its log."""
        self._file.vacuum()

    def check(self) -> None:
        """Raises DamagedFile if the file is damaged."""
        self._file.check()

    def close(self) -> None:
        self._file.close()


def isoformat(time: datetime) -> str:
    """A time as these stores keep it, so that texts are in the order of times."""
    return time.isoformat(timespec="milliseconds")


@contextmanager
def mapped_errors(path: Path) -> Iterator[None]:
    """Turns errors of SQLite, the file system and the codec into errors about ``path``.

    Raises:
        StorageFull: no space is left.
        DamagedFile: the file isn't what SQLite has written.
        StorageError: the file is locked, read-only or can't be opened, or a text isn't Unicode.
    """
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise StorageFull(f"no space left for {path}; what was stored before stands") from error
        if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _DAMAGE:  # extended codes have more bits
            raise DamagedFile(f"{path} is damaged: {error}") from error
        raise StorageError(f"{path} can't be used: {error}") from error
    except OSError as error:
        raise StorageError(f"{path} can't be used: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise StorageError(f"an id, title or uri is not valid Unicode: {error.object!r}") from error
