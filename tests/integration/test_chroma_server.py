"""A Chroma server in place of the embedded one: the same client, the same laws, plain errors."""

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
from tests.contract.test_dense_index import units, vectors
from tests.fakes.models import BagEmbedder
from tests.samples import document, passage

CHROMA = Path(sys.executable).parent / "chroma"
START_SECONDS = 60.0


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/api/v2/heartbeat", timeout=1):  # noqa: S310  (loopback)
            return True
    except (URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def serving(folder: Path, port: int) -> Iterator[str]:
    """``chroma run`` on a folder, from its first heartbeat on."""
    url = f"http://127.0.0.1:{port}"
    command = [CHROMA, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            end = time.monotonic() + START_SECONDS
            while not answers(url):
                if server.poll() is not None or time.monotonic() > end:
                    pytest.fail(f"the Chroma server didn't start (status {server.returncode})")
                time.sleep(0.05)
            yield url
        finally:
            server.terminate()
            server.wait()


def test_a_server_takes_the_place_of_the_embedded_one(tmp_path: Path) -> None:
    """Rows are added, found, vacuumed and removed over HTTP; a server that goes away is named,
    one that comes back has everything still."""
    port = free_port()
    with serving(tmp_path / "server", port) as url:
        index = ChromaIndex(url=url)
        index.add("default", units("a", "v1", 1_200), vectors(1_200))
        index.add("other", units("b", "v1", 3), vectors(3))
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


def test_an_absent_server_is_named(tmp_path: Path) -> None:
    """On opening; nothing is made anew, nothing waits."""
    port = free_port()
    with pytest.raises(IndexUnavailable, match=f"http://127.0.0.1:{port}"):
        ChromaIndex(url=f"http://127.0.0.1:{port}")


def test_a_library_outlives_its_server(tmp_path: Path) -> None:
    """A write that meets no server changes nothing that answers; recovery finishes once it's back,
    and a server that lost its folder is filled again."""
    port, made, later = free_port(), document("One. Two."), document("Three.", id="d2")
    catalog, lexical = SqliteCatalog(tmp_path / "c.sqlite3"), TantivyIndex(tmp_path / "terms")
    with serving(tmp_path / "server", port) as url:
        dense = ChromaIndex(url=url)
        library = Library(catalog, dense, lexical, BagEmbedder())
        library.replace(made, [passage(made)])
    with pytest.raises(IndexUnavailable):
        library.replace(later, [passage(later)])
    assert [record.id for record in catalog.list()] == ["d1"]
    with serving(tmp_path / "another", port):
        report = library.recover()
        assert (report.undone, report.indexed) == (1, 1)
        assert library.check() == []
        library.replace(later, [passage(later)])
        assert library.check() == []
    dense.close()
    catalog.close()
