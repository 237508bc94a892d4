"""Jobs in an SQLite file of their own, so that large uploads don't slow down the catalog."""

from __future__ import annotations

import builtins
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from rag.adapters.sqlite.database import SqliteFile, SqliteStore, isoformat
from rag.errors import UnknownJob
from rag.ports.jobs import Job, JobKind, JobState, Upload

MAX_FINISHED = 500  # finished jobs kept in the list

_SCHEMA = """
CREATE TABLE jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  state TEXT NOT NULL, collection TEXT NOT NULL, created_at TEXT NOT NULL, started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL, total INTEGER NOT NULL, done INTEGER NOT NULL, report TEXT NOT NULL,
  error TEXT NOT NULL
);
CREATE INDEX jobs_by_state ON jobs (state, number);
CREATE TABLE uploads (
  job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE, position INTEGER NOT NULL,
  name TEXT NOT NULL, uri TEXT NOT NULL, media_type TEXT, title TEXT, metadata TEXT NOT NULL,
  data BLOB NOT NULL, PRIMARY KEY (job, position)
);
"""
# In a table of its own, so that the format stays: a release without it can use the file.
_STARTS = """
CREATE TABLE IF NOT EXISTS starts (
  job TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE, count INTEGER NOT NULL
);
"""
_JOB = "id, kind, state, collection, created_at, started_at, ended_at, total, done, report, error"
_SELECT = f"SELECT {_JOB} FROM jobs"  # noqa: S608 (a constant of this module)
_COUNT_START = "INSERT INTO starts VALUES (?, 1) ON CONFLICT (job) DO UPDATE SET count = count + 1"


