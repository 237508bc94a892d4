"""A path belongs to one root, and its documents' uris are stable."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.roots import root_of
from rag.ports.catalog import DocumentRecord


def record(uri: str, source: Path | str) -> DocumentRecord:
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
    """Its name is the label, and a path's uri is the label and the relative path."""
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


def test_a_root_keeps_its_label(tmp_path: Path) -> None:
    """A new root of a name that another root or an upload has gets a numbered label."""
    name = tmp_path.name
    records = [record(f"{name}/x", "/elsewhere"), record(f"{name}-2/x", ""), record(f"{name}-3/x", tmp_path)]
    assert root_of(tmp_path, records).label == f"{name}-3"
    assert root_of(tmp_path, records[:2]).label == f"{name}-3"
    assert root_of(tmp_path, records[:1]).label == f"{name}-2"


def test_records_of_a_folder_whose_name_begins_the_same_are_apart(tmp_path: Path) -> None:
    """Those of docs/ab don't belong to docs/a."""
    (tmp_path / "a").mkdir()
    name = tmp_path.name
    records = [record(f"{name}/{rest}", tmp_path) for rest in ("a/x", "ab/x", "a")]
    own = root_of(tmp_path / "a", records).records(records)
    assert [each.uri for each in own] == [f"{name}/a/x", f"{name}/a"]


def test_a_link_and_its_target_are_one_root(tmp_path: Path) -> None:
    """Given as a link, a folder has the same uris."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert root_of(tmp_path / "link", []) == root_of(tmp_path / "real", [])


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """It is an error of its own."""
    with pytest.raises(FileNotFoundError):
        root_of(tmp_path / "nowhere", [])
