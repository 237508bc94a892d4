"""One owner for a data folder."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag.errors import DataFolderLocked, StorageError
from rag.storage.lock import FolderLock

OWNER = """
import sys
from pathlib import Path
from rag.storage.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.acquire(url="http://127.0.0.1:8765")
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    """Its process and the address it serves; a process killed holds nothing any more."""
    path = tmp_path / "data" / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(path)],
        cwd=Path(__file__).parents[4],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(DataFolderLocked, match=rf"process {owner.pid}, .*http://127.0.0.1:8765"):
            FolderLock(path).acquire()
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    with FolderLock(path):
        pass


def test_one_process_is_no_exception(tmp_path: Path) -> None:
    """Two services on one folder in the same process would disagree as well."""
    with FolderLock(tmp_path / "lock"), pytest.raises(DataFolderLocked):
        FolderLock(tmp_path / "lock").acquire()


def test_released_is_free(tmp_path: Path) -> None:
    """Releasing twice is no error, and the one who was refused may try again."""
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    first.acquire()
    with pytest.raises(DataFolderLocked):
        second.acquire()
    first.release()
    first.release()
    second.acquire()
    second.release()


@pytest.mark.parametrize("note", ["", "{", "[]", '{"pid": "x"}', "null"])
def test_a_broken_note_of_the_owner_is_no_obstacle(tmp_path: Path, note: str) -> None:
    """The folder is still refused, with what is known."""
    with FolderLock(tmp_path / "lock"):
        (tmp_path / "lock.owner").write_text(note)
        with pytest.raises(DataFolderLocked, match="another process"):
            FolderLock(tmp_path / "lock").acquire()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """Where a file lies in its way."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        FolderLock(tmp_path / "file" / "lock").acquire()
