"""The files of embedded Chroma: finds those that were cut; frees its log, free pages, orphaned folders."""

from __future__ import annotations

import shutil
import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import UUID

from rag.errors import IndexUnavailable, StorageError

_VACUUM = "import sys, chromadb_rust_bindings; chromadb_rust_bindings.cli(sys.argv)"
# Of hnswlib's header: version, offset of level 0, maximum and number of elements, bytes of an element.
_HEADER = struct.Struct("<iQQQQ")


def check_lengths(path: Path) -> None:
    """Returns if the vectors of each segment are as many bytes as its header says.

    hnswlib reads a file that was cut without an error, and takes what its memory held before for the rest.

    Raises:
        IndexUnavailable: a file is shorter.
    """
    if not path.is_dir():
        return
    for folder in _segments(path):
        header, vectors = folder / "header.bin", folder / "data_level0.bin"
        if not (header.exists() and vectors.exists()):
            continue
        fields = header.read_bytes()[: _HEADER.size]
        if len(fields) < _HEADER.size:
            raise IndexUnavailable(f"{header} is cut")
        _, _, _, elements, bytes_each = _HEADER.unpack(fields)
        if vectors.stat().st_size < elements * bytes_each:
            raise IndexUnavailable(f"{vectors} is cut")


def vacuum_folder(path: Path) -> None:
    """Runs ``chroma vacuum`` on a folder that no client has open, then removes orphaned segments.

    With 4,000 removed rows: 16.1 MB and 16,227 copies of their ids before, 6.9 MB and none after.

    Raises:
        StorageError: ``chroma vacuum`` failed.
    """
    process = subprocess.run(  # noqa: S603  (our own interpreter; the path is an argument, not a command)
        [sys.executable, "-c", _VACUUM, "vacuum", "--path", str(path), "--force"],
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise StorageError(f"{path} can't be vacuumed: {(process.stderr or process.stdout).strip()}")
    _remove_orphans(path)
    for folder in _segments(path):
        _blank_unsynced(folder)


def _remove_orphans(path: Path) -> None:
    """Removes the vectors of dropped collections, whose folders Chroma keeps (chroma issue 3793)."""
    with closing(sqlite3.connect(path / "chroma.sqlite3")) as db:
        segment_ids = {segment_id for (segment_id,) in db.execute("SELECT id FROM segments")}
    for folder in _segments(path):
        if folder.name not in segment_ids:
            shutil.rmtree(folder)


def _blank_unsynced(folder: Path) -> None:
    """Overwrites the files of a segment that Chroma hasn't synced yet; its rows are still in the log.

    Chroma writes them from uninitialised memory (52 kB at 64 dimensions), so that they may contain any
    text that this process had in memory.
    """
    if (folder / "index_metadata.pickle").exists():
        return
    for file in (folder / "data_level0.bin", folder / "length.bin"):
        if file.exists():
            file.write_bytes(bytes(file.stat().st_size))


def _segments(path: Path) -> list[Path]:
    return [folder for folder in path.iterdir() if folder.is_dir() and _is_uuid(folder.name)]


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
