"""Folders are followed by the command line and by a server: changes are in the next answers."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http.live import ROOT, in_process

NOTE = "The harbour master of Quillport is {}."
QUESTION = {"question": "Who is the harbour master of Quillport?"}


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "harbour.txt").write_text(NOTE.format("Wilhelmina Astor"))
    return folder


def wait_until(condition: Callable[[], bool]) -> None:
    """Returns once the condition is true; fails after a minute."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "the condition was not true within a minute"
        time.sleep(0.1)


def test_the_command_line_follows_a_folder(notes: Path, tmp_path: Path) -> None:
    """A line for each sync that did something; a signal ends it with 0."""
    command = [sys.executable, "-m", "api", "ingest", "--watch", str(notes), "--data", str(tmp_path / "data")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline().startswith("1 added")
            (notes / "harbour.txt").rename(notes / "port.txt")
            assert "1 renamed" in process.stdout.readline()
            (notes / "port.txt").unlink()
            assert "1 removed" in process.stdout.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        finally:
            process.kill()


def test_a_server_follows_a_folder(notes: Path, tmp_path: Path) -> None:
    """Questions are answered from the folder as it is now; documents sent to the server stay."""
    serve = ("-m", "api", "serve", "--data", str(tmp_path / "data"), "--port", "0", "--watch", str(notes))
    with in_process(*serve) as (_process, url):

        def ask() -> dict[str, Any]:
            answer: dict[str, Any] = httpx.post(f"{url}/v1/ask", json=QUESTION, timeout=60).json()
            return answer

        wait_until(lambda: "Astor" in (ask()["answer"] or ""))
        texts = {"documents": [{"text": "Berths are free on Mondays.", "uri": "wiki/berths"}]}
        assert httpx.post(f"{url}/v1/documents", json=texts).status_code == 202
        (notes / "harbour.txt").write_text(NOTE.format("Otto Brandt"))
        wait_until(lambda: "Brandt" in (ask()["answer"] or ""))
        (notes / "harbour.txt").unlink()
        wait_until(lambda: not ask()["answered"])
        wait_until(
            lambda: (
                [d["uri"] for d in httpx.get(f"{url}/v1/documents").json()["documents"]] == ["wiki/berths"]
            )
        )
