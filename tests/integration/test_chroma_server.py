"""A Chroma server in place of embedded Chroma: the same index, and errors that name the server."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from rag.adapters.chroma.index import ChromaIndex
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.tantivy import TantivyIndex
from rag.errors import IndexUnavailable
from rag.storage.library import Library
from tests.contract.test_dense_index import sentence_rows, vectors
from tests.fakes.models import BagEmbedder
from tests.samples import document, passage

CHROMA = Path(sys.executable).parent / "chroma"
START_SECONDS = 60.0


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_up(url: str) -> bool:
    try:
        with urlopen(f"{url}/api/v2/heartbeat", timeout=1):  # noqa: S310  (loopback)
            return True
    except (URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def serving(folder: Path, port: int) -> Iterator[str]:
    """``chroma run`` on a folder, once it answers."""
    url = f"http://127.0.0.1:{port}"
    command = [CHROMA, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + START_SECONDS
            while not is_up(url):
                if server.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"the Chroma server didn't start (status {server.returncode})")
                time.sleep(0.05)
            yield url
        finally:
            server.terminate()
            server.wait()


def test_a_server_works_as_embedded_chroma_does(tmp_path: Path) -> None:
    """Rows are added, found, vacuumed and removed over HTTP. The error while the server is down names it;
    after its restart all rows are there."""
    port = free_port()
    with serving(tmp_path / "server", port) as url:
        index = ChromaIndex(url=url)
        index.add("default", sentence_rows("a", "v1", 1_200), vectors(1_200))
        index.add("other", sentence_rows("b", "v1", 3), vectors(3))
        index.remove("other", "b", "v1", keep={"bv10:1"})
        index.vacuum()
        assert index.collections() == {"default", "other"}
        assert index.versions("default") == {("a", "v1")}
        assert index.count("other") == 1
        best = index.search("default", vectors(1_200)[700], 3)[0]
        assert (best.passage_id, best.sentence_index) == ("av1233", 1)
        assert best.score == pytest.approx(1.0, abs=1e-5)
    with pytest.raises(IndexUnavailable, match=str(port)):
        index.search("default", vectors(1)[0], 3)
    with serving(tmp_path / "server", port):
        assert index.count("default") == 1_200
        index.drop("other")
        assert index.collections() == {"default"}
    index.close()


def test_a_missing_server_is_an_error(tmp_path: Path) -> None:
    """On opening, at once, with its address."""
    port = free_port()
    with pytest.raises(IndexUnavailable, match=f"http://127.0.0.1:{port}"):
        ChromaIndex(url=f"http://127.0.0.1:{port}")


def test_a_library_survives_an_outage_of_its_server(tmp_path: Path) -> None:
    """A write without the server changes no committed document. Recovery succeeds once the server is up,
    and fills the index of a server with an empty folder."""
    port, first, second = free_port(), document("One. Two."), document("Three.", id="d2")
    catalog, lexical = SqliteCatalog(tmp_path / "c.sqlite3"), TantivyIndex(tmp_path / "terms")
    with serving(tmp_path / "server", port) as url:
        dense = ChromaIndex(url=url)
        library = Library(catalog, dense, lexical, BagEmbedder())
        library.replace(first, [passage(first)])
    with pytest.raises(IndexUnavailable):
        library.replace(second, [passage(second)])
    assert [record.id for record in catalog.list()] == ["d1"]
    with serving(tmp_path / "another", port):
        report = library.recover()
        assert (report.rolled_back, report.indexed) == (1, 1)
        assert library.check() == []
        library.replace(second, [passage(second)])
        assert library.check() == []
    dense.close()
    catalog.close()
