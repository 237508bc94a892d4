"""A parser that hangs, crashes or eats memory costs its file, and nothing else."""

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
from tests.files import LEAVE, html_table, pdf, take, word


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
        ("a.docx", word("Text.")),
    ],
)
def test_a_document_is_the_same_from_either_side(name: str, data: bytes) -> None:
    """Parsed here or there, to the last offset."""
    here = parse(Source(data=data, name=name, uri=name, document_id="d"))
    assert take(data, name) == here
    assert unpack(json.dumps({"document": pack(here)}).encode())["document"] == here


def test_a_worker_is_used_again() -> None:
    """One process for one file after the other."""
    take("<p>One", "a.html")
    first = worker_ids()
    take("<p>Two", "b.html")
    with pytest.raises(UnreadableDocument):
        take("", "c.html")
    assert worker_ids() == first
    assert len(first) == 1


def test_a_worker_of_a_big_process_is_used_again() -> None:
    """What the starting process has in use is no reason to start over with each file."""
    held = bytearray(700_000_000)
    held[::4096] = b"x" * len(held[::4096])
    take("<p>One", "a.html")
    first = worker_ids()
    take("<p>Two", "b.html")
    assert worker_ids() == first
    assert len(first) == 1


def test_a_worker_that_dies_is_replaced() -> None:
    """Whether it died idle or at work."""
    take("<p>One", "a.html")
    os.kill(worker_ids()[0], signal.SIGKILL)
    os.waitid(os.P_PID, worker_ids()[0], os.WEXITED | os.WNOWAIT)
    assert take("<p>Two", "b.html").text == "Two"


def test_a_parser_that_takes_too_long_is_stopped() -> None:
    """The reason names the limit, and the next file is read."""
    slow = "<table>" + "<tr><td colspan=9>x<td rowspan=99>y" * 60_000 + "</table>"
    with pytest.raises(
        UnreadableDocument, match=r"a\.html took over 0\.2 seconds to read; that is the limit"
    ):
        take(slow, "a.html", limits=Limits(seconds=0.2))
    assert take("<p>Next", "b.html").text == "Next"


def test_a_parser_that_needs_too_much_memory_is_stopped() -> None:
    """The reason names the limit, and the next file is read."""
    big = "<p>" + "<b>word</b> " * 1_500_000
    with pytest.raises((DocumentTooLarge, UnreadableDocument), match=r"a\.html"):
        take(big, "a.html", limits=Limits(memory_bytes=400_000_000, depth=10))
    assert take("<p>Next", "b.html").text == "Next"


def test_a_crash_at_work_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process reads as what it is."""
    monkeypatch.setattr(sandbox._Worker, "_receive", lambda self: (self._process.kill(), b"")[1])
    with pytest.raises(UnreadableDocument, match=r"a\.html can't be read: its parser crashed"):
        take("<p>x", "a.html")


def test_files_are_parsed_side_by_side() -> None:
    """Threads have a worker each, and every answer goes to its asker."""
    gate = threading.Barrier(3)

    def one(number: int) -> str:
        if number < 3:
            gate.wait()
        return take(f"<p>Number {number}", f"{number}.html").text

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(one, range(12))) == [f"Number {number}" for number in range(12)]


def test_short_plain_text_stays_in_this_process() -> None:
    """Thousands of small files aren't slowed down; big ones are bounded too."""
    take("# Title\n\nWords.", "a.md")
    assert worker_ids() == []
    take("# Title\n\n" + "Many words. " * 200_000, "a.md")
    assert len(worker_ids()) == 1


def test_the_worker_may_not_reach_out() -> None:
    """Network, programs and writing are refused inside it; what reads files on is left alone."""
    import subprocess
    import sys

    code = (
        "import sys, socket, os, subprocess\n"
        "from ingest.formats.sandbox.worker import _refuse\n"
        "sys.addaudithook(_refuse)\n"
        "def refused(do):\n"
        "    try: do()\n"
        "    except PermissionError: return True\n"
        "    return False\n"
        "print(refused(lambda: socket.create_connection(('127.0.0.1', 9))),"
        " refused(lambda: subprocess.run(['true'])), refused(lambda: os.system('true')),"
        " refused(lambda: open('/tmp/never-written', 'w')), refused(lambda: open(os.__file__)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True True True True False"
