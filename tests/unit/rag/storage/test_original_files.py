"""The folder of kept files: each once by its bytes, whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from rag.errors import StorageError, StorageFull
from rag.ports.catalog import Original
from rag.storage.original_files import OriginalFiles

PAGE = Original.of(b"<p>We open at nine.</p>", "hours/index.html", "text/html")


@pytest.fixture
def files(tmp_path: Path) -> OriginalFiles:
    return OriginalFiles(tmp_path / "originals", max_bytes=1_000)


def test_a_file_is_read_as_it_was_kept(files: OriginalFiles, tmp_path: Path) -> None:
    """Under the hash of its bytes, for its owner alone; its name is without folders."""
    files.put(PAGE)
    assert files.read(PAGE.record.sha256) == PAGE.data
    [path] = (tmp_path / "originals").iterdir()
    assert path.name == PAGE.record.sha256
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert PAGE.record.name == "index.html"


def test_the_same_bytes_are_one_file(files: OriginalFiles, tmp_path: Path) -> None:
    """Whatever it is called."""
    files.put(PAGE)
    files.put(Original.of(PAGE.data, "copy.html", "text/html"))
    assert len(list((tmp_path / "originals").iterdir())) == 1


def test_what_is_not_kept_is_none(files: OriginalFiles) -> None:
    """Before the folder exists, and after the removal; removing twice is no error."""
    assert files.read(PAGE.record.sha256) is None
    files.put(PAGE)
    files.remove([PAGE.record.sha256, PAGE.record.sha256])
    assert files.read(PAGE.record.sha256) is None


def test_files_that_nothing_names_are_removed(files: OriginalFiles, tmp_path: Path) -> None:
    """Those of a write that was cut off too, whole or half written."""
    other = Original.of(b"other", "b.txt", "text/plain")
    files.put(PAGE)
    files.put(other)
    (tmp_path / "originals" / f"{'0' * 64}.part").write_bytes(b"half")
    assert files.keep_only({PAGE.record.sha256}) == 2
    assert [path.name for path in (tmp_path / "originals").iterdir()] == [PAGE.record.sha256]


@pytest.mark.parametrize("name", ["../catalog.sqlite3", "", "x" * 64, "A" * 64, f"{'0' * 64}/.."])
def test_only_hashes_are_names(files: OriginalFiles, name: str) -> None:
    """No other path is read or removed."""
    with pytest.raises(ValueError, match="no sha256"):
        files.read(name)
    with pytest.raises(ValueError, match="no sha256"):
        files.remove([name])


@pytest.mark.parametrize(
    ("number", "error"), [(errno.ENOSPC, StorageFull), (errno.EIO, StorageError)], ids=["full", "broken"]
)
def test_a_file_that_cannot_be_written_leaves_nothing(
    files: OriginalFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    """Neither under its name nor half; the error says which it is."""

    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(error):
        files.put(PAGE)
    assert list((tmp_path / "originals").iterdir()) == []
