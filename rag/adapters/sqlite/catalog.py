"""The catalog in one SQLite file: documents, their passages, and the intents of writes."""

from __future__ import annotations

import builtins
import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TypeVar

from rag.adapters.sqlite import rows
from rag.adapters.sqlite.database import SqliteFile, SqliteStore
from rag.adapters.sqlite.document_cache import DocumentCache
from rag.errors import DamagedDocument, UnknownDocument
from rag.ports.catalog import Change, DocumentRecord, Intent, Move, OriginalRecord
from rag.types import Document, Passage

T = TypeVar("T")

SCHEMA_VERSION = 2
_LOG = logging.getLogger("saywhere.storage")
_NOBODY = ""  # the only reader of a document that no group may see
_CHECKPOINT = "mark"  # its name in the table of facts, a stored format


class SqliteCatalog(SqliteStore):
    """Fulfils ``Catalog``; safe to use from many threads, beside readers in other processes.

    >>> catalog = SqliteCatalog(tmp_path / "catalog.sqlite")  # doctest: +SKIP

    Args:
        path: the file; created, with its folder, if it isn't there.
        read_only: never locks or writes the file, which must be there.
        cache_characters: the most code points of decoded documents' text kept in memory.

    Raises:
        StorageError: the file can't be opened, is damaged, or has the format of another release.
    """

    def __init__(self, path: Path, *, read_only: bool = False, cache_characters: int = 64_000_000) -> None:
        super().__init__(
            SqliteFile(
                path,
                schema=rows.SCHEMA,
                additions=rows.SCHEMA_ADDITIONS,
                migrations=rows.MIGRATIONS,
                oldest_read=1,
                version=SCHEMA_VERSION,
                read_only=read_only,
            )
        )
        self._cache = DocumentCache(cache_characters)

    @property
    def file(self) -> SqliteFile:
        """The file, for other tables in it."""
        return self._file

    def fingerprint(self) -> str | None:
        with self._file.reading() as db:
            return _fact(db, "fingerprint")

    def set_fingerprint(self, value: str) -> None:
        with self._file.writing() as db:
            _set_fact(db, "fingerprint", value)

    def checkpoint(self) -> str:
        with self._file.reading() as db:
            return _fact(db, _CHECKPOINT) or ""

    def set_checkpoint(self, value: str) -> None:
        with self._file.writing() as db:
            _set_fact(db, _CHECKPOINT, value)

    def generation(self) -> int:
        with self._file.reading() as db:
            return int(_fact(db, "generation") or 0)

    def record_intents(self, changes: Sequence[Change], removals: Sequence[tuple[str, str]]) -> None:
        with self._file.writing() as db:
            db.executemany(
                "INSERT INTO intents (collection, document_id, version, replaces) VALUES (?, ?, ?, ?)",
                [*_change_intents(db, changes), *_removal_intents(db, removals)],
            )

    def commit(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]],
        moves: Sequence[Move] = (),
    ) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._file.writing() as db:
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
                _put_original(db, change)
                _put_readers(db, change)
            for move in moves:
                _move(db, move, generation)
            db.execute("UPDATE intents SET committed = 1")
            _set_fact(db, "generation", str(generation))

    def clear_intents(self) -> None:
        with self._file.writing() as db:
            db.execute("DELETE FROM intents")

    def intents(self) -> builtins.list[Intent]:
        query = "SELECT collection, document_id, version, replaces, committed FROM intents ORDER BY rowid"
        with self._file.reading() as db:
            return [
                Intent(collection=c, document_id=d, version=v, replaces=r, committed=bool(committed))
                for c, d, v, r, committed in db.execute(query)
            ]

    def document(self, document_id: str, version: str | None = None) -> Document:
        with self._file.reading() as db:
            document = next(self._documents(db, [document_id]), None)
        if document is None:
            raise UnknownDocument(f"no document {document_id!r}")
        if isinstance(document, DamagedDocument):
            raise document
        if version not in (None, document.sha256):
            raise UnknownDocument(f"document {document_id!r} has no version {version!r} any more")
        return document

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]:
        with self._file.reading() as db:
            return {document.id: document for document in _sound(self._documents(db, document_ids))}

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        with self._file.reading() as db:
            rows_found = db.execute(_PASSAGES_BY_ID, (_json(passage_ids),))
            return {passage.id: passage for passage in _sound(map(_passage_or_damage, rows_found))}

    def passages_of(self, document_id: str) -> builtins.list[Passage]:
        with self._file.reading() as db:
            return [rows.to_passage(row) for row in db.execute(_PASSAGES_OF, (document_id,))]

    def list(
        self,
        collection: str | None = None,
        *,
        limit: int | None = None,
        after: str = "",
        under: str = "",
        containing: str = "",
        filters: Mapping[str, str] | None = None,
    ) -> builtins.list[DocumentRecord]:
        parameters = {
            "collection": collection,
            "after": after,
            "limit": -1 if limit is None else limit,
            "under": under,
            "containing": containing,
            **_filter_parameters(filters or {}),
        }
        with self._file.reading() as db:
            return [rows.to_record(row) for row in db.execute(_LIST, parameters)]

    def matching_versions(self, collection: str, filters: Mapping[str, str]) -> set[tuple[str, str]]:
        parameters = {"collection": collection, **_filter_parameters(filters)}
        with self._file.reading() as db:
            return {(document_id, version) for document_id, version in db.execute(_MATCHING, parameters)}

    def find_by_uri(self, collection: str, uri: str) -> DocumentRecord | None:
        with self._file.reading() as db:
            row = db.execute(_BY_URI, (collection, uri)).fetchone()
        return None if row is None else rows.to_record(row)

    def versions(self, collection: str) -> set[tuple[str, str]]:
        query = "SELECT id, version FROM documents WHERE collection = ? AND passages > 0"
        with self._file.reading() as db:
            return {(document_id, version) for document_id, version in db.execute(query, (collection,))}

    def hidden_from(self, groups: AbstractSet[str]) -> dict[str, str]:
        with self._file.reading() as db:
            if not _has_readers(db):
                return {}
            return dict(db.execute(_HIDDEN, (_json(set(groups) - {_NOBODY}),)).fetchall())

    def readers(self, document_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        readers: dict[str, tuple[str, ...]] = {}
        with self._file.reading() as db:
            if not _has_readers(db):
                return {}
            for document_id, name in db.execute(_READERS, (_json(document_ids),)):
                readers[document_id] = (*readers.get(document_id, ()), *([name] if name != _NOBODY else []))
        return readers

    def original(self, document_id: str) -> OriginalRecord | None:
        query = "SELECT name, media_type, size, sha256 FROM originals WHERE document_id = ?"
        with self._file.reading() as db:
            row = db.execute(query, (document_id,)).fetchone()
        if row is None:
            return None
        name, media_type, size, sha256 = row
        return OriginalRecord(name=name, media_type=media_type, size=size, sha256=sha256)

    def originals(self, document_ids: Iterable[str] | None = None) -> dict[str, int]:
        ids = None if document_ids is None else _json(document_ids)
        with self._file.reading() as db:
            return dict(db.execute(_ORIGINALS, (ids,)).fetchall())

    def original_sizes(self, sha256s: Iterable[str]) -> dict[str, int]:
        with self._file.reading() as db:
            return dict(db.execute(_ORIGINAL_SIZES, (_json(sha256s),)).fetchall())

    def original_bytes(self) -> int:
        with self._file.reading() as db:
            return int(db.execute(_ORIGINAL_BYTES).fetchone()[0])

    def drop_originals(self) -> None:
        with self._file.writing() as db:
            db.execute("DELETE FROM originals")

    def collections(self) -> set[str]:
        with self._file.reading() as db:
            return {name for (name,) in db.execute("SELECT DISTINCT collection FROM documents")}

    def count(self, collection: str | None = None) -> int:
        query = "SELECT count(*) FROM documents WHERE ?1 IS NULL OR collection = ?1"
        with self._file.reading() as db:
            return int(db.execute(query, (collection,)).fetchone()[0])

    def check(self) -> None:
        super().check()
        if not self._file.read_only:
            with self._file.writing() as db:
                _set_fact(db, "checked", datetime.now(UTC).isoformat())

    def _documents(
        self, db: sqlite3.Connection, document_ids: Iterable[str]
    ) -> Iterator[Document | DamagedDocument]:
        """Each document with one of these ids, or why it can't be read."""
        for document_id, generation, version in db.execute(_GENERATIONS, (_json(document_ids),)).fetchall():
            document = self._cache.get(document_id, generation)
            if document is None:
                try:
                    document = rows.to_document(db.execute(_DOCUMENT, (document_id,)).fetchone())
                except DamagedDocument as error:
                    yield error
                    continue
                if document.sha256 != version:
                    _LOG.error("the stored text of document %r was altered: it isn't cited", document_id)
                self._cache.put(document, generation)
            yield document


def _passage_or_damage(row: rows.Row) -> Passage | DamagedDocument:
    try:
        return rows.to_passage(row)
    except DamagedDocument as error:
        return error


def _sound(items: Iterable[T | DamagedDocument]) -> Iterator[T]:
    """The items without the damaged ones, which are logged."""
    for item in items:
        if isinstance(item, DamagedDocument):
            _LOG.error("%s", item)
        else:
            yield item


# The column lists are constants of this package, never user input.
_GENERATIONS = "SELECT id, generation, version FROM documents WHERE id IN (SELECT value FROM json_each(?))"
_DOCUMENT = f"SELECT {rows.DOCUMENT} FROM documents WHERE id = ?"  # noqa: S608
_PASSAGES = f"SELECT {rows.PASSAGE} FROM passages p JOIN documents d ON d.id = p.document_id"  # noqa: S608
_PASSAGES_BY_ID = f"{_PASSAGES} WHERE p.id IN (SELECT value FROM json_each(?))"  # noqa: S608
_PASSAGES_OF = f"{_PASSAGES} WHERE p.document_id = ? ORDER BY p.first, p.last"
_BY_URI = f"SELECT {rows.RECORD} FROM documents WHERE collection = ? AND uri = ?"  # noqa: S608
_ORIGINALS = (
    "SELECT DISTINCT sha256, size FROM originals"
    " WHERE ?1 IS NULL OR document_id IN (SELECT value FROM json_each(?1))"
)
_ORIGINAL_SIZES = (
    "SELECT DISTINCT sha256, size FROM originals WHERE sha256 IN (SELECT value FROM json_each(?))"
)
_ORIGINAL_BYTES = "SELECT coalesce(sum(size), 0) FROM (SELECT DISTINCT sha256, size FROM originals)"
_HIDDEN = (
    "SELECT DISTINCT d.id, d.collection FROM readers r JOIN documents d ON d.id = r.document_id"
    " WHERE NOT EXISTS (SELECT 1 FROM readers s WHERE s.document_id = r.document_id"
    " AND s.name IN (SELECT value FROM json_each(?)))"
)
_READERS = (
    "SELECT document_id, name FROM readers WHERE document_id IN (SELECT value FROM json_each(?))"
    " ORDER BY document_id, name"
)
# The metadata have all of the filters' pairs; not evaluated if there are no filters.
_HAS_ALL = (
    "(:pairs = 0 OR :pairs = (SELECT count(*) FROM json_each(:filters) f"
    " JOIN json_each(documents.metadata) m ON m.key = f.key AND m.value = f.value))"
)
_LIST = (
    f"SELECT {rows.RECORD} FROM documents"  # noqa: S608
    " WHERE id > :after AND (:collection IS NULL OR collection = :collection)"
    " AND (:under = '' OR substr(uri, 1, length(:under)) = :under)"
    " AND (:containing = '' OR instr(lower(title || char(10) || uri), lower(:containing)))"
    f" AND {_HAS_ALL} ORDER BY id LIMIT :limit"
)
_MATCHING = f"SELECT id, version FROM documents WHERE collection = :collection AND {_HAS_ALL}"  # noqa: S608


def _filter_parameters(filters: Mapping[str, str]) -> dict[str, object]:
    """The parameters of ``_HAS_ALL``."""
    return {"pairs": len(filters), "filters": json.dumps(dict(filters))}


def _change_intents(db: sqlite3.Connection, changes: Sequence[Change]) -> Iterator[tuple[str | None, ...]]:
    """Intent rows of changes; a document that changes its collection has a removal from the old one too."""
    for change in changes:
        document = change.document
        row = db.execute("SELECT collection, version FROM documents WHERE id = ?", (document.id,)).fetchone()
        replaces = None
        if row is not None and row[0] == document.collection:
            replaces = row[1]
        elif row is not None:
            yield row[0], document.id, None, row[1]
        yield document.collection, document.id, document.sha256, replaces


def _removal_intents(
    db: sqlite3.Connection, removals: Sequence[tuple[str, str]]
) -> Iterator[tuple[str | None, ...]]:
    """Intent rows of removals. Raises UnknownDocument."""
    for collection, document_id in removals:
        query = "SELECT version FROM documents WHERE collection = ? AND id = ?"
        row = db.execute(query, (collection, document_id)).fetchone()
        if row is None:
            raise UnknownDocument(f"no document {document_id!r} in collection {collection!r}")
        yield collection, document_id, None, row[0]


def _put_original(db: sqlite3.Connection, change: Change) -> None:
    """Inserts the record of the file; that of the earlier version went with its document."""
    if change.original is not None:
        record = change.original.record
        values = (change.document.id, record.name, record.media_type, record.size, record.sha256)
        db.execute("INSERT INTO originals VALUES (?, ?, ?, ?, ?)", values)


def _put_readers(db: sqlite3.Connection, change: Change) -> None:
    """Inserts the readers; those of the earlier version went with its document."""
    if change.readers is not None:
        names = sorted(set(change.readers) - {_NOBODY}) or [_NOBODY]
        db.executemany("INSERT INTO readers VALUES (?, ?)", [(change.document.id, name) for name in names])


def _move(db: sqlite3.Connection, move: Move, generation: int) -> None:
    update = db.execute(
        "UPDATE documents SET uri = ?, source = ?, generation = ? WHERE collection = ? AND id = ?",
        (move.uri, move.source, generation, move.collection, move.document_id),
    )
    if not update.rowcount:
        raise UnknownDocument(f"no document {move.document_id!r} in collection {move.collection!r}")
    name = PurePosixPath(move.uri).name
    db.execute("UPDATE originals SET name = ? WHERE document_id = ?", (name, move.document_id))


def _has_readers(db: sqlite3.Connection) -> bool:
    """Whether the file has the table: one of an earlier release that is opened read-only lacks it."""
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'readers'"
    return db.execute(query).fetchone() is not None


def _fact(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def _set_fact(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def _json(values: Iterable[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
