"""The real service, for tests in a browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.http.live import ROOT, in_process


@contextmanager
def serve_seeds_and(text: str, folders: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a service over the seeds and one more text, with real models."""
    data, folder = folders.mktemp("data"), folders.mktemp("beside")
    (folder / "harbour.txt").write_text(text, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "api", "ingest", "seeds", str(folder), "--data", str(data)],
        cwd=ROOT, check=True, capture_output=True, timeout=110,
    )  # fmt: skip
    with in_process("-m", "api", "serve", "--data", str(data), "--port", "0") as (_process, address):
        yield address
