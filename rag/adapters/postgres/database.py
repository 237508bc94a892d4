"""One PostgreSQL database used from many threads and processes.

A write is one transaction under the writer's lock, which one process has at a time; ``transaction`` joins
calls of a thread to one. Reads never wait for it. ``snapshot`` joins reads to one view of the database.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock, local

import psycopg
from pgvector.psycopg.halfvec import register_halfvec_info
from psycopg.types import TypeInfo

from rag.adapters.postgres import schema
from rag.adapters.postgres.connection import Connection, connect, is_alive, place_of
from rag.adapters.postgres.errors import mapped_errors
from rag.errors import IndexUnavailable, StorageError

_OPEN_SECONDS = 60.0  # of one statement that makes the tables
_WRITE_SECONDS = 1_800.0  # of one statement of a write: making a vector index takes minutes


class Database:
    """A pool of connections. Opens the database, and makes its tables if there are none.

    >>> database = Database("postgresql://saywhere@db.example/saywhere")  # doctest: +SKIP

    Args:
        url: a libpq connection URL.
        connections: the most that this process has open.
        seconds: after which a statement that only reads is ended, and a wait for a free connection.
        read_only: never writes; the tables must be there.

    Raises:
        IndexUnavailable: the server can't be reached.
        StorageError: it refuses, lacks pgvector, or its tables have another format.
    """

    def __init__(
        self, url: str, *, connections: int = 16, seconds: float = 30.0, read_only: bool = False
    ) -> None:
        self.place = place_of(url)
        self.read_only = read_only
        self._url = url
        self._seconds = seconds
        self._idle: deque[Connection] = deque()
        self._free = BoundedSemaphore(connections)
        self._lock = Lock()
        self._joined = local()
        self._halfvec: TypeInfo | None = None
        self._is_closed = False
        with mapped_errors(self.place):
            connection = connect(url, seconds=max(seconds, _OPEN_SECONDS), read_only=read_only)
            try:
                schema.prepare(connection, self.place, read_only=read_only)
                self._halfvec = TypeInfo.fetch(connection, "halfvec")
            finally:
                connection.close()
        if self._halfvec is None:
            raise StorageError(f"{self.place}: the type halfvec isn't on the search path")

    @property
    def is_writing(self) -> bool:
        """Whether this thread is in a ``transaction``: it sees what isn't committed yet."""
        return getattr(self._joined, "is_writing", False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reads: each statement sees what is committed when it begins.

        In a ``transaction`` or ``snapshot`` of this thread it is that one's.
        """
        joined: Connection | None = getattr(self._joined, "connection", None)
        with mapped_errors(self.place):
            if joined is not None:
                yield joined
                return
            with self._checked_out() as connection:
                yield connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads of this thread in the block see the same committed state."""
        if getattr(self._joined, "connection", None) is not None:
            yield
            return
        with mapped_errors(self.place), self._checked_out() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            with self._joining(connection, is_writing=False):
                yield
            connection.execute("COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction under the writer's lock: durable when the block ends, undone if it raises.

        In another one of this thread it is a part of that.
        """
        if self.is_writing:
            with mapped_errors(self.place):
                yield self._joined.connection
            return
        if getattr(self._joined, "connection", None) is not None:
            raise RuntimeError("no write in a snapshot")
        with mapped_errors(self.place), self._checked_out() as connection, self._long(connection):
            connection.execute("BEGIN")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [schema.WRITER_LOCK])
            with self._joining(connection, is_writing=True):
                yield connection
            connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A short transaction of its own, without the writer's lock: for tables that no index depends on."""
        with mapped_errors(self.place), self._checked_out() as connection:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def maintenance(self) -> Iterator[Connection]:
        """A connection outside any transaction, whose statements may take long, as ``VACUUM`` does."""
        with mapped_errors(self.place), self._checked_out() as connection, self._long(connection):
            yield connection

    def dedicated(self) -> Connection:
        """A connection outside the pool, which the caller closes. Raises IndexUnavailable."""
        with mapped_errors(self.place):
            return connect(self._url, seconds=self._seconds, read_only=self.read_only)

    def check(self) -> None:
        """Raises StorageError if the database can't be read, or, unless read-only, written."""
        with self.reading() as db:
            db.execute("SELECT count(*) FROM facts")
        if not self.read_only:
            with self.writing() as db:
                db.execute(
                    "INSERT INTO facts VALUES ('checked', now()::text)"
                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
                )

    def vacuum(self, *tables: str) -> None:
        """Rewrites tables, so that no removed row stays in their files. Nobody can read them meanwhile."""
        with self.maintenance() as db:
            for table in tables:
                db.execute(f"VACUUM (FULL) {table}".encode())

    def close(self) -> None:
        """Closes every idle connection, and each other one when it is given back."""
        self._is_closed = True
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    @contextmanager
    def _joining(self, connection: Connection, *, is_writing: bool) -> Iterator[None]:
        self._joined.connection, self._joined.is_writing = connection, is_writing
        try:
            yield
        finally:
            self._joined.connection, self._joined.is_writing = None, False

    @contextmanager
    def _long(self, connection: Connection) -> Iterator[None]:
        """Raises the time limits of a connection for the block."""
        limit, connection.limit = connection.limit, _WRITE_SECONDS + 5
        connection.execute("SELECT set_config('statement_timeout', %s, false)", [f"{_WRITE_SECONDS:.0f}s"])
        try:
            yield
        finally:
            connection.limit = limit
            with suppress(psycopg.Error):
                _roll_back(connection)
                milliseconds = f"{round(self._seconds * 1000)}"
                connection.execute("SELECT set_config('statement_timeout', %s, false)", [milliseconds])

    @contextmanager
    def _checked_out(self) -> Iterator[Connection]:
        """A connection that nobody else uses; given back without an open transaction, or closed."""
        if not self._free.acquire(timeout=self._seconds):
            raise IndexUnavailable(f"all connections to {self.place} are in use")
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)
        finally:
            self._free.release()

    def _take(self) -> Connection:
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection = self._idle.pop()
            if is_alive(connection):
                return connection
            connection.close()
        connection = connect(self._url, seconds=self._seconds, read_only=self.read_only)
        if self._halfvec is not None:
            register_halfvec_info(connection, self._halfvec)
        return connection

    def _give_back(self, connection: Connection) -> None:
        with suppress(psycopg.Error):
            _roll_back(connection)
        with self._lock:
            if not connection.closed and not connection.broken and not self._is_closed:
                self._idle.append(connection)
                return
        connection.close()


def _roll_back(connection: Connection) -> None:
    """Ends the transaction that an error left open."""
    if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        connection.execute("ROLLBACK")
