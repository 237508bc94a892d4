"""An index in a process of its own: what the service sees of its crashes, freezes and damage."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from rag.adapters.index_process.process import IndexProcess, TimeLimits
from rag.errors import IndexUnavailable, StorageFull
from tests.http.live import ROOT

NAME = "tests.fakes.index_faults:FaultyIndex"
SHORT = TimeLimits(open=30.0, read=1.0, write=1.0, vacuum=1.0)
Opener = Callable[..., IndexProcess]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "index"
    path.mkdir()
    return path


@pytest.fixture
def start(folder: Path) -> Iterator[Opener]:
    processes = []

    def open_process(limits: TimeLimits | None = None) -> IndexProcess:
        processes.append(IndexProcess(NAME, folder, limits=limits))
        processes[-1].open()
        return processes[-1]

    yield open_process
    for process in processes:
        process.close()


def test_calls_run_in_another_process(start: Opener, folder: Path) -> None:
    """Results and errors come back; closing closes the index."""
    index = start()
    index.write("add", "a")
    assert index.search() == ["a"]
    assert index.read("pid") != os.getpid()
    (folder / "add.unavailable.once").touch()
    with pytest.raises(IndexUnavailable, match="it can't be read"):
        index.write("add", "b")
    assert index.search() == ["a"]
    assert index.fault is None
    index.close()
    assert (folder / "closed").exists()


@pytest.mark.parametrize("fault", ["segfault", "killed", "panic"])
def test_a_call_is_repeated_after_a_death(start: Opener, folder: Path, fault: str) -> None:
    """Whatever ended the process; nothing of it is seen by the caller."""
    index = start()
    first = index.read("pid")
    (folder / f"add.{fault}.once").touch()
    index.write("add", "a")
    assert index.search() == ["a"]
    assert index.read("pid") != first
    assert index.fault is None


@pytest.mark.parametrize("fault", ["segfault", "panic", "unavailable"])
def test_a_call_that_crashes_twice_breaks_the_index(start: Opener, folder: Path, fault: str) -> None:
    """Or fails twice: every call is refused; started over, it is empty and its files are kept."""
    index, told = start(), Event()
    index.on_fault(told.set)
    index.write("add", "a")
    (folder / f"search.{fault}").touch()
    with pytest.raises(IndexUnavailable):
        index.search()
    assert told.is_set()
    assert index.fault is not None
    assert not index.is_ready
    with pytest.raises(IndexUnavailable, match="can't be used"):
        index.write("add", "b")
    kept = index.start_over()
    assert kept is not None
    assert (kept / "a.row").exists()
    with pytest.raises(IndexUnavailable, match="being rebuilt"):
        index.search()
    index.write("add", "c")
    index.filled()
    assert index.search() == ["c"]


@pytest.mark.parametrize("fault", ["freeze", "busy"])
@pytest.mark.parametrize("method", ["search", "add"])
def test_a_frozen_call_ends(start: Opener, folder: Path, fault: str, method: str) -> None:
    """Also one that keeps the interpreter lock of its process; later calls have a new process."""
    index = start(SHORT)
    first = index.read("pid")
    (folder / f"{method}.{fault}.once").touch()
    with pytest.raises(IndexUnavailable, match="took over 1 seconds"):
        index.search() if method == "search" else index.write("add", "a")
    index.write("add", "b")
    assert index.search() == ["b"]
    assert index.read("pid") != first


def test_an_index_that_freezes_again_and_again_is_broken(start: Opener, folder: Path) -> None:
    """At the third time in a row."""
    index = start(SHORT)
    (folder / "search.freeze").touch()
    for fault in (False, False, True):
        with pytest.raises(IndexUnavailable):
            index.search()
        assert (index.fault is not None) is fault


@pytest.mark.parametrize("fault", ["segfault", "panic", "unavailable"])
def test_an_index_that_cannot_be_opened_is_broken(start: Opener, folder: Path, fault: str) -> None:
    """Opening it raises nothing: whoever opens it starts it over."""
    (folder / f"open.{fault}").touch()
    index = start()
    assert index.fault is not None
    index.start_over()
    index.filled()
    index.write("add", "a")
    assert index.search() == ["a"]


def test_other_calls_survive_the_death_of_one(start: Opener, folder: Path) -> None:
    """Calls under way at the same time are repeated."""
    index = start()
    index.write("add", "a")
    (folder / "search.segfault.once").touch()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: index.search(), range(40)))
    assert results == [["a"]] * 40
    assert index.fault is None


def test_after_a_full_disk_the_next_write_has_a_new_process(start: Opener, folder: Path) -> None:
    """Searches go on in the old one."""
    index = start()
    first = index.read("pid")
    (folder / "add.full.once").touch()
    with pytest.raises(StorageFull):
        index.write("add", "a")
    assert index.read("pid") == first
    index.write("add", "b")
    assert index.read("pid") != first
    assert index.search() == ["b"]


OWNER = """
import sys, threading
from pathlib import Path
from rag.adapters.index_process.process import IndexProcess, TimeLimits
index = IndexProcess(sys.argv[1], Path(sys.argv[2]), limits=TimeLimits(read=1.0))
index.open()
print(index.read("pid"), flush=True)
if sys.argv[3:]:
    threading.Thread(target=index.search, daemon=True).start()
    while not index._child._pending:
        pass
    print("asked", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("is_busy", [False, True])
def test_it_ends_when_the_service_is_killed(folder: Path, is_busy: bool) -> None:
    """An idle process at once, one that is frozen in native code after the call's time limit."""
    if is_busy:
        (folder / "search.busy").touch()
    command = [sys.executable, "-c", OWNER, NAME, str(folder), *(["busy"] if is_busy else [])]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        if is_busy:
            assert owner.stdout.readline() == "asked\n"
        descriptor = os.pidfd_open(pid)
        owner.send_signal(signal.SIGKILL)
    try:
        assert _wait_for_end(descriptor)
    finally:
        os.close(descriptor)


def _wait_for_end(descriptor: int) -> bool:
    import select

    return bool(select.select([descriptor], [], [], 60.0)[0])
