"""One SQLite file used from many threads: readers side by side, one writer at a time.

WAL mode with ``synchronous=FULL``: a transaction is on the disk when it ends, readers never wait for
the writer (https://sqlite.org/wal.html). ``secure_delete`` overwrites what is removed; ``vacuum``
empties the log, which still holds it.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from rag.errors import StorageError, StorageFull

_BUSY_SECONDS = 5.0


class SqliteFile:
    """Connections to one file, opened as they are needed and used again.

    Args:
        schema: SQL that makes an empty file what it should be.
        later: SQL run at every opening for writing: what came to the schema since, all of it
            ``IF NOT EXISTS``, so that older files of this format get it too.
        version: the format that ``schema`` makes, kept as ``user_version``.
        read_only: never writes; the file must be there.

    Raises:
        StorageError: the file can't be opened, is damaged, or is of another format.
    """

    def __init__(
        self, path: Path, *, schema: str, version: int, later: str = "", read_only: bool = False
    ) -> None:
        self.path = path
        self.read_only = read_only
        self._idle: deque[sqlite3.Connection] = deque()
        self._writing = Lock()
        with translated(path):
            if not read_only:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
            try:
                self._prepare(schema, later, version)
            except BaseException:
                self._writer.close()
                raise

    def also(self, *statements: str) -> None:
        """Adds the tables of a module of its own, which names them ``IF NOT EXISTS``.

        They are beside what ``version`` speaks of: an earlier release that doesn't know them goes on
        using the file. Read-only, it does nothing.
        """
        if not self.read_only:
            with self.writing() as db:
                for statement in statements:
                    db.execute(statement)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for this reader alone, in one snapshot of the file."""
        with translated(self.path):
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
        """The one writer, in a transaction that is on the disk when this ends, or never was."""
        with self._writing, translated(self.path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.rollback()
                raise

    def check(self) -> None:
        """Raises StorageError where pages of the file are damaged."""
        with self.reading() as db:
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StorageError(f"{self.path} is damaged: {found}")

    def vacuum(self) -> None:
        """Leaves nothing of removed rows in the file or its log."""
        with self._writing, translated(self.path):
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
            isolation_level=None,  # transactions are begun and ended here, by name
            check_same_thread=False,
            timeout=_BUSY_SECONDS,
        )
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        return db

    def _prepare(self, schema: str, later: str, version: int) -> None:
        found = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if found != version and (found or self.read_only):
            raise StorageError(
                f"{self.path} has format {found}, this release uses {version}: use the release that made it"
            )
        if self.read_only:
            return
        self._writer.execute("PRAGMA journal_mode = WAL")
        if not found:
            self._writer.executescript(f"BEGIN IMMEDIATE; {schema} PRAGMA user_version = {version}; COMMIT;")
        if later:
            self._writer.executescript(f"BEGIN IMMEDIATE; {later} COMMIT;")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns what SQLite, the file system and the codec raise into errors about ``path``.

    Raises:
        StorageFull: no space is left.
        StorageError: locked, read-only, damaged, not to be opened, or text that isn't Unicode.
    """
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise StorageFull(f"no space left for {path}; what was stored before stands") from error
        raise StorageError(f"{path} can't be used: {error}") from error
    except OSError as error:
        raise StorageError(f"{path} can't be used: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise StorageError(f"an id, title or uri is not valid Unicode: {error.object!r}") from error
