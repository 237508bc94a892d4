"""Feedback in a table of the catalog's file."""

from __future__ import annotations

import builtins
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rag.adapters.sqlite.database import SqliteFile
from rag.ports.feedback import Feedback

_TABLE = """
CREATE TABLE IF NOT EXISTS feedback (
  answer_id TEXT PRIMARY KEY, collection TEXT NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
  helpful INTEGER NOT NULL, note TEXT NOT NULL, citations TEXT NOT NULL, at TEXT NOT NULL
)
"""
_BY_TIME = "CREATE INDEX IF NOT EXISTS feedback_by_time ON feedback (at)"
_PUT = "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_LIST = """
SELECT answer_id, collection, question, answer, helpful, note, citations, at FROM feedback
WHERE ?1 IS NULL OR helpful = ?1 ORDER BY at DESC, rowid DESC LIMIT ?2
"""
_DELETE_CITING = """
DELETE FROM feedback WHERE EXISTS
(SELECT 1 FROM json_each(feedback.citations) AS cited WHERE json_extract(cited.value, '$[0]') = ?)
"""


class SqliteFeedback:
    """Fulfils ``FeedbackStore``; creates its table if it isn't there.

    Raises:
        StorageError: the file can't be written.
    """

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        file.add_tables(_TABLE, _BY_TIME)

    def put(self, feedback: Feedback) -> None:
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
                    datetime.now(UTC).isoformat(timespec="milliseconds"),
                ),
            )

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
