"""Connections to PostgreSQL: none waits for ever, and each is set up alike."""

from __future__ import annotations

import select
from typing import Any

import psycopg
from psycopg import pq
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict

_CONNECT_SECONDS = 5
_GRACE_SECONDS = 5.0  # the server ends a statement itself; the client waits a little longer
# A client or server that is gone without a word is noticed within a minute.
_KEEPALIVES: dict[str, Any] = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_SESSION = {
    "jit": "off",  # compiling takes longer than these statements do
    "plan_cache_mode": "force_custom_plan",
    "idle_in_transaction_session_timeout": "120s",  # a process that hangs can't hold the writer's lock
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.ef_search": "200",
    "hnsw.max_scan_tuples": "40000",
}


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection whose calls raise OperationalError after ``limit`` seconds, also where the server hangs.

    After that it can't be used any more.
    """

    limit: float = 30.0

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval=interval, timeout=timeout or self.limit)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()  # its answer may still come: no other statement may read it
            raise


def connect(url: str, *, seconds: float, read_only: bool) -> Connection:
    """An open connection in autocommit mode, whose statements the server ends after ``seconds``.

    Raises:
        psycopg.Error: the server can't be reached, or refuses.
    """
    connection = Connection.connect(
        url,
        autocommit=True,
        prepare_threshold=None,
        connect_timeout=_CONNECT_SECONDS,
        application_name="saywhere",
        **_KEEPALIVES,
    )
    try:
        connection.limit = seconds + _GRACE_SECONDS
        values = {**_SESSION, "statement_timeout": f"{round(seconds * 1000)}"}
        if read_only:
            values["default_transaction_read_only"] = "on"
        names = ", ".join(["set_config(%s, %s, false)"] * len(values))
        path = "set_config('search_path', 'saywhere, ' || current_setting('search_path'), false)"
        connection.execute(
            f"SELECT {names}, {path}",
            [part for pair in values.items() for part in pair],
        )
    except BaseException:
        connection.close()
        raise
    return connection


def is_alive(connection: Connection) -> bool:
    """Whether an idle connection can still be used. Sends nothing.

    What a server sends to an idle connection is mostly its end, in one or two parts; a connection that was
    sent something else is given up as well.
    """
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)


def place_of(url: str) -> str:
    """Where a database is, without user and password: ``the database NAME at HOST:PORT``."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        return "the database"
    host = parts.get("host") or parts.get("hostaddr") or "localhost"
    return f"the database {parts.get('dbname') or ''!r} at {host}:{parts.get('port') or 5432}"
