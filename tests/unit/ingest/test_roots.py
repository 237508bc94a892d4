"""A path belongs to one root, and its documents' names are stable."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.roots import root_of
from rag.ports.catalog import DocumentRecord


def held(uri: str, source: Path | str) -> DocumentRecord:
    return DocumentRecord(
        id=uri,
        collection="default",
        uri=uri,
        title="",
        media_type="",
        version="",
        characters=0,
        passages=0,
        updated_at="",
        source=str(source),
    )


def test_a_folder_is_its_own_root(tmp_path: Path) -> None:
    """Its name is the label, and a path's uri is the label and the way to it."""
    root = root_of(tmp_path, [])
    assert (root.folder, root.label) == (tmp_path, tmp_path.name)
    assert root.uri(tmp_path / "a" / "b.md") == f"{tmp_path.name}/a/b.md"
    assert root.path(f"{tmp_path.name}/a/b.md") == tmp_path / "a" / "b.md"


def test_a_file_s_root_is_its_folder(tmp_path: Path) -> None:
    """So that the file and its folder, synced later, agree on the uri."""
    file = tmp_path / "a.md"
    file.touch()
    root = root_of(file, [])
    assert (root.folder, root.target) == (tmp_path, file)


def test_a_label_is_kept_whatever_else_came_since(tmp_path: Path) -> None:
    """A root that is known keeps its label; a new one of the same name, or an upload's, yields."""
    name = tmp_path.name
    records = [held(f"{name}/x", "/elsewhere"), held(f"{name}-2/x", ""), held(f"{name}-3/x", tmp_path)]
    assert root_of(tmp_path, records).label == f"{name}-3"
    assert root_of(tmp_path, records[:2]).label == f"{name}-3"
    assert root_of(tmp_path, records[:1]).label == f"{name}-2"


def test_a_like_named_folder_s_records_are_not_taken(tmp_path: Path) -> None:
    """docs/a doesn't stand for docs/ab."""
    (tmp_path / "a").mkdir()
    name = tmp_path.name
    records = [held(f"{name}/{rest}", tmp_path) for rest in ("a/x", "ab/x", "a")]
    found = root_of(tmp_path / "a", records).records(records)
    assert [record.uri for record in found] == [f"{name}/a/x", f"{name}/a"]


def test_a_link_and_its_target_are_one_root(tmp_path: Path) -> None:
    """Named through a link, a folder's documents have the same uris."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert root_of(tmp_path / "link", []) == root_of(tmp_path / "real", [])


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Nothing is guessed about it."""
    with pytest.raises(FileNotFoundError):
        root_of(tmp_path / "nowhere", [])
