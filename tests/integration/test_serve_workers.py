"""``saywhere serve --workers 2``: real processes on a real PostgreSQL database."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.http.live import ROOT
from tests.postgres import PostgresServer

QUESTION = {"question": "When does the harbour open?"}
BODY = json.dumps(QUESTION).encode()
_SECONDS = 120.0  # a bound on what comes sooner


def children(pid: int) -> set[int]:
    """The pids of a process's children."""
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def until(holds: Callable[[], bool]) -> None:
    """Returns when it holds; fails if it never does."""
    end = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody waited for yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def worker_of(url: str) -> str:
    """The number of the worker that accepts a new connection."""
    metrics = httpx.get(f"{url}/metrics", trust_env=False, timeout=60).text
    found = re.search(r"^saywhere_worker (\d+)", metrics, re.MULTILINE)
    assert found, metrics[:500]
    return found.group(1)


def answers(url: str) -> None:
    response = httpx.post(f"{url}/v1/ask", json=QUESTION, trust_env=False, timeout=60)
    assert response.status_code == 200, response.text


@contextmanager
def served(database: str, folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The supervisor and its URL, once all workers answer."""
    environment = {**os.environ, "SAYWHERE_DATABASE_URL": database, "SAYWHERE_ACCESS_LOG": "false"}
    environment["SAYWHERE_LIMITS__WAITING"] = "16"  # nothing of these tests is refused
    command = [sys.executable, "-m", "api", "serve", "--port", "0", "--workers", "2", *more]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
    with process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://[^/]+", process.stdout.readline())
            assert found, (folder / "log").read_text()
            yield process, found.group()
        finally:
            if process.poll() is None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(60)
            process.kill()


@pytest.fixture(scope="module")
def service(
    postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    folder = tmp_path_factory.mktemp("workers")
    (folder / "notes").mkdir()
    (folder / "notes" / "a.md").write_text("The harbour opens at nine. The office closes at four.")
    with served(postgres.new_database(), folder, "--watch", str(folder / "notes")) as running:
        yield running


def test_both_workers_answer_what_either_ingests(service: tuple[subprocess.Popen[str], str]) -> None:
    """A document sent on one connection is answered by each worker; ``/metrics`` says which one it was."""
    process, url = service
    assert len(children(process.pid)) >= 2
    sent = httpx.post(
        f"{url}/v1/documents",
        files={"files": ("museum.md", b"The museum charges eleven euros for a ticket.")},
        trust_env=False,
        timeout=60,
    )
    assert sent.status_code in (200, 201, 202), sent.text
    found: set[str] = set()

    def both() -> bool:
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
            metrics = client.get("/metrics").text
            number = re.findall(r"^saywhere_worker (\d+)", metrics, re.MULTILINE)[0]
            hits = client.post("/v1/ask", json={"question": "What does the museum charge for a ticket?"})
            if "eleven euros" in hits.text:
                found.add(number)
        return found == {"1", "2"}

    until(both)


def test_a_killed_worker_is_replaced(service: tuple[subprocess.Popen[str], str]) -> None:
    """The other one answers meanwhile; then there are two again, and both answer."""
    process, url = service
    before = children(process.pid)
    victim = max(before)
    os.kill(victim, signal.SIGKILL)
    answers(url)
    until(lambda: victim not in children(process.pid) and len(children(process.pid)) == len(before))
    seen: set[str] = set()
    until(lambda: seen.add(worker_of(url)) or seen == {"1", "2"})  # type: ignore[func-returns-value]


def accepted(url: str) -> socket.socket:
    """A connection whose request has been begun by a worker, which waits for the body."""
    host, port = url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=90)
    connection.sendall(
        f"POST /v1/ask HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(BODY)}\r\nExpect: 100-continue\r\n\r\n".encode()
    )
    assert connection.recv(1_000).startswith(b"HTTP/1.1 100 ")
    return connection


def test_nothing_accepted_is_lost_at_sigterm(postgres: PostgresServer, tmp_path: Path) -> None:
    """Every request that a worker began before the signal is answered; exit status 0, no process left."""
    with served(postgres.new_database(), tmp_path) as (process, url):
        workers = children(process.pid)
        connections = [accepted(url) for _ in range(8)]
        process.send_signal(signal.SIGTERM)
        until(lambda: refuses(url))  # the signal has reached the workers
        for connection in connections:
            connection.sendall(BODY)
        statuses = [connection.recv(12) for connection in connections]
        for connection in connections:
            connection.close()
        assert process.wait(90) == 0
        assert statuses == [b"HTTP/1.1 200"] * 8
        assert all(map(is_gone, workers))


def refuses(url: str) -> bool:
    """Whether nothing listens any more."""
    try:
        httpx.get(f"{url}/healthz", trust_env=False, timeout=1)
    except httpx.ConnectError:
        return True
    except httpx.HTTPError:
        return False
    return False


def test_a_killed_supervisor_leaves_no_worker(postgres: PostgresServer, tmp_path: Path) -> None:
    """The workers end as at SIGTERM."""
    with served(postgres.new_database(), tmp_path) as (process, _):
        workers = children(process.pid)
        assert len(workers) >= 2
        process.kill()
        process.wait()
        until(lambda: all(map(is_gone, workers)))


def test_a_data_folder_has_one_process(tmp_path: Path) -> None:
    """Several workers on it are refused with status 2, and one line that names the setting to use."""
    environment = {k: v for k, v in os.environ.items() if k != "SAYWHERE_DATABASE_URL"}
    ran = subprocess.run(
        [sys.executable, "-m", "api", "serve", "--data", str(tmp_path / "data"), "--workers", "2"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 2
    assert "SAYWHERE_DATABASE_URL" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_workers_that_die_at_the_start_end_it(tmp_path: Path) -> None:
    """A server that isn't there: the worker's error, and status 1."""
    environment = {
        **os.environ,
        "SAYWHERE_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        "SAYWHERE_DATABASE_SECONDS": "1",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "api", "serve", "--port", "0", "--workers", "2"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "can't be reached" in ran.stderr
    assert "worker 1 can't start" in ran.stderr
