"""Folders are watched as they change: each burst of changes is one sync of the affected folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Event, Thread

import pytest

from ingest import watch as module
from ingest.watch import affected_folders, watch
from rag.errors import StorageFull


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "notes"
    (folder / "a").mkdir(parents=True)
    (folder / "b").mkdir()
    return folder


@contextmanager
def following(
    *paths: Path, exclude: Path | None = None, error: Exception | None = None
) -> Iterator[Queue[list[Path]]]:
    """The paths of each sync, in order; ``error`` is raised by the second."""
    synced: Queue[list[Path]] = Queue()
    stop = Event()
    count = 0

    def sync(changed_paths: Sequence[Path]) -> None:
        nonlocal count
        count += 1
        synced.put(list(changed_paths))
        if error is not None and count == 2:
            raise error

    thread = Thread(target=watch, args=(paths, sync), kwargs={"stop": stop, "exclude": exclude})
    thread.start()
    try:
        yield synced
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def test_a_change_causes_a_sync_of_its_folder(root: Path) -> None:
    """The first sync is of everything; changes of one burst are one sync."""
    with following(root) as synced:
        assert synced.get(timeout=20) == [root]
        (root / "a" / "new.md").write_text("New.")
        assert synced.get(timeout=20) == [root / "a"]
        (root / "a" / "new.md").rename(root / "b" / "new.md")
        assert synced.get(timeout=20) == [root]
        (root / "b" / "new.md").unlink()
        assert synced.get(timeout=20) == [root / "b"]
        assert synced.empty()


def test_changes_of_hidden_files_and_the_data_folder_are_ignored(root: Path) -> None:
    """But not those of ignore files."""
    data = root / "data"
    data.mkdir()
    with following(root, exclude=data) as synced:
        synced.get(timeout=20)
        (data / "catalog.sqlite3").write_text("x")
        (root / ".swp").write_text("x")
        (root / "a" / ".saywhereignore").write_text("*.tmp")
        assert synced.get(timeout=20) == [root / "a"]
        assert synced.empty()


def test_a_failed_sync_does_not_end_it(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the next change tries again."""
    with following(root, error=StorageFull("no space left")) as synced:
        synced.get(timeout=20)
        for number in range(2):
            (root / f"{number}.md").write_text("New.")
            assert synced.get(timeout=20) == [root]
    assert "no space left" in caplog.text


def test_a_path_that_does_not_exist_is_synced_once(root: Path) -> None:
    """So that it is reported; the others are watched."""
    with following(root / "nowhere", root) as synced:
        assert synced.get(timeout=20) == [root / "nowhere"]
        assert synced.get(timeout=20) == [root]


def test_a_quiet_folder_is_synced_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For changes that the operating system didn't report."""
    monkeypatch.setattr(module, "_QUIET_SECONDS", 0.0)
    with following(root) as synced:
        assert [synced.get(timeout=20) for _ in range(3)] == [[root]] * 3


def test_the_affected_folder_is_the_innermost_with_all_changes(root: Path) -> None:
    """One for each root; for a folder that is gone, the one above it."""
    other = root.parent / "other"
    other.mkdir()
    (other / "file.md").write_text("x")
    assert affected_folders([root], [root / "a" / "x.md", root / "a" / "y" / "z.md"]) == [root / "a"]
    assert affected_folders([root], [root / "gone" / "deep" / "x.md"]) == [root]
    assert affected_folders([root], [root / "a"]) == [root]
    assert affected_folders([root, other], [root / "a" / "x.md", other / "y.md"]) == [root / "a", other]
    assert affected_folders([root], [other / "y.md"]) == []
    assert affected_folders([other / "file.md"], [other / "file.md"]) == [other / "file.md"]
