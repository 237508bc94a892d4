"""Folders are followed as they change: each burst is one sync of the part it happened in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Event, Thread

import pytest

from ingest import watch as module
from ingest.watch import concerned, watch
from rag.errors import StorageFull

Syncs = Callable[[Sequence[Path]], object]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "notes"
    (folder / "a").mkdir(parents=True)
    (folder / "b").mkdir()
    return folder


@contextmanager
def following(
    *paths: Path, leave_out: Path | None = None, fault: Exception | None = None
) -> Iterator[Queue[list[Path]]]:
    """The paths of each sync, in order; ``fault`` is raised by the second."""
    seen: Queue[list[Path]] = Queue()
    stop = Event()
    number = 0

    def syncs(changed: Sequence[Path]) -> None:
        nonlocal number
        number += 1
        seen.put(list(changed))
        if fault is not None and number == 2:
            raise fault

    thread = Thread(target=watch, args=(paths, syncs), kwargs={"stop": stop, "leave_out": leave_out})
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def test_a_change_leads_to_a_sync_of_its_folder(root: Path) -> None:
    """First all is looked through, then what changed; what comes in one burst is one sync."""
    with following(root) as seen:
        assert seen.get(timeout=20) == [root]
        (root / "a" / "new.md").write_text("New.")
        assert seen.get(timeout=20) == [root / "a"]
        (root / "a" / "new.md").rename(root / "b" / "new.md")
        assert seen.get(timeout=20) == [root]
        (root / "b" / "new.md").unlink()
        assert seen.get(timeout=20) == [root / "b"]
        assert seen.empty()


def test_hidden_files_and_the_data_folder_do_not_count(root: Path) -> None:
    """But an ignore file does: it says what belongs."""
    data = root / "data"
    data.mkdir()
    with following(root, leave_out=data) as seen:
        seen.get(timeout=20)
        (data / "catalog.sqlite3").write_text("x")
        (root / ".swp").write_text("x")
        (root / "a" / ".saywhereignore").write_text("*.tmp")
        assert seen.get(timeout=20) == [root / "a"]
        assert seen.empty()


def test_a_failed_sync_does_not_end_it(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the next change tries again."""
    with following(root, fault=StorageFull("no space left")) as seen:
        seen.get(timeout=20)
        for number in range(2):
            (root / f"{number}.md").write_text("New.")
            assert seen.get(timeout=20) == [root]
    assert "no space left" in caplog.text


def test_what_is_not_there_is_told_at_once(root: Path) -> None:
    """The rest is followed."""
    with following(root / "nowhere", root) as seen:
        assert seen.get(timeout=20) == [root / "nowhere"]
        assert seen.get(timeout=20) == [root]


def test_a_quiet_folder_is_looked_through_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the operating system didn't tell is found then."""
    monkeypatch.setattr(module, "_QUIET_SECONDS", 0.0)
    with following(root) as seen:
        assert [seen.get(timeout=20) for _ in range(3)] == [[root]] * 3


def test_the_innermost_folder_with_all_changes(root: Path) -> None:
    """One for each root; a folder that is gone is looked for from above it."""
    other = root.parent / "other"
    other.mkdir()
    (other / "file.md").write_text("x")
    assert concerned([root], [root / "a" / "x.md", root / "a" / "y" / "z.md"]) == [root / "a"]
    assert concerned([root], [root / "gone" / "deep" / "x.md"]) == [root]
    assert concerned([root], [root / "a"]) == [root]
    assert concerned([root, other], [root / "a" / "x.md", other / "y.md"]) == [root / "a", other]
    assert concerned([root], [other / "y.md"]) == []
    assert concerned([other / "file.md"], [other / "file.md"]) == [other / "file.md"]
