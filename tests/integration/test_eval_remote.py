"""Asked by URL, a running service gives the same results as one in this process."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from evals.datasets.load import Dataset, load
from evals.evaluation import Options, measure
from evals.run.remote import Remote, RemoteFault
from evals.run.saved_results import load_run
from evals.run.target import by_url, in_process
from rag.errors import UnknownDocument
from rag.settings import Settings
from rag.types import Question

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over the seed article, in a process of its own."""
    data = tmp_path_factory.mktemp("served")
    api = [sys.executable, "-m", "api"]
    subprocess.run([*api, "ingest", "seeds", "--data", data], cwd=ROOT, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [*api, "serve", "--data", data, "--port", str(port)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _until_ready(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 100
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail("the service did not start")


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    seeds = load("seeds")
    return replace(seeds, cases=seeds.cases[::6], at_least={}, at_most={})


def test_by_url_and_in_process_give_the_same_results(
    url: str, dataset: Dataset, tmp_path: Path, model_cache: Path
) -> None:
    """The same answers, citations, ranks and stages for every case."""
    runs = {}
    for name, opened in (
        ("url", by_url(url)),
        ("here", in_process(dataset, Settings(cache=model_cache))),
    ):
        path = tmp_path / f"{name}.json"
        with opened as target:
            options = Options(baseline=path, update_baseline=True)
            measure(dataset, target, options, console=Console(file=io.StringIO()), progress=False)
        runs[name] = load_run(path)
        assert json.loads(path.read_text())["models"], name
    assert runs["url"].cases == runs["here"].cases
    assert list(runs["url"].documents.values()) == list(runs["here"].documents.values())


def test_what_the_service_refuses_is_a_plain_error(url: str) -> None:
    """An unknown collection, document, or version."""
    with Remote(url) as remote:
        with pytest.raises(RemoteFault, match="404"):
            remote.ask(Question(text="q?", collection="nowhere"))
        with pytest.raises(UnknownDocument):
            remote.document("nothing")
        (record,) = remote.list()
        with pytest.raises(UnknownDocument, match="not the one that is stored"):
            remote.document(record.id, "0" * 64)
        assert remote.search(Question(text="who demanded an apology?"), 3) == [record.uri] * 3
