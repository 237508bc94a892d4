"""Which processes are alive: each holds an advisory lock on a connection of its own.

The server frees the lock when the process ends, however it ends, so that no clock decides.
"""

from __future__ import annotations

from contextlib import suppress
from secrets import randbelow
from threading import Lock

import psycopg

from rag.adapters.postgres.connection import Connection, is_alive
from rag.adapters.postgres.database import Database
from rag.adapters.postgres.errors import mapped_errors

_SPACE = 0x5A79  # the first key of the locks
IS_ALIVE = f"""
EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND classid = {_SPACE} AND objid = jobs.owner::oid)
"""  # noqa: S608 (constants)


class Presence:
    """This process, as others see it: ``number`` is alive from ``show`` on, until ``close`` or its end."""

    def __init__(self, database: Database) -> None:
        self.number = 1 + randbelow(2**31 - 2)
        self._database = database
        self._connection: Connection | None = None
        self._lock = Lock()

    def show(self) -> None:
        """Takes the lock, again where the server was restarted. Raises IndexUnavailable."""
        with self._lock, mapped_errors(self._database.place):
            if self._connection is not None and is_alive(self._connection):
                return
            self._forget()
            connection = self._database.dedicated()
            connection.execute("SELECT pg_advisory_lock(%s, %s)", (_SPACE, self.number))
            self._connection = connection

    def close(self) -> None:
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None
