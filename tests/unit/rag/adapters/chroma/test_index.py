"""Chroma: damaged folders, dimensions, what stays on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.adapters.chroma.index import ChromaIndex
from rag.errors import IndexUnavailable, StorageFull
from tests.contract.test_dense_index import sentence_rows, vectors


def fill(path: Path, rows: int = 1_500) -> None:
    index = ChromaIndex(path)
    index.add("default", sentence_rows("a", "v1", rows), vectors(rows))
    index.close()


def damage_database(path: Path) -> None:
    (path / "chroma.sqlite3").write_bytes(b"no database" * 1_000)


def delete_vectors(path: Path) -> None:
    for folder in filter(Path.is_dir, path.iterdir()):
        shutil.rmtree(folder)


def damage_vectors(path: Path) -> None:
    for file in path.rglob("*.bin"):
        file.write_bytes(b"x" * 50)


@pytest.mark.parametrize("damage", [damage_database, delete_vectors, damage_vectors])
def test_a_damaged_folder_is_detected(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    """On opening, also where Chroma itself counts rows but finds none."""
    path = tmp_path / "chroma"
    fill(path)
    damage(path)
    with pytest.raises(IndexUnavailable):
        ChromaIndex(path)


def test_vacuum_leaves_nothing_of_removed_rows(tmp_path: Path) -> None:
    """No id and no vector is in any file, the files are smaller, other rows are still found."""
    index = ChromaIndex(tmp_path)
    index.add("default", sentence_rows("secret-marker", "v1", 3_000), vectors(3_000))
    index.add("default", sentence_rows("kept", "v1", 30), vectors(30, 1))
    index.remove("default", "secret-marker", "v1")
    size = sum(file.stat().st_size for file in tmp_path.rglob("*"))
    index.vacuum()
    vector = vectors(3_000)[1_234].tobytes()
    for file in filter(Path.is_file, tmp_path.rglob("*")):
        content = file.read_bytes()
        assert b"secret-marker" not in content
        assert vector not in content
    assert sum(file.stat().st_size for file in tmp_path.rglob("*")) < size / 4
    assert index.search("default", vectors(30, 1)[7], 1)[0].score == pytest.approx(1.0, abs=1e-5)
    index.close()


def test_vacuum_overwrites_files_written_from_uninitialised_memory(tmp_path: Path) -> None:
    """Files of vectors that Chroma hasn't synced have contents of memory; the rows don't need them."""
    fill(tmp_path, rows=30)
    file = next(tmp_path.rglob("data_level0.bin"))
    file.write_bytes(b"secret-marker" * (file.stat().st_size // 13 + 1))
    index = ChromaIndex(tmp_path)
    index.vacuum()
    assert b"secret-marker" not in file.read_bytes()
    assert index.search("default", vectors(30)[7], 1)[0].score == pytest.approx(1.0, abs=1e-5)
    index.close()


def test_dropped_collections_leave_no_folder(tmp_path: Path) -> None:
    """Chroma itself keeps their vectors' files for ever."""
    index = ChromaIndex(tmp_path)
    index.add("default", sentence_rows("a", "v1", 1_500), vectors(1_500))
    index.drop("default")
    index.vacuum()
    assert [file.name for file in tmp_path.iterdir()] == ["chroma.sqlite3"]
    index.close()


def test_vectors_of_another_dimension_need_an_empty_collection(tmp_path: Path) -> None:
    """They are refused beside others and accepted after a drop."""
    index = ChromaIndex(tmp_path)
    index.add("default", sentence_rows("a", "v1", 3), vectors(3))
    other = np.eye(3, dtype=np.float32)
    with pytest.raises(IndexUnavailable, match="dimension"):
        index.add("default", sentence_rows("b", "v1", 3), other)
    index.drop("default")
    index.add("default", sentence_rows("b", "v1", 3), other)
    assert index.search("default", other[1], 1)[0].sentence_index == 1
    index.close()


def test_wrong_arguments_are_refused(tmp_path: Path) -> None:
    """Fewer vectors than rows, before anything is written; a path and a url, or neither."""
    index = ChromaIndex(tmp_path)
    with pytest.raises(ValueError, match="as many"):
        index.add("default", sentence_rows("a", "v1", 3), vectors(2))
    assert index.collections() == set()
    index.close()
    for arguments in ({}, {"path": tmp_path, "url": "http://127.0.0.1:1"}):
        with pytest.raises(ValueError, match="a path or a url"):
            ChromaIndex(**arguments)  # type: ignore[arg-type]


def test_more_rows_than_one_batch_of_chroma(tmp_path: Path) -> None:
    """Its largest batch has 5,461 rows; larger calls are split, to add and to remove."""
    index = ChromaIndex(tmp_path)
    many_vectors = np.tile(np.eye(4, dtype=np.float32), (2_000, 1))
    index.add("default", sentence_rows("a", "v1", 8_000), many_vectors)
    assert index.count("default") == 8_000
    index.remove("default", "a", "v1")
    assert index.count("default") == 0
    index.close()


@pytest.mark.parametrize(
    ("message", "free_bytes", "expected"),
    [
        ("error returned from database: (code: 13) database or disk is full", 10**9, StorageFull),
        ("Error executing plan: Internal error", 1_000_000, StorageFull),
        ("Error executing plan: Internal error", 10**9, IndexUnavailable),
    ],
    ids=["message", "no space", "space left"],
)
def test_a_full_disk_is_reported_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: str, free_bytes: int, expected: type[Exception]
) -> None:
    """By the message of Chroma's SQLite, or by free space where the message names only a step."""
    from chromadb.errors import InternalError

    index = ChromaIndex(tmp_path)
    index.add("default", sentence_rows("a", "v1", 3), vectors(3))
    handle = index._handle("default")

    def full(**_: object) -> None:
        raise InternalError(message)

    monkeypatch.setattr(handle, "upsert", full)
    usage = shutil.disk_usage(tmp_path)._replace(free=free_bytes)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(expected):
        index.add("default", sentence_rows("b", "v1", 3), vectors(3))
    assert index.versions("default") == {("a", "v1")}
    index.close()


def test_two_folders_in_one_process_are_independent(tmp_path: Path) -> None:
    """Chroma keeps the systems of a process in one table."""
    first, second = ChromaIndex(tmp_path / "1"), ChromaIndex(tmp_path / "2")
    first.add("default", sentence_rows("a", "v1", 3), vectors(3))
    assert second.collections() == set()
    first.close()
    second.add("default", sentence_rows("b", "v1", 3), vectors(3))
    assert second.versions("default") == {("b", "v1")}
    second.close()
