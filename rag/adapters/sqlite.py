"""The catalog in one SQLite file: documents, passages and writes under way.

WAL mode with ``synchronous=FULL``: a commit is on the disk when it returns, readers never wait for
a writer (https://sqlite.org/wal.html). ``secure_delete`` overwrites what is removed, ``vacuum``
empties the log that still holds it.
"""

from __future__ import annotations

import builtins
import json
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from rag.adapters import sqlite_rows as rows
from rag.adapters.document_cache import DocumentCache
from rag.errors import StorageError, StorageFull, UnknownDocument
from rag.ports import Change, DocumentRecord, Intent
from rag.types import Document, Passage

SCHEMA_VERSION = 1
_BUSY_MS = 5_000


class SqliteCatalog:
    """Fulfils ``Catalog``; safe to use from many threads, beside readers in other processes.

    >>> catalog = SqliteCatalog(tmp_path / "catalog.sqlite")  # doctest: +SKIP

    Args:
        path: the file; made, with its folder, where it is absent.
        read_only: takes no write lock and refuses to write; the file must be there.
        cache_characters: bound on the text of decoded documents kept in memory.

    Raises:
        StorageError: the file can't be opened, is damaged, or was made by a newer release.
    """

    def __init__(self, path: Path, *, read_only: bool = False, cache_characters: int = 64_000_000) -> None:
        self._path = path
        self._read_only = read_only
        self._idle: deque[sqlite3.Connection] = deque()
        self._writing = Lock()
        self._cache = DocumentCache(cache_characters)
        with self._translated():
            if not read_only:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
            try:
                self._prepare()
            except BaseException:
                self._writer.close()
                raise

    def fingerprint(self) -> str | None:
        with self._reading() as db:
            return _fact(db, "fingerprint")

    def set_fingerprint(self, value: str) -> None:
        with self._transaction() as db:
            _set_fact(db, "fingerprint", value)

    def generation(self) -> int:
        with self._reading() as db:
            return int(_fact(db, "generation") or 0)

    def begin(self, changes: Sequence[Change], removals: Sequence[tuple[str, str]]) -> None:
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO intents (collection, document_id, version, replaces) VALUES (?, ?, ?, ?)",
                [*_changed(db, changes), *_removed(db, removals)],
            )

    def commit(self, changes: Sequence[Change], removals: Sequence[tuple[str, str]]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._transaction() as db:
            generation = int(_fact(db, "generation") or 0) + 1
            db.executemany("DELETE FROM documents WHERE collection = ? AND id = ?", removals)
            for change in changes:
                db.execute("DELETE FROM documents WHERE id = ?", (change.document.id,))
                db.execute(
                    "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    rows.document_row(change, generation, now),
                )
                db.executemany(
                    "INSERT INTO passages VALUES (?, ?, ?, ?, ?)",
                    (rows.passage_row(passage) for passage in change.passages),
                )
            db.execute("UPDATE intents SET committed = 1")
            _set_fact(db, "generation", str(generation))

    def settle(self) -> None:
        with self._transaction() as db:
            db.execute("DELETE FROM intents")

    def intents(self) -> builtins.list[Intent]:
        query = "SELECT collection, document_id, version, replaces, committed FROM intents ORDER BY rowid"
        with self._reading() as db:
            return [
                Intent(collection=c, document_id=d, version=v, replaces=r, committed=bool(done))
                for c, d, v, r, done in db.execute(query)
            ]

    def document(self, document_id: str, version: str | None = None) -> Document:
        found = self.documents([document_id]).get(document_id)
        if found is None:
            raise UnknownDocument(f"no document {document_id!r}")
        if version not in (None, found.sha256):
            raise UnknownDocument(f"document {document_id!r} has no version {version!r} any more")
        return found

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]:
        found: dict[str, Document] = {}
        with self._reading() as db:
            for key, generation in db.execute(_GENERATIONS, (_json(document_ids),)).fetchall():
                document = self._cache.get(key, generation)
                if document is None:
                    document = rows.to_document(db.execute(_DOCUMENT, (key,)).fetchone())
                    self._cache.put(document, generation)
                found[key] = document
        return found

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        with self._reading() as db:
            found = map(rows.to_passage, db.execute(_PASSAGES_BY_ID, (_json(passage_ids),)))
            return {passage.id: passage for passage in found}

    def passages_of(self, document_id: str) -> builtins.list[Passage]:
        with self._reading() as db:
            return [rows.to_passage(row) for row in db.execute(_PASSAGES_OF, (document_id,))]

    def list(
        self, collection: str | None = None, *, limit: int | None = None, after: str = ""
    ) -> builtins.list[DocumentRecord]:
        values = {"collection": collection, "after": after, "limit": -1 if limit is None else limit}
        with self._reading() as db:
            return [rows.to_record(row) for row in db.execute(_LIST, values)]

    def versions(self, collection: str) -> set[tuple[str, str]]:
        query = "SELECT id, version FROM documents WHERE collection = ? AND passages > 0"
        with self._reading() as db:
            return {(key, version) for key, version in db.execute(query, (collection,))}

    def collections(self) -> set[str]:
        with self._reading() as db:
            return {name for (name,) in db.execute("SELECT DISTINCT collection FROM documents")}

    def count(self, collection: str | None = None) -> int:
        query = "SELECT count(*) FROM documents WHERE ?1 IS NULL OR collection = ?1"
        with self._reading() as db:
            return int(db.execute(query, (collection,)).fetchone()[0])

    def check(self) -> None:
        with self._reading() as db:
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StorageError(f"{self._path} is damaged: {found}")
        if not self._read_only:
            with self._transaction() as db:
                _set_fact(db, "checked", datetime.now(UTC).isoformat())

    def vacuum(self) -> None:
        with self._writing, self._translated():
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._writer.execute("VACUUM")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes every connection; a second call does nothing."""
        while self._idle:
            self._idle.pop().close()
        self._writer.close()

    def _connect(self) -> sqlite3.Connection:
        mode = "ro" if self._read_only else "rwc"
        db = sqlite3.connect(
            f"file:{quote(str(self._path.absolute()))}?mode={mode}",
            uri=True,
            isolation_level=None,  # transactions are begun and ended here, by name
            check_same_thread=False,
            timeout=_BUSY_MS / 1000,
        )
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        return db

    def _prepare(self) -> None:
        found = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if found > SCHEMA_VERSION or (self._read_only and found < SCHEMA_VERSION):
            raise StorageError(
                f"{self._path} has format {found}, this release reads {SCHEMA_VERSION}: "
                "use the release that made it"
            )
        if self._read_only:
            return
        self._writer.execute("PRAGMA journal_mode = WAL")
        if found == 0:
            self._writer.executescript(
                f"BEGIN IMMEDIATE; {rows.SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of this reader's own, in one snapshot of the file."""
        with self._translated():
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
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """The one writer, in a transaction that is on the disk when this ends, or never was."""
        with self._writing, self._translated():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.rollback()
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)
            if code == sqlite3.SQLITE_FULL:
                raise StorageFull(f"no space left for {self._path}; what was stored before stands") from error
            raise StorageError(f"{self._path}: {error}") from error
        except OSError as error:
            raise StorageError(f"{self._path} can't be used: {error.strerror}") from error
        except UnicodeEncodeError as error:
            raise StorageError(f"an id, title or uri is not valid Unicode: {error.object!r}") from error


