"""Jobs in PostgreSQL, worked on by any number of processes.

Of each collection one job runs at a time, in the order in which they were added, so that of two uploads of
one document the later one stands. A job whose process is gone is started again by another one.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from rag.adapters.postgres.connection import Connection
from rag.adapters.postgres.database import Database
from rag.adapters.postgres.presence import IS_ALIVE, Presence
from rag.adapters.postgres.schema import JOBS_LOCK
from rag.adapters.postgres.texts import storable
from rag.errors import IndexUnavailable, StorageError, UnknownJob
from rag.ports.jobs import Job, JobKind, JobState, Upload

MAX_FINISHED = 500  # finished jobs kept in the list

_JOB = "id, kind, state, collection, created_at, started_at, ended_at, total, done, report, error"
# The column lists are constants of this module, never user input.
_SELECT = f"SELECT {_JOB} FROM jobs"  # noqa: S608
_ADD = f"INSERT INTO jobs ({_JOB}, owner) VALUES (%s, %s, %s, %s, %s, %s, '', %s, 0, '{{}}', '', %s)"  # noqa: S608
_LIST = f"{_SELECT} WHERE %s::text IS NULL OR kind = %s ORDER BY number DESC LIMIT %s"
_DELETE_OLD = """
DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND number NOT IN
(SELECT number FROM jobs WHERE state NOT IN ('queued', 'running') ORDER BY number DESC LIMIT %s)
"""
_IS_ABANDONED = f"state = 'running' AND (owner IS NULL OR owner = %s OR NOT {IS_ALIVE})"
_QUEUE_ABANDONED = f"UPDATE jobs SET state = 'queued', owner = NULL WHERE kind = 'upload' AND {_IS_ABANDONED}"  # noqa: S608
_INTERRUPT_ABANDONED = f"UPDATE jobs SET state = 'interrupted', ended_at = %s WHERE {_IS_ABANDONED}"  # noqa: S608
_START_NEXT = f"""
UPDATE jobs SET state = 'running', started_at = %s, owner = %s, starts = starts + 1 WHERE number = (
  SELECT number FROM jobs queued WHERE state = 'queued' AND NOT EXISTS (
    SELECT FROM jobs running WHERE running.state = 'running' AND running.kind = 'upload'
    AND running.collection = queued.collection
  ) ORDER BY number LIMIT 1
) RETURNING {_JOB}, starts
"""  # noqa: S608


class PostgresJobs:
    """Fulfils ``JobStore``; safe to use from many threads and processes.

    Args:
        owns: whether ``close`` closes the database.
    """

    def __init__(self, database: Database, *, owns: bool = False) -> None:
        self._database = database
        self._presence = Presence(database)
        self._owns = owns
        self._late_ends: list[tuple[str, JobState, str, str]] = []  # of syncs: job, state, report, error

    def add(self, kind: JobKind, *, collection: str, uploads: Sequence[Upload] = ()) -> Job:
        job_id, now = f"job_{uuid4().hex}", _now()
        state, started_at, owner = JobState.QUEUED, "", None
        if not uploads:
            state, started_at, owner = JobState.RUNNING, now, self._presence.number
            self._presence.show()
        with self._database.writing() as db, db.cursor() as cursor:
            db.execute(_ADD, (job_id, kind, state, collection, now, started_at, len(uploads), owner))
            cursor.executemany(
                "INSERT INTO uploads VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [_upload_row(job_id, position, upload) for position, upload in enumerate(uploads)],
            )
            db.execute(_DELETE_OLD, [MAX_FINISHED])
            return _get(db, job_id)

    def get(self, job_id: str) -> Job:
        with self._database.reading() as db:
            return _get(db, job_id)

    def list(self, *, limit: int = 50, kind: JobKind | None = None) -> builtins.list[Job]:
        with self._database.reading() as db:
            return [_job(row) for row in db.execute(_LIST, (kind, kind, limit))]

    def start_next(self) -> Job | None:
        self._presence.show()
        late_ends = list(self._late_ends)
        with self._database.writing() as db:
            db.execute("SELECT pg_advisory_xact_lock(%s)", [JOBS_LOCK])
            self._store_ends(db, late_ends)
            db.execute(_QUEUE_ABANDONED, [None])
            row = db.execute(_START_NEXT, (_now(), self._presence.number)).fetchone()
        del self._late_ends[: len(late_ends)]
        return None if row is None else _job(row[:-1], starts=row[-1])

    def requeue(self, job_id: str) -> None:
        with self._database.writing() as db:
            _get(db, job_id)
            db.execute(
                "UPDATE jobs SET state = 'queued', owner = NULL, starts = starts - 1"
                " WHERE id = %s AND state = 'running' AND owner = %s",
                (job_id, self._presence.number),
            )

    def requeue_running(self) -> None:
        with self._database.writing() as db:
            db.execute(
                "UPDATE jobs SET state = 'queued', owner = NULL, starts = starts - 1"
                " WHERE kind = 'upload' AND state = 'running' AND owner = %s",
                [self._presence.number],
            )

    def cancel_queued(self, job_id: str) -> bool:
        with self._database.writing() as db:
            _get(db, job_id)
            cancelled = db.execute(
                "UPDATE jobs SET state = 'cancelled', ended_at = %s WHERE id = %s AND state = 'queued'",
                (_now(), job_id),
            ).rowcount
            if cancelled:
                db.execute("DELETE FROM uploads WHERE job = %s", [job_id])
            return bool(cancelled)

    def upload(self, job_id: str, position: int) -> Upload:
        query = (
            "SELECT name, uri, media_type, title, metadata, data FROM uploads"
            " WHERE job = %s AND position = %s"
        )
        with self._database.reading() as db:
            row = db.execute(query, (job_id, position)).fetchone()
        if row is None:
            raise UnknownJob(f"job {job_id!r} has no upload number {position}")
        name, uri, media_type, title, metadata, data = row
        return Upload(
            name=name, uri=uri, media_type=media_type, title=title, metadata=json.loads(metadata),
            data=bytes(data),
        )  # fmt: skip

    def update_progress(
        self, job_id: str, *, done: int, total: int, report: Mapping[str, object], starts: int = 1
    ) -> Job:
        self._presence.show()
        with self._database.writing() as db:
            self._require_own(db, job_id)
            db.execute(
                "UPDATE jobs SET done = %s, total = %s, report = %s, starts = %s WHERE id = %s",
                (done, total, json.dumps(report), starts, job_id),
            )
            return _get(db, job_id)

    def finish(self, job_id: str, state: JobState, *, report: Mapping[str, object], error: str = "") -> Job:
        """See the port. The end of a sync that can't be stored now is stored with the next ``start_next``."""
        try:
            return self._finish(job_id, state, report, error)
        except IndexUnavailable:
            self._late_ends.append((job_id, state, json.dumps(report), storable(error)))
            raise

    def _finish(self, job_id: str, state: JobState, report: Mapping[str, object], error: str) -> Job:
        with self._database.writing() as db:
            self._require_own(db, job_id)
            db.execute("DELETE FROM uploads WHERE job = %s", [job_id])
            db.execute(
                "UPDATE jobs SET state = %s, ended_at = %s, report = %s, error = %s, owner = NULL"
                " WHERE id = %s",
                (state, _now(), json.dumps(report), storable(error), job_id),
            )
            return _get(db, job_id)

    def delete(self, job_id: str) -> None:
        with self._database.writing() as db:
            db.execute("DELETE FROM jobs WHERE id = %s", [job_id])

    def recover(self) -> None:
        """See the port. Jobs of other processes that are alive go on."""
        with self._database.writing() as db:
            db.execute("SELECT pg_advisory_xact_lock(%s)", [JOBS_LOCK])
            db.execute(_QUEUE_ABANDONED, [self._presence.number])
            db.execute(_INTERRUPT_ABANDONED, (_now(), self._presence.number))

    def vacuum(self) -> None:
        self._database.vacuum("uploads", "jobs")

    def check(self) -> None:
        """Raises StorageError if the database can't be used."""
        self._database.check()

    def close(self) -> None:
        self._presence.close()
        if self._owns:
            self._database.close()

    def _store_ends(self, db: Connection, ends: Sequence[tuple[str, JobState, str, str]]) -> None:
        """Stores the ends of syncs, unless they are over already."""
        for job_id, state, report, error in ends:
            db.execute(
                "UPDATE jobs SET state = %s, ended_at = %s, report = %s, error = %s, owner = NULL"
                " WHERE id = %s AND kind = 'sync' AND state = 'running' AND owner = %s",
                (state, _now(), report, error, job_id, self._presence.number),
            )

    def _require_own(self, db: Connection, job_id: str) -> None:
        """Raises StorageError where another process has taken the job over, UnknownJob where it is gone."""
        row = db.execute("SELECT owner FROM jobs WHERE id = %s FOR UPDATE", [job_id]).fetchone()
        if row is None:
            raise UnknownJob(f"there is no job {job_id!r}")
        if row[0] not in (None, self._presence.number):
            raise StorageError(f"job {job_id!r} was taken over by another process")


def _get(db: Connection, job_id: str) -> Job:
    row = db.execute(f"{_SELECT} WHERE id = %s".encode(), [job_id]).fetchone()
    if row is None:
        raise UnknownJob(f"there is no job {job_id!r}")
    return _job(row)


def _job(row: Sequence[Any], starts: int = 0) -> Job:
    fields = dict(zip(_JOB.split(", "), row, strict=True))
    fields |= {"kind": JobKind(fields["kind"]), "state": JobState(fields["state"])}
    return Job(**fields | {"report": json.loads(fields["report"]), "starts": starts})


def _upload_row(job_id: str, position: int, upload: Upload) -> tuple[object, ...]:
    return (
        job_id, position, storable(upload.name), storable(upload.uri), upload.media_type,
        None if upload.title is None else storable(upload.title), json.dumps(dict(upload.metadata)),
        upload.data,
    )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