class SqliteJobs(SqliteStore):
    """Fulfils ``JobStore``; safe to use from many threads, beside readers in other processes.

    >>> SqliteJobs(tmp_path / "jobs.sqlite3").list()  # doctest: +SKIP

    Raises:
        StorageError: the file can't be opened or is damaged.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        super().__init__(SqliteFile(path, schema=_SCHEMA, version=1, additions=_STARTS, read_only=read_only))

    def add(self, kind: JobKind, *, collection: str, uploads: Sequence[Upload] = ()) -> Job:
        job_id, now = f"job_{uuid4().hex}", _now()
        state, started_at = (JobState.QUEUED, "") if uploads else (JobState.RUNNING, now)
        with self._file.writing() as db:
            db.execute(
                f"INSERT INTO jobs ({_JOB}) VALUES (?, ?, ?, ?, ?, ?, '', ?, 0, '{{}}', '')",  # noqa: S608
                (job_id, kind, state, collection, now, started_at, len(uploads)),
            )
            for position, upload in enumerate(uploads):
                db.execute(
                    "INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    _upload_row(job_id, position, upload),
                )
            db.execute(_DELETE_OLD, (MAX_FINISHED,))
            return _get(db, job_id)

    def get(self, job_id: str) -> Job:
        with self._file.reading() as db:
            return _get(db, job_id)

    def list(self, *, limit: int = 50, kind: JobKind | None = None) -> builtins.list[Job]:
        query = f"{_SELECT} WHERE ?1 IS NULL OR kind = ?1 ORDER BY number DESC LIMIT ?2"
        with self._file.reading() as db:
            return [_job(row) for row in db.execute(query, (kind, limit))]

    def start_next(self) -> Job | None:
        with self._file.writing() as db:
            row = db.execute("SELECT id FROM jobs WHERE state = 'queued' ORDER BY number LIMIT 1").fetchone()
            if row is None:
                return None
            db.execute("UPDATE jobs SET state = 'running', started_at = ? WHERE id = ?", (_now(), row[0]))
            db.execute(_COUNT_START, row)
            starts = db.execute("SELECT count FROM starts WHERE job = ?", row).fetchone()[0]
            return replace(_get(db, row[0]), starts=starts)

    def requeue(self, job_id: str) -> None:
        with self._file.writing() as db:
            _get(db, job_id)
            db.execute("UPDATE jobs SET state = 'queued' WHERE id = ? AND state = 'running'", (job_id,))
            db.execute("UPDATE starts SET count = count - 1 WHERE job = ?", (job_id,))

    def requeue_running(self) -> None:
        running = "SELECT id FROM jobs WHERE kind = 'upload' AND state = 'running'"
        with self._file.writing() as db:
            db.execute(f"UPDATE starts SET count = count - 1 WHERE job IN ({running})")  # noqa: S608
            db.execute(f"UPDATE jobs SET state = 'queued' WHERE id IN ({running})")  # noqa: S608

    def cancel_queued(self, job_id: str) -> bool:
        with self._file.writing() as db:
            _get(db, job_id)
            cancelled = db.execute(
                "UPDATE jobs SET state = 'cancelled', ended_at = ? WHERE id = ? AND state = 'queued'",
                (_now(), job_id),
            ).rowcount
            if cancelled:
                db.execute("DELETE FROM uploads WHERE job = ?", (job_id,))
            return bool(cancelled)

    def upload(self, job_id: str, position: int) -> Upload:
        query = (
            "SELECT name, uri, media_type, title, metadata, data FROM uploads WHERE job = ? AND position = ?"
        )
        with self._file.reading() as db:
            row = db.execute(query, (job_id, position)).fetchone()
        if row is None:
            raise UnknownJob(f"job {job_id!r} has no upload number {position}")
        name, uri, media_type, title, metadata, data = row
        return Upload(
            name=name, uri=uri, media_type=media_type, title=title, metadata=json.loads(metadata),
            data=bytes(data),
        )  # fmt: skip

    def erase_upload(self, job_id: str, position: int) -> None:
        """Empties an upload: what it held is forgotten, and its job reports an empty document."""
        with self._file.writing() as db:
            db.execute(
                "UPDATE uploads SET data = x'', metadata = '{}', title = NULL WHERE job = ? AND position = ?",
                (job_id, position),
            )

    def update_progress(
        self, job_id: str, *, done: int, total: int, report: Mapping[str, object], starts: int = 1
    ) -> Job:
        with self._file.writing() as db:
            db.execute(
                "UPDATE jobs SET done = ?, total = ?, report = ? WHERE id = ?",
                (done, total, json.dumps(report), job_id),
            )
            db.execute("UPDATE starts SET count = ? WHERE job = ?", (starts, job_id))
            return _get(db, job_id)

    def finish(self, job_id: str, state: JobState, *, report: Mapping[str, object], error: str = "") -> Job:
        with self._file.writing() as db:
            db.execute("DELETE FROM uploads WHERE job = ?", (job_id,))
            db.execute(
                "UPDATE jobs SET state = ?, ended_at = ?, report = ?, error = ? WHERE id = ?",
                (state, _now(), json.dumps(report), error, job_id),
            )
            return _get(db, job_id)

    def delete(self, job_id: str) -> None:
        with self._file.writing() as db:
            db.execute("DELETE FROM jobs WHERE id = ?", (job_id,))

    def recover(self) -> None:
        with self._file.writing() as db:
            db.execute("UPDATE jobs SET state = 'queued' WHERE state = 'running' AND kind = 'upload'")
            db.execute(
                "UPDATE jobs SET state = 'interrupted', ended_at = ? WHERE state = 'running'", (_now(),)
            )


_DELETE_OLD = """
DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND number NOT IN
(SELECT number FROM jobs WHERE state NOT IN ('queued', 'running') ORDER BY number DESC LIMIT ?)
"""


def _get(db: sqlite3.Connection, job_id: str) -> Job:
    row = db.execute(f"{_SELECT} WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise UnknownJob(f"there is no job {job_id!r}")
    return _job(row)


def _job(row: Sequence[Any]) -> Job:
    fields = dict(zip(_JOB.split(", "), row, strict=True))
    fields |= {"kind": JobKind(fields["kind"]), "state": JobState(fields["state"])}
    return Job(**fields | {"report": json.loads(fields["report"])})


def _upload_row(job_id: str, position: int, upload: Upload) -> tuple[object, ...]:
    return (
        job_id, position, upload.name, upload.uri, upload.media_type, upload.title,
        json.dumps(dict(upload.metadata)), upload.data,
    )  # fmt: skip


def _now() -> str:
    return isoformat(datetime.now(UTC))