# The lists of columns are this package's own constants, never what a user sent.
_GENERATIONS = "SELECT id, generation FROM documents WHERE id IN (SELECT value FROM json_each(?))"
_DOCUMENT = f"SELECT {rows.DOCUMENT} FROM documents WHERE id = ?"  # noqa: S608
_PASSAGES = f"SELECT {rows.PASSAGE} FROM passages p JOIN documents d ON d.id = p.document_id"  # noqa: S608
_PASSAGES_BY_ID = f"{_PASSAGES} WHERE p.id IN (SELECT value FROM json_each(?))"  # noqa: S608
_PASSAGES_OF = f"{_PASSAGES} WHERE p.document_id = ? ORDER BY p.first, p.last"
_LIST = (
    f"SELECT {rows.RECORD} FROM documents"  # noqa: S608
    " WHERE id > :after AND (:collection IS NULL OR collection = :collection) ORDER BY id LIMIT :limit"
)


def _changed(db: sqlite3.Connection, changes: Sequence[Change]) -> Iterator[tuple[str | None, ...]]:
    """Intent rows; a document that moves to another collection is also removed from the old one."""
    for change in changes:
        document = change.document
        found = db.execute(
            "SELECT collection, version FROM documents WHERE id = ?", (document.id,)
        ).fetchone()
        replaces = None
        if found is not None and found[0] == document.collection:
            replaces = found[1]
        elif found is not None:
            yield found[0], document.id, None, found[1]
        yield document.collection, document.id, document.sha256, replaces


def _removed(db: sqlite3.Connection, removals: Sequence[tuple[str, str]]) -> Iterator[tuple[str | None, ...]]:
    for collection, key in removals:
        query = "SELECT version FROM documents WHERE collection = ? AND id = ?"
        found = db.execute(query, (collection, key)).fetchone()
        if found is None:
            raise UnknownDocument(f"no document {key!r} in collection {collection!r}")
        yield collection, key, None, found[0]


def _fact(db: sqlite3.Connection, name: str) -> str | None:
    found = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return found[0] if found else None


def _set_fact(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def _json(values: Iterable[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
