"""Data folders: their privacy, and questions to one that can't be written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.disks import mounted
from tests.integration.test_damaged_files import run
from tests.integration.test_full_disk import text


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "report-3.md").write_text(text(3), "utf-8")
    return folder


def test_no_other_user_can_read_the_data_folder(tmp_path: Path, files: Path) -> None:
    """Neither it nor a file in it, whatever the umask."""
    data = tmp_path / "new" / "data"
    previous = os.umask(0o022)
    try:
        run(data, "ingest", str(files))
        run(data, "search", "Report 3 weighs")
    finally:
        os.umask(previous)
    paths = [data, *data.rglob("*")]
    assert {"catalog.sqlite3", "jobs.sqlite3", "chroma.sqlite3", "meta.json"} <= {path.name for path in paths}
    assert [path.name for path in paths if path.stat().st_mode & 0o077] == []


def test_a_read_only_folder_answers(tmp_path: Path, files: Path) -> None:
    """From a copy: nothing in it changes."""
    with mounted(tmp_path / "disk", megabytes=60) as disk:
        data = disk.path / "data"
        run(data, "ingest", str(files))
        disk.make_read_only()
        before = sorted((path, path.stat().st_mtime_ns) for path in data.rglob("*"))
        assert "report-3.md" in run(data, "search", "Report 3 weighs").stdout
        assert run(data, "ask", "What weighs 10 grams?").stdout
        assert sorted((path, path.stat().st_mtime_ns) for path in data.rglob("*")) == before
