"""Feedback in PostgreSQL."""

from __future__ import annotations

import builtins
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Any

from rag.adapters.postgres.database import Database
from rag.adapters.postgres.texts import storable
from rag.ports.feedback import Feedback

_COLUMNS = "answer_id, collection, question, answer, helpful, note, citations, at"
# The column list is a constant of this module, never user input.
_PUT = f"INSERT INTO feedback ({_COLUMNS}, cited) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"  # noqa: S608
_LIST = (
    f"SELECT {_COLUMNS} FROM feedback WHERE %s::boolean IS NULL OR helpful = %s"  # noqa: S608
    " ORDER BY at DESC, number DESC LIMIT %s"
)
_DELETE_BEYOND = """
DELETE FROM feedback WHERE answer_id IN
(SELECT answer_id FROM feedback ORDER BY at DESC, number DESC OFFSET %s)
"""


class PostgresFeedback:
    """Fulfils ``FeedbackStore``.

    Args:
        entries: the maximum number kept.
        days: the maximum age kept.
        owns: whether ``close`` closes the database.
    """

    def __init__(
        self, database: Database, *, entries: int = 10_000, days: int = 365, owns: bool = False
    ) -> None:
        self._database = database
        self._entries = entries
        self._days = days
        self._owns = owns

    def key(self) -> bytes:
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO secrets VALUES ('key', %s) ON CONFLICT (name) DO NOTHING", [token_bytes(32)]
            )
            row = db.execute("SELECT value FROM secrets WHERE name = 'key'").fetchone()
        return bytes(row[0]) if row else b""

    def put(self, feedback: Feedback) -> None:
        now = datetime.now(UTC)
        with self._database.writing() as db:
            db.execute("DELETE FROM feedback WHERE answer_id = %s", [feedback.answer_id])
            db.execute(
                _PUT,
                (
                    feedback.answer_id,
                    feedback.collection,
                    storable(feedback.question),
                    storable(feedback.answer),
                    feedback.helpful,
                    storable(feedback.note),
                    json.dumps(feedback.citations),
                    _isoformat(now),
                    sorted({document_id for document_id, *_ in feedback.citations}),
                ),
            )
            db.execute("DELETE FROM feedback WHERE at < %s", [_isoformat(now - timedelta(days=self._days))])
            db.execute(_DELETE_BEYOND, [self._entries])

    def list(self, *, helpful: bool | None = None, limit: int = 100) -> builtins.list[Feedback]:
        with self._database.reading() as db:
            return [_feedback(row) for row in db.execute(_LIST, (helpful, helpful, limit))]

    def delete_citing(self, document_ids: Sequence[str]) -> int:
        with self._database.writing() as db:
            return db.execute("DELETE FROM feedback WHERE cited && %s::text[]", [list(document_ids)]).rowcount

    def vacuum(self) -> None:
        self._database.vacuum("feedback")

    def close(self) -> None:
        if self._owns:
            self._database.close()


def _isoformat(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds")


def _feedback(row: Sequence[Any]) -> Feedback:
    answer_id, collection, question, answer, helpful, note, citations, at = row
    return Feedback(
        answer_id=answer_id,
        collection=collection,
        question=question,
        answer=answer,
        helpful=helpful,
        note=note,
        citations=tuple(
            (document_id, version, start, end) for document_id, version, start, end in json.loads(citations)
        ),
        at=at,
    )
