"""The folders of new and old indexes, at each step at which a crash may leave them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.adapters.index_generations import (
    beside,
    remember_model,
    remembered_model,
    remove_unfinished,
    settle,
)

NEW = "a-model:0123:int8:1 sentences.3"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "chroma", tmp_path / "terms"


def write(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "file").write_text(text)


@pytest.mark.parametrize("steps", range(5))
def test_new_indexes_are_put_in_their_place_after_any_crash(folders: tuple[Path, Path], steps: int) -> None:
    """After ``steps`` of: old one removed, new one renamed, for each index."""
    for folder in folders:
        write(folder, "old")
        write(beside(folder, NEW), "new")
    for step in range(steps):
        folder = folders[step // 2]
        if step % 2:
            beside(folder, NEW).rename(folder)
        else:
            (folder / "file").unlink()
            folder.rmdir()
    settle(folders, NEW)
    settle(folders, NEW)
    assert [(folder / "file").read_text() for folder in folders] == ["new", "new"]
    assert len(list(folders[0].parent.iterdir())) == 2


def test_indexes_of_another_fingerprint_stay_where_they_are(folders: tuple[Path, Path]) -> None:
    """They aren't complete, as the catalog doesn't name them; they are removed unless they are wanted."""
    write(folders[0], "old")
    write(beside(folders[0], NEW), "half")
    settle(folders, "the old model's")
    settle(folders, None)
    assert (folders[0] / "file").read_text() == "old"
    remove_unfinished(folders, keep=NEW)
    assert beside(folders[0], NEW).is_dir()
    remove_unfinished(folders)
    assert list(folders[0].parent.iterdir()) == [folders[0]]


def test_the_model_of_the_indexes_is_remembered(tmp_path: Path) -> None:
    """For the fingerprint that it was noted with alone; a damaged note is none."""
    assert remembered_model(tmp_path, NEW) is None
    remember_model(tmp_path, NEW, "/models/mine", "fp32")
    assert remembered_model(tmp_path, NEW) == ("/models/mine", "fp32")
    assert remembered_model(tmp_path, "another") is None
    (tmp_path / "models.json").write_text("{")
    assert remembered_model(tmp_path, NEW) is None
