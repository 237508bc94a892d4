"""The catalog in PostgreSQL: documents, their passages, and the intents of writes.

Rows have the form of those in SQLite. An intent lives within the transaction that writes its document,
where ``Library`` is given ``Database.transaction``.
"""

from __future__ import annotations

import builtins
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TypeVar

from rag.adapters.postgres.connection import Connection
from rag.adapters.postgres.database import Database
from rag.adapters.postgres.texts import storable
from rag.adapters.sqlite import rows
from rag.adapters.sqlite.document_cache import DocumentCache
from rag.errors import DamagedDocument, UnknownDocument
from rag.ports.catalog import Change, DocumentRecord, Intent, Move, OriginalRecord
from rag.types import Document, Passage

T = TypeVar("T")

_LOG = logging.getLogger("saywhere.storage")
_NOBODY = ""  # the only reader of a document that no group may see


class PostgresCatalog:
    """Fulfils ``Catalog``; safe to use from many threads and processes.

    Args:
        cache_characters: the most code points of decoded documents' text kept in memory.
        owns: whether ``close`` closes the database.
    """

    def __init__(self, database: Database, *, cache_characters: int = 64_000_000, owns: bool = False) -> None:
        self._database = database
        self._cache = DocumentCache(cache_characters)
        self._owns = owns

    def fingerprint(self) -> str | None:
        with self._database.reading() as db:
            return _fact(db, "fingerprint")

    def set_fingerprint(self, value: str) -> None:
        with self._database.transaction() as db:
            _set_fact(db, "fingerprint", value)

    def checkpoint(self) -> str:
        with self._database.reading() as db:
            return _fact(db, "checkpoint") or ""

    def set_checkpoint(self, value: str) -> None:
        with self._database.transaction() as db:
            _set_fact(db, "checkpoint", value)

    def generation(self) -> int:
        with self._database.reading() as db:
            return int(_fact(db, "generation") or 0)

    def record_intents(self, changes: Sequence[Change], removals: Sequence[tuple[str, str]]) -> None:
        with self._database.transaction() as db, db.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO intents (collection, document_id, version, replaces) VALUES (%s, %s, %s, %s)",
                [*_change_intents(db, changes), *_removal_intents(db, removals)],
            )

    def commit(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]],
        moves: Sequence[Move] = (),
    ) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.transaction() as db, db.cursor() as cursor:
            generation = int(_fact(db, "generation") or 0) + 1
            cursor.executemany("DELETE FROM documents WHERE collection = %s AND id = %s", removals)
            db.execute("DELETE FROM documents WHERE id = ANY(%s)", [[c.document.id for c in changes]])
            cursor.executemany(
                _INSERT_DOCUMENT, [_document_row(change, generation, now) for change in changes]
            )
            with cursor.copy("COPY passages FROM STDIN") as copy:
                for change in changes:
                    for passage in change.passages:
                        copy.write_row(rows.passage_row(passage))
            cursor.executemany(
                "INSERT INTO originals VALUES (%s, %s, %s, %s, %s)",
                [
                    (change.document.id, record.name, record.media_type, record.size, record.sha256)
                    for change in changes
                    if change.original is not None
                    for record in [change.original.record]
                ],
            )
            cursor.executemany(
                "INSERT INTO readers VALUES (%s, %s)",
                [
                    (change.document.id, name)
                    for change in changes
                    if change.readers is not None
                    for name in sorted({storable(name) for name in change.readers} - {_NOBODY}) or [_NOBODY]
                ],
            )
            for move in moves:
                _move(db, move, generation)
            db.execute("UPDATE intents SET committed = true")
            _set_fact(db, "generation", str(generation))

    def clear_intents(self) -> None:
        with self._database.transaction() as db:
            db.execute("DELETE FROM intents")

    def intents(self) -> builtins.list[Intent]:
        query = "SELECT collection, document_id, version, replaces, committed FROM intents ORDER BY number"
        with self._database.reading() as db:
            return [
                Intent(collection=c, document_id=d, version=v, replaces=r, committed=committed)
                for c, d, v, r, committed in db.execute(query)
            ]

    def document(self, document_id: str, version: str | None = None) -> Document:
        with self._database.reading() as db:
            document = next(iter(self._documents(db, [document_id])), None)
        if document is None:
            raise UnknownDocument(f"no document {document_id!r}")
        if isinstance(document, DamagedDocument):
            raise document
        if version not in (None, document.sha256):
            raise UnknownDocument(f"document {document_id!r} has no version {version!r} any more")
        return document

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]:
        with self._database.reading() as db:
            return {document.id: document for document in _sound(self._documents(db, list(document_ids)))}

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        with self._database.reading() as db:
            rows_found = db.execute(_PASSAGES_BY_ID, [list(passage_ids)]).fetchall()
        return {passage.id: passage for passage in _sound(map(_passage_or_damage, rows_found))}

    def passages_of(self, document_id: str) -> builtins.list[Passage]:
        with self._database.reading() as db:
            return [rows.to_passage(row) for row in db.execute(_PASSAGES_OF, [document_id])]

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
        conditions, parameters = ["id > %s"], builtins.list[object]([after])
        for condition, value in (
            ("collection = %s", collection),
            ("starts_with(uri, %s)", under or None),
            ('strpos(lower(title || chr(10) || uri), lower(%s COLLATE "C")) > 0', containing or None),
            ("pairs @> %s::bytea[]", _pairs(filters) if filters else None),
        ):
            if value is not None:
                conditions.append(condition)
                parameters.append(value)
        query = f"SELECT {rows.RECORD} FROM documents WHERE {' AND '.join(conditions)} ORDER BY id LIMIT %s"  # noqa: S608
        with self._database.reading() as db:
            return [rows.to_record(row) for row in db.execute(query.encode(), [*parameters, limit])]

    def matching_versions(self, collection: str, filters: Mapping[str, str]) -> set[tuple[str, str]]:
        query = "SELECT id, version FROM documents WHERE collection = %s AND pairs @> %s::bytea[]"
        with self._database.reading() as db:
            return {(key, version) for key, version in db.execute(query, [collection, _pairs(filters)])}

    def find_by_uri(self, collection: str, uri: str) -> DocumentRecord | None:
        with self._database.reading() as db:
            row = db.execute(_BY_URI, [collection, uri, uri]).fetchone()
        return None if row is None else rows.to_record(row)

    def versions(self, collection: str) -> set[tuple[str, str]]:
        query = "SELECT id, version FROM documents WHERE collection = %s AND passages > 0"
        with self._database.reading() as db:
            return {(document_id, version) for document_id, version in db.execute(query, [collection])}

    def hidden_from(self, groups: AbstractSet[str]) -> dict[str, str]:
        with self._database.reading() as db:
            names = [storable(name) for name in groups if name != _NOBODY]
            return dict(db.execute(_HIDDEN, [names]).fetchall())

    def readers(self, document_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        readers: dict[str, tuple[str, ...]] = {}
        with self._database.reading() as db:
            for document_id, name in db.execute(_READERS, [builtins.list(document_ids)]):
                readers[document_id] = (*readers.get(document_id, ()), *([name] if name != _NOBODY else []))
        return readers

    def original(self, document_id: str) -> OriginalRecord | None:
        query = "SELECT name, media_type, size, sha256 FROM originals WHERE document_id = %s"
        with self._database.reading() as db:
            row = db.execute(query, [document_id]).fetchone()
        if row is None:
            return None
        name, media_type, size, digest = row
        return OriginalRecord(name=name, media_type=media_type, size=size, sha256=digest)

    def originals(self, document_ids: Iterable[str] | None = None) -> dict[str, int]:
        query, parameters = "SELECT DISTINCT sha256, size FROM originals", builtins.list[object]()
        if document_ids is not None:
            query, parameters = f"{query} WHERE document_id = ANY(%s)", [builtins.list(document_ids)]
        with self._database.reading() as db:
            return dict(db.execute(query.encode(), parameters).fetchall())

    def original_sizes(self, sha256s: Iterable[str]) -> dict[str, int]:
        query = "SELECT DISTINCT sha256, size FROM originals WHERE sha256 = ANY(%s)"
        with self._database.reading() as db:
            return dict(db.execute(query, [builtins.list(sha256s)]).fetchall())

    def original_bytes(self) -> int:
        query = "SELECT coalesce(sum(size), 0) FROM (SELECT DISTINCT sha256, size FROM originals) AS files"
        with self._database.reading() as db:
            row = db.execute(query).fetchone()
        return int(row[0]) if row else 0

    def drop_originals(self) -> None:
        with self._database.transaction() as db:
            db.execute("DELETE FROM originals")

    def collections(self) -> set[str]:
        with self._database.reading() as db:
            return {name for (name,) in db.execute(_COLLECTIONS)}

    def count(self, collection: str | None = None) -> int:
        query = "SELECT count(*) FROM documents WHERE %s::text IS NULL OR collection = %s"
        with self._database.reading() as db:
            row = db.execute(query, [collection, collection]).fetchone()
        return int(row[0]) if row else 0

    def check(self) -> None:
        self._database.check()

    def vacuum(self) -> None:
        self._database.vacuum("documents", "passages", "originals", "readers", "original_files", "intents")

    def close(self) -> None:
        if self._owns:
            self._database.close()

    def _documents(
        self, db: Connection, document_ids: Sequence[str]
    ) -> builtins.list[Document | DamagedDocument]:
        """Each document with one of these ids, or why it can't be read.

        What a transaction sees before its commit isn't cached: it may never be committed.
        """
        generations = dict(db.execute(_GENERATIONS, [list(document_ids)]).fetchall())
        cached: dict[str, Document] = {}
        if not self._database.is_writing:
            cached = {
                key: document
                for key, number in generations.items()
                if (document := self._cache.get(key, number)) is not None
            }
        missing = [key for key in generations if key not in cached]
        found: builtins.list[Document | DamagedDocument] = list(cached.values())
        for row in db.execute(_DOCUMENTS, [missing]).fetchall() if missing else ():
            try:
                document = rows.to_document(row[:-1])
            except DamagedDocument as error:
                found.append(error)
                continue
            if document.sha256 != row[2]:
                _LOG.error("the stored text of document %r was altered: it isn't cited", document.id)
            if not self._database.is_writing:
                self._cache.put(document, row[-1])
            found.append(document)
        return found


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


# The column lists are constants of these packages, never user input.
_GENERATIONS = "SELECT id, generation FROM documents WHERE id = ANY(%s)"
_DOCUMENTS = f"SELECT {rows.DOCUMENT}, generation FROM documents WHERE id = ANY(%s)"  # noqa: S608
_PASSAGES = f"SELECT {rows.PASSAGE} FROM passages p JOIN documents d ON d.id = p.document_id"  # noqa: S608
_PASSAGES_BY_ID = f"{_PASSAGES} WHERE p.id = ANY(%s)"
_PASSAGES_OF = f"{_PASSAGES} WHERE p.document_id = %s ORDER BY p.first, p.last"
_BY_URI = f"SELECT {rows.RECORD} FROM documents WHERE collection = %s AND md5(uri) = md5(%s) AND uri = %s"  # noqa: S608
_INSERT_DOCUMENT = f"INSERT INTO documents VALUES ({', '.join(['%s'] * 16)})"  # noqa: S608
# Goes from one collection to the next by the index, where DISTINCT reads every document.
_HIDDEN = (
    "SELECT DISTINCT d.id, d.collection FROM readers r JOIN documents d ON d.id = r.document_id"
    " WHERE NOT EXISTS (SELECT 1 FROM readers s WHERE s.document_id = r.document_id AND s.name = ANY(%s))"
)
_READERS = "SELECT document_id, name FROM readers WHERE document_id = ANY(%s) ORDER BY document_id, name"
_COLLECTIONS = """
WITH RECURSIVE names AS (
  (SELECT collection FROM documents ORDER BY collection LIMIT 1)
  UNION ALL
  SELECT (SELECT d.collection FROM documents d WHERE d.collection > names.collection
          ORDER BY d.collection LIMIT 1)
  FROM names WHERE names.collection IS NOT NULL
)
SELECT collection FROM names WHERE collection IS NOT NULL
"""


def _document_row(change: Change, generation: int, now: str) -> tuple[object, ...]:
    """The columns of ``documents`` in the order of the schema."""
    row = list(rows.document_row(change, generation, now))
    row[4] = storable(change.document.title)
    return (*row, _pairs(change.document.metadata))


def _pairs(metadata: Mapping[str, str]) -> list[bytes]:
    """A hash of each pair of key and value."""
    return [sha256(json.dumps(pair).encode()).digest()[:16] for pair in metadata.items()]


def _change_intents(db: Connection, changes: Sequence[Change]) -> Iterator[tuple[str | None, ...]]:
    """Intent rows of changes; a document that changes its collection has a removal from the old one too."""
    query = "SELECT id, collection, version FROM documents WHERE id = ANY(%s)"
    ids = [change.document.id for change in changes]
    stored = {key: (collection, version) for key, collection, version in db.execute(query, [ids])}
    for change in changes:
        document = change.document
        collection, version = stored.get(document.id, (None, None))
        replaces = version if collection == document.collection else None
        if collection is not None and replaces is None:
            yield collection, document.id, None, version
        yield document.collection, document.id, document.sha256, replaces


def _removal_intents(db: Connection, removals: Sequence[tuple[str, str]]) -> Iterator[tuple[str | None, ...]]:
    """Intent rows of removals. Raises UnknownDocument."""
    query = "SELECT collection, id, version FROM documents WHERE id = ANY(%s)"
    ids = [document_id for _, document_id in removals]
    versions = {(collection, key): version for collection, key, version in db.execute(query, [ids])}
    for collection, document_id in removals:
        if (collection, document_id) not in versions:
            raise UnknownDocument(f"no document {document_id!r} in collection {collection!r}")
        yield collection, document_id, None, versions[collection, document_id]


def _move(db: Connection, move: Move, generation: int) -> None:
    update = db.execute(
        "UPDATE documents SET uri = %s, source = %s, generation = %s WHERE collection = %s AND id = %s",
        (move.uri, move.source, generation, move.collection, move.document_id),
    )
    if not update.rowcount:
        raise UnknownDocument(f"no document {move.document_id!r} in collection {move.collection!r}")
    name = PurePosixPath(move.uri).name
    db.execute("UPDATE originals SET name = %s WHERE document_id = %s", (name, move.document_id))


def _fact(db: Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM facts WHERE name = %s", [name]).fetchone()
    return str(row[0]) if row else None


def _set_fact(db: Connection, name: str, value: str) -> None:
    db.execute(
        "INSERT INTO facts VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
