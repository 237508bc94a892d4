"""The question log in PostgreSQL."""

from __future__ import annotations

import builtins
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rag.adapters.postgres.database import Database
from rag.adapters.postgres.texts import storable
from rag.ports.question_log import ANSWERED, LoggedQuestion

_COLUMNS = (
    "id, collection, question, outcome, confidence, filters, passages, helpful, generation, answered_at, at"
)
_OPEN = f"answered_at = '' AND outcome NOT IN {ANSWERED}"
# The column lists are constants of this module, never user input.
_PUT = f"INSERT INTO questions ({_COLUMNS}, cited) VALUES ({', '.join(['%s'] * 12)})"  # noqa: S608
_LIST = (
    f"SELECT {_COLUMNS} FROM questions WHERE at >= %s AND (%s::text IS NULL OR collection = %s)"  # noqa: S608
    " ORDER BY at DESC, number DESC"
)
_OUTDATED = (
    f"SELECT {_COLUMNS} FROM (SELECT DISTINCT ON (collection, question, filters) * FROM questions"  # noqa: S608
    f" WHERE at >= %s AND generation != %s AND {_OPEN}"
    " ORDER BY collection, question, filters, at DESC, number DESC) AS latest"
    " ORDER BY at DESC, number DESC LIMIT %s"
)
_ASKED_AGAIN = (
    "UPDATE questions SET generation = %s, answered_at = %s"  # noqa: S608
    f" WHERE collection = %s AND question = %s AND filters = %s AND {_OPEN}"
)
_DELETE_BEYOND = """
DELETE FROM questions WHERE id IN (SELECT id FROM questions ORDER BY at DESC, number DESC OFFSET %s)
"""


class PostgresQuestionLog:
    """Fulfils ``QuestionLog``.

    Args:
        entries: the maximum number kept.
        days: the maximum age kept.
        owns: whether ``close`` closes the database.
    """

    def __init__(
        self, database: Database, *, entries: int = 10_000, days: int = 90, owns: bool = False
    ) -> None:
        self._database = database
        self._entries = entries
        self._days = days
        self._owns = owns

    def put(self, question: LoggedQuestion) -> None:
        with self._database.writing() as db:
            db.execute("DELETE FROM questions WHERE id = %s", [question.id])
            db.execute(_PUT, _row(question))
            db.execute("DELETE FROM questions WHERE at < %s", [self._oldest()])
            db.execute(_DELETE_BEYOND, [self._entries])

    def rate(self, question_id: str, *, helpful: bool) -> None:
        with self._database.writing() as db:
            db.execute("UPDATE questions SET helpful = %s WHERE id = %s", (helpful, question_id))

    def list(self, collection: str | None = None) -> builtins.list[LoggedQuestion]:
        with self._database.reading() as db:
            return [_question(row) for row in db.execute(_LIST, (self._oldest(), collection, collection))]

    def outdated(self, generation: int, *, limit: int) -> builtins.list[LoggedQuestion]:
        with self._database.reading() as db:
            return [_question(row) for row in db.execute(_OUTDATED, (self._oldest(), generation, limit))]

    def asked_again(self, question: LoggedQuestion, *, generation: int, is_answered: bool) -> None:
        answered_at = _isoformat(datetime.now(UTC)) if is_answered else ""
        wording = (question.collection, storable(question.question), _json(dict(question.filters)))
        with self._database.writing() as db:
            db.execute(_ASKED_AGAIN, (generation, answered_at, *wording))

    def purge(self) -> None:
        with self._database.writing() as db:
            db.execute("DELETE FROM questions WHERE at < %s", [self._oldest()])

    def delete_citing(self, document_ids: Sequence[str]) -> int:
        with self._database.writing() as db:
            return db.execute(
                "DELETE FROM questions WHERE cited && %s::text[]", [list(document_ids)]
            ).rowcount

    def vacuum(self) -> None:
        self._database.vacuum("questions")

    def close(self) -> None:
        if self._owns:
            self._database.close()

    def _oldest(self) -> str:
        return _isoformat(datetime.now(UTC) - timedelta(days=self._days))


def _isoformat(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds")


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _row(question: LoggedQuestion) -> tuple[object, ...]:
    return (
        question.id,
        question.collection,
        storable(question.question),
        question.outcome,
        question.confidence,
        _json(dict(question.filters)),
        _json(question.passages),
        question.helpful,
        question.generation,
        question.answered_at,
        _isoformat(datetime.now(UTC)),
        sorted({document_id for document_id, *_ in question.passages}),
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
        helpful=helpful,
        generation=generation,
        answered_at=answered_at,
        at=at,
    )
