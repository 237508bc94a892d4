"""The lock of a data folder."""

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
print("locked", flush=True)
sys.stdin.read()
"""


def test_the_error_names_the_owner(tmp_path: Path) -> None:
    """Its process id and its url; the lock of a killed process is free."""
    path = tmp_path / "data" / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(path)],
        cwd=Path(__file__).parents[4],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "locked\n"
        with pytest.raises(DataFolderLocked, match=rf"process {owner.pid}, .*http://127.0.0.1:8765"):
            FolderLock(path).acquire()
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    with FolderLock(path):
        pass


def test_the_lock_also_excludes_the_same_process(tmp_path: Path) -> None:
    """Two services of one process can't share a folder."""
    with FolderLock(tmp_path / "lock"), pytest.raises(DataFolderLocked):
        FolderLock(tmp_path / "lock").acquire()


def test_a_released_lock_is_free(tmp_path: Path) -> None:
    """To release twice is no error; a lock that was refused can be acquired then."""
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    first.acquire()
    with pytest.raises(DataFolderLocked):
        second.acquire()
    first.release()
    first.release()
    second.acquire()
    second.release()


def _locked_error(path: Path) -> DataFolderLocked:
    with pytest.raises(DataFolderLocked) as raised:
        FolderLock(path).acquire()
    return raised.value


def test_the_error_has_the_owners_url(tmp_path: Path) -> None:
    """From a file that only its user reads, and that goes with the lock; without a url there is none."""
    path, owner = tmp_path / "lock", tmp_path / "lock.owner"
    lock = FolderLock(path)
    lock.acquire(url="http://127.0.0.1:8765/")
    assert _locked_error(path).url == "http://127.0.0.1:8765/"
    assert owner.stat().st_mode & 0o777 == 0o600
    lock.release()
    assert not owner.exists()
    with FolderLock(path):
        assert _locked_error(path).url is None


def test_an_owner_file_that_others_can_write_is_not_believed(tmp_path: Path) -> None:
    """Nor is a link to another file."""
    path, owner = tmp_path / "lock", tmp_path / "lock.owner"
    lock = FolderLock(path)
    lock.acquire(url="http://127.0.0.1:8765/")
    written = owner.read_text()
    owner.chmod(0o666)
    assert _locked_error(path).url is None
    owner.chmod(0o600)
    owner.rename(tmp_path / "elsewhere")
    owner.symlink_to(tmp_path / "elsewhere")
    assert _locked_error(path).url is None
    owner.unlink()
    owner.touch(0o600)
    owner.write_text(written)
    assert _locked_error(path).url == "http://127.0.0.1:8765/"
    lock.release()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}', "null"])
def test_a_damaged_owner_file_is_ignored(tmp_path: Path, content: str) -> None:
    """The folder is locked all the same; the error says "another process"."""
    with FolderLock(tmp_path / "lock"):
        (tmp_path / "lock.owner").write_text(content)
        with pytest.raises(DataFolderLocked, match="another process"):
            FolderLock(tmp_path / "lock").acquire()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """A file has its name."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        FolderLock(tmp_path / "file" / "lock").acquire()
