"""Feedback in an SQLite file of its own."""

from __future__ import annotations

import builtins
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any

from rag.adapters.sqlite.database import SqliteFile, SqliteStore, isoformat
from rag.ports.feedback import Feedback

_SCHEMA = """
CREATE TABLE feedback (
  answer_id TEXT PRIMARY KEY, collection TEXT NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
  helpful INTEGER NOT NULL, note TEXT NOT NULL, citations TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX feedback_by_time ON feedback (at);
CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""
_PUT = "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_TAKE_OVER = "INSERT OR IGNORE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # a later rating stays
_LIST = """
SELECT answer_id, collection, question, answer, helpful, note, citations, at FROM feedback
WHERE ?1 IS NULL OR helpful = ?1 ORDER BY at DESC, rowid DESC LIMIT ?2
"""
_EARLIER = """
SELECT answer_id, collection, question, answer, helpful, note, citations, at FROM feedback
ORDER BY at DESC, rowid DESC LIMIT ?
"""
_DELETE_BEYOND = """
DELETE FROM feedback WHERE rowid IN
(SELECT rowid FROM feedback ORDER BY at DESC, rowid DESC LIMIT -1 OFFSET ?)
"""
_DELETE_CITING = """
DELETE FROM feedback WHERE EXISTS
(SELECT 1 FROM json_each(feedback.citations) AS cited WHERE json_extract(cited.value, '$[0]') = ?)
"""


class SqliteFeedback(SqliteStore):
    """Fulfils ``FeedbackStore``, in a file of its own, so that feedback can't fill the catalog.

    Args:
        entries: the maximum number kept.
        days: the maximum age kept.

    Raises:
        StorageError: the file can't be opened or is damaged.
    """

    def __init__(
        self, path: Path, *, entries: int = 10_000, days: int = 365, read_only: bool = False
    ) -> None:
        super().__init__(SqliteFile(path, schema=_SCHEMA, version=1, read_only=read_only))
        self._entries = entries
        self._days = days

    def key(self) -> bytes:
        with self._file.writing() as db:
            db.execute("INSERT OR IGNORE INTO secrets VALUES ('key', ?)", (token_bytes(32),))
            return bytes(db.execute("SELECT value FROM secrets WHERE name = 'key'").fetchone()[0])

    def take_over(self, catalog: SqliteFile) -> None:
        """Moves the entries of a data folder that kept them in the catalog.

        Raises:
            StorageFull: no space is left; no entry is lost, and a later call moves them.
        """
        with catalog.reading() as db:
            if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'feedback'").fetchone() is None:
                return
            rows = db.execute(_EARLIER, (self._entries,)).fetchall()
        with self._file.writing() as db:
            db.executemany(_TAKE_OVER, rows)
        with catalog.writing() as db:
            db.execute("DROP TABLE feedback")

    def put(self, feedback: Feedback) -> None:
        now = datetime.now(UTC)
        with self._file.writing() as db:
            db.execute(
                _PUT,
                (
                    feedback.answer_id,
                    feedback.collection,
                    feedback.question,
                    feedback.answer,
                    feedback.helpful,
                    feedback.note,
                    json.dumps(feedback.citations),
                    isoformat(now),
                ),
            )
            db.execute("DELETE FROM feedback WHERE at < ?", (isoformat(now - timedelta(days=self._days)),))
            db.execute(_DELETE_BEYOND, (self._entries,))

    def list(self, *, helpful: bool | None = None, limit: int = 100) -> builtins.list[Feedback]:
        with self._file.reading() as db:
            return [_feedback(row) for row in db.execute(_LIST, (helpful, limit))]

    def delete_citing(self, document_ids: Sequence[str]) -> int:
        with self._file.writing() as db:
            return sum(db.execute(_DELETE_CITING, (document_id,)).rowcount for document_id in document_ids)


def _feedback(row: Sequence[Any]) -> Feedback:
    answer_id, collection, question, answer, helpful, note, citations, at = row
    return Feedback(
        answer_id=answer_id,
        collection=collection,
        question=question,
        answer=answer,
        helpful=bool(helpful),
        note=note,
        citations=tuple(
            (document_id, version, start, end) for document_id, version, start, end in json.loads(citations)
        ),
        at=at,
    )
