"""The question log in an SQLite file of its own."""

from __future__ import annotations

import builtins
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rag.adapters.sqlite.database import SqliteFile, SqliteStore, isoformat
from rag.ports.question_log import ANSWERED, LoggedQuestion

_SCHEMA = """
CREATE TABLE questions (
  id TEXT PRIMARY KEY, collection TEXT NOT NULL, question TEXT NOT NULL, outcome TEXT NOT NULL,
  confidence REAL NOT NULL, filters TEXT NOT NULL, passages TEXT NOT NULL, helpful INTEGER,
  generation INTEGER NOT NULL, answered_at TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX questions_by_time ON questions (at);
"""
_COLUMNS = (
    "id, collection, question, outcome, confidence, filters, passages, helpful, generation, answered_at, at"
)
_OPEN = f"answered_at = '' AND outcome NOT IN {ANSWERED}"
# The column lists are constants of this module, never user input.
_PUT = f"INSERT OR REPLACE INTO questions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_LIST = (
    f"SELECT {_COLUMNS} FROM questions WHERE at >= ?1 AND (?2 IS NULL OR collection = ?2)"  # noqa: S608
    " ORDER BY at DESC, rowid DESC"
)
_OUTDATED = (  # SQLite gives the other columns of the row with the maximum
    f"SELECT {_COLUMNS}, max(at) FROM questions WHERE at >= ? AND generation != ? AND {_OPEN}"  # noqa: S608
    " GROUP BY collection, question, filters ORDER BY max(at) DESC, rowid DESC LIMIT ?"
)
_ASKED_AGAIN = (
    "UPDATE questions SET generation = ?, answered_at = ?"  # noqa: S608
    f" WHERE collection = ? AND question = ? AND filters = ? AND {_OPEN}"
)
_DELETE_BEYOND = """
DELETE FROM questions WHERE rowid IN
(SELECT rowid FROM questions ORDER BY at DESC, rowid DESC LIMIT -1 OFFSET ?)
"""
_DELETE_CITING = """
DELETE FROM questions WHERE EXISTS
(SELECT 1 FROM json_each(questions.passages) AS place WHERE json_extract(place.value, '$[0]') = ?)
"""


class SqliteQuestionLog(SqliteStore):
    """Fulfils ``QuestionLog``, in a file of its own, so that questions can't fill the catalog.

    Args:
        entries: the maximum number kept.
        days: the maximum age kept.

    Raises:
        StorageError: the file can't be opened or is damaged.
    """

    def __init__(self, path: Path, *, entries: int = 10_000, days: int = 90, read_only: bool = False) -> None:
        super().__init__(SqliteFile(path, schema=_SCHEMA, version=1, read_only=read_only))
        self._entries = entries
        self._days = days

    def put(self, question: LoggedQuestion) -> None:
        with self._file.writing() as db:
            db.execute(_PUT, _row(question))
            db.execute("DELETE FROM questions WHERE at < ?", (self._oldest(),))
            db.execute(_DELETE_BEYOND, (self._entries,))

    def rate(self, question_id: str, *, helpful: bool) -> None:
        with self._file.writing() as db:
            db.execute("UPDATE questions SET helpful = ? WHERE id = ?", (helpful, question_id))

    def list(self, collection: str | None = None) -> builtins.list[LoggedQuestion]:
        with self._file.reading() as db:
            return [_question(row) for row in db.execute(_LIST, (self._oldest(), collection))]

    def outdated(self, generation: int, *, limit: int) -> builtins.list[LoggedQuestion]:
        with self._file.reading() as db:
            rows = db.execute(_OUTDATED, (self._oldest(), generation, limit))
            return [_question(row[:-1]) for row in rows]

    def asked_again(self, question: LoggedQuestion, *, generation: int, is_answered: bool) -> None:
        answered_at = isoformat(datetime.now(UTC)) if is_answered else ""
        wording = (question.collection, question.question, _json(dict(question.filters)))
        with self._file.writing() as db:
            db.execute(_ASKED_AGAIN, (generation, answered_at, *wording))

    def purge(self) -> None:
        with self._file.writing() as db:
            db.execute("DELETE FROM questions WHERE at < ?", (self._oldest(),))

    def delete_citing(self, document_ids: Sequence[str]) -> int:
        with self._file.writing() as db:
            return sum(db.execute(_DELETE_CITING, (document_id,)).rowcount for document_id in document_ids)

    def _oldest(self) -> str:
        return isoformat(datetime.now(UTC) - timedelta(days=self._days))


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _row(question: LoggedQuestion) -> tuple[object, ...]:
    return (
        question.id,
        question.collection,
        question.question,
        question.outcome,
        question.confidence,
        _json(dict(question.filters)),
        _json(question.passages),
        question.helpful,
        question.generation,
        question.answered_at,
        isoformat(datetime.now(UTC)),
    )


def _question(row: Sequence[Any]) -> LoggedQuestion:
    (
        entry_id, collection, question, outcome, confidence, filters, passages, helpful, generation,
        answered_at, at,
    ) = row  # fmt: skip
    return LoggedQuestion(
        id=entry_id,
        collection=collection,
        question=question,
        outcome=outcome,
        confidence=confidence,
        filters=json.loads(filters),
        passages=tuple(
            (document, version, start, end) for document, version, start, end in json.loads(passages)
        ),
        helpful=None if helpful is None else bool(helpful),
        generation=generation,
        answered_at=answered_at,
        at=at,
    )
