"""A parser that hangs, crashes or needs too much memory fails its own file only."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.formats import parse
from ingest.formats.limits import Limits
from ingest.formats.sandbox import processes as sandbox
from ingest.formats.sandbox.serialization import pack, unpack
from ingest.formats.source import Source
from rag.errors import DocumentTooLarge, UnreadableDocument
from tests.files import LEAVE, docx, html_table, pdf, read_document


@pytest.fixture(autouse=True)
def _fresh_workers() -> Iterator[None]:
    sandbox.close()
    yield
    sandbox.close()


def worker_ids() -> list[int]:
    """Processes of the idle workers."""
    return [worker._process.pid for worker in list(sandbox._IDLE.queue)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", html_table(LEAVE).encode()),
        ("a.pdf", pdf([(72, 100, "Words.")])),
        ("a.docx", docx("Text.")),
    ],
)
def test_a_worker_gives_the_same_document_as_this_process(name: str, data: bytes) -> None:
    """All offsets are the same."""
    document = parse(Source(data=data, name=name, uri=name, document_id="d"))
    assert read_document(data, name) == document
    assert unpack(json.dumps({"document": pack(document)}).encode())["document"] == document


def test_a_worker_is_used_again() -> None:
    """One process parses several files."""
    read_document("<p>One", "a.html")
    first = worker_ids()
    read_document("<p>Two", "b.html")
    with pytest.raises(UnreadableDocument):
        read_document("", "c.html")
    assert worker_ids() == first
    assert len(first) == 1


def test_a_worker_of_a_big_process_is_used_again() -> None:
    """The memory of the process that started it doesn't count as the worker's."""
    memory = bytearray(700_000_000)
    memory[::4096] = b"x" * len(memory[::4096])
    read_document("<p>One", "a.html")
    first = worker_ids()
    read_document("<p>Two", "b.html")
    assert worker_ids() == first
    assert len(first) == 1


def test_a_worker_that_dies_is_replaced() -> None:
    """A worker that died while idle isn't used for the next file."""
    read_document("<p>One", "a.html")
    os.kill(worker_ids()[0], signal.SIGKILL)
    os.waitid(os.P_PID, worker_ids()[0], os.WEXITED | os.WNOWAIT)
    assert read_document("<p>Two", "b.html").text == "Two"


def test_a_parser_that_takes_too_long_is_stopped() -> None:
    """The reason names the limit, and the next file is read."""
    slow = "<table>" + "<tr><td colspan=9>x<td rowspan=99>y" * 60_000 + "</table>"
    with pytest.raises(
        UnreadableDocument, match=r"a\.html took over 0\.2 seconds to read; that is the limit"
    ):
        read_document(slow, "a.html", limits=Limits(seconds=0.2))
    assert read_document("<p>Next", "b.html").text == "Next"


def test_a_parser_that_needs_too_much_memory_is_stopped() -> None:
    """The reason names the limit, and the next file is read."""
    big = "<p>" + "<b>word</b> " * 1_500_000
    with pytest.raises((DocumentTooLarge, UnreadableDocument), match=r"a\.html"):
        read_document(big, "a.html", limits=Limits(memory_bytes=400_000_000, depth=10))
    assert read_document("<p>Next", "b.html").text == "Next"


def test_a_crash_of_the_parser_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason says that the parser crashed."""
    monkeypatch.setattr(sandbox._Worker, "_receive", lambda self: (self._process.kill(), b"")[1])
    with pytest.raises(UnreadableDocument, match=r"a\.html can't be read: its parser crashed"):
        read_document("<p>x", "a.html")


def test_files_are_parsed_in_parallel() -> None:
    """Each thread has a worker of its own, and gets its own document."""
    barrier = threading.Barrier(3)

    def parse_file(number: int) -> str:
        if number < 3:
            barrier.wait()
        return read_document(f"<p>Number {number}", f"{number}.html").text

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(parse_file, range(12))) == [f"Number {number}" for number in range(12)]


def test_short_plain_text_stays_in_this_process() -> None:
    """A long one is parsed by a worker."""
    read_document("# Title\n\nWords.", "a.md")
    assert worker_ids() == []
    read_document("# Title\n\n" + "Many words. " * 200_000, "a.md")
    assert len(worker_ids()) == 1


def test_the_worker_has_no_network_programs_or_writing() -> None:
    """Reading files is allowed."""
    import subprocess
    import sys

    code = (
        "import sys, socket, os, subprocess\n"
        "from ingest.formats.sandbox.worker import _forbid\n"
        "sys.addaudithook(_forbid)\n"
        "def refused(action):\n"
        "    try: action()\n"
        "    except PermissionError: return True\n"
        "    return False\n"
        "print(refused(lambda: socket.create_connection(('127.0.0.1', 9))),"
        " refused(lambda: subprocess.run(['true'])), refused(lambda: os.system('true')),"
        " refused(lambda: open('/tmp/never-written', 'w')), refused(lambda: open(os.__file__)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "True True True True False"
