"""Chroma's own ways: damaged folders, dimensions, what stays on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.adapters.chroma.index import ChromaIndex
from rag.adapters.index_folders import open_or_renew
from rag.errors import IndexUnavailable, StorageFull
from tests.contract.test_dense_index import units, vectors


def filled(path: Path, rows: int = 1_500) -> None:
    index = ChromaIndex(path)
    index.add("default", units("a", "v1", rows), vectors(rows))
    index.close()


def no_database(path: Path) -> None:
    (path / "chroma.sqlite3").write_bytes(b"no database" * 1_000)


def no_vectors(path: Path) -> None:
    for folder in filter(Path.is_dir, path.iterdir()):
        shutil.rmtree(folder)


def broken_vectors(path: Path) -> None:
    for file in path.rglob("*.bin"):
        file.write_bytes(b"x" * 50)


@pytest.mark.parametrize("damage", [no_database, no_vectors, broken_vectors])
def test_a_damaged_folder_is_noticed_and_made_anew(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    """On opening, also where Chroma itself would count rows and find none; then it works again."""
    path = tmp_path / "chroma"
    filled(path)
    damage(path)
    with pytest.raises(IndexUnavailable):
        ChromaIndex(path)
    index = open_or_renew(ChromaIndex, path)
    assert index.count("default") == 0
    index.add("default", units("a", "v1", 3), vectors(3))
    assert len(index.search("default", vectors(1)[0], 3)) == 3
    index.close()


def test_a_place_that_cannot_be_used_is_not_made_anew(tmp_path: Path) -> None:
    """A file where the folder should be stays."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(IndexUnavailable):
        open_or_renew(ChromaIndex, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_vacuum_leaves_nothing_of_removed_rows(tmp_path: Path) -> None:
    """No id and no vector in any file, space given back, the rest still found."""
    index = ChromaIndex(tmp_path)
    index.add("default", units("secret-marker", "v1", 3_000), vectors(3_000))
    index.add("default", units("kept", "v1", 30), vectors(30, 1))
    index.remove("default", "secret-marker", "v1")
    before = sum(file.stat().st_size for file in tmp_path.rglob("*"))
    index.vacuum()
    vector = vectors(3_000)[1_234].tobytes()
    for file in filter(Path.is_file, tmp_path.rglob("*")):
        content = file.read_bytes()
        assert b"secret-marker" not in content
        assert vector not in content
    assert sum(file.stat().st_size for file in tmp_path.rglob("*")) < before / 4
    assert index.search("default", vectors(30, 1)[7], 1)[0].score == pytest.approx(1.0, abs=1e-5)
    index.close()


def test_vacuum_blanks_what_chroma_took_from_memory(tmp_path: Path) -> None:
    """Files of vectors not yet synced hold leftovers of the process; the rows don't need them."""
    filled(tmp_path, rows=30)
    file = next(tmp_path.rglob("data_level0.bin"))
    file.write_bytes(b"secret-marker" * (file.stat().st_size // 13 + 1))
    index = ChromaIndex(tmp_path)
    index.vacuum()
    assert b"secret-marker" not in file.read_bytes()
    assert index.search("default", vectors(30)[7], 1)[0].score == pytest.approx(1.0, abs=1e-5)
    index.close()


def test_dropped_collections_leave_no_folder(tmp_path: Path) -> None:
    """Chroma would keep their vectors' files for ever."""
    index = ChromaIndex(tmp_path)
    index.add("default", units("a", "v1", 1_500), vectors(1_500))
    index.drop("default")
    index.vacuum()
    assert [file.name for file in tmp_path.iterdir()] == ["chroma.sqlite3"]
    index.close()


def test_another_dimension_needs_a_dropped_collection(tmp_path: Path) -> None:
    """Vectors of two embedders don't mix; after dropping, the new ones are taken."""
    index = ChromaIndex(tmp_path)
    index.add("default", units("a", "v1", 3), vectors(3))
    other = np.eye(3, dtype=np.float32)
    with pytest.raises(IndexUnavailable, match="dimension"):
        index.add("default", units("b", "v1", 3), other)
    index.drop("default")
    index.add("default", units("b", "v1", 3), other)
    assert index.search("default", other[1], 1)[0].sentence_index == 1
    index.close()


def test_as_many_vectors_as_units(tmp_path: Path) -> None:
    """A mistake of the caller is named before anything is written; a path or a url, not both."""
    index = ChromaIndex(tmp_path)
    with pytest.raises(ValueError, match="as many"):
        index.add("default", units("a", "v1", 3), vectors(2))
    assert index.collections() == set()
    index.close()
    for arguments in ({}, {"path": tmp_path, "url": "http://127.0.0.1:1"}):
        with pytest.raises(ValueError, match="a path or a url"):
            ChromaIndex(**arguments)  # type: ignore[arg-type]


def test_more_rows_than_chroma_takes_at_once(tmp_path: Path) -> None:
    """Its largest batch is 5,461; ours are cut to fit, in adding and in removing."""
    index = ChromaIndex(tmp_path)
    small = np.tile(np.eye(4, dtype=np.float32), (2_000, 1))
    index.add("default", units("a", "v1", 8_000), small)
    assert index.count("default") == 8_000
    index.remove("default", "a", "v1")
    assert index.count("default") == 0
    index.close()


@pytest.mark.parametrize(
    ("said", "free", "raised"),
    [
        ("error returned from database: (code: 13) database or disk is full", 10**9, StorageFull),
        ("Error executing plan: Internal error", 1_000_000, StorageFull),
        ("Error executing plan: Internal error", 10**9, IndexUnavailable),
    ],
    ids=["said", "unsaid", "room"],
)
def test_a_full_disk_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, free: int, raised: type[Exception]
) -> None:
    """By Chroma's error, as its SQLite gives it, or by the folder's disk where that names only a step."""
    from chromadb.errors import InternalError

    index = ChromaIndex(tmp_path)
    index.add("default", units("a", "v1", 3), vectors(3))
    handle = index._handle("default")

    def full(**_: object) -> None:
        raise InternalError(said)

    monkeypatch.setattr(handle, "upsert", full)
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(raised):
        index.add("default", units("b", "v1", 3), vectors(3))
    assert index.versions("default") == {("a", "v1")}
    index.close()


def test_two_folders_in_one_process_do_not_mix(tmp_path: Path) -> None:
    """Though Chroma keeps its systems in one shared table."""
    first, second = ChromaIndex(tmp_path / "1"), ChromaIndex(tmp_path / "2")
    first.add("default", units("a", "v1", 3), vectors(3))
    assert second.collections() == set()
    first.close()
    second.add("default", units("b", "v1", 3), vectors(3))
    assert second.versions("default") == {("b", "v1")}
    second.close()
