"""Files are left out of a folder by ignore files and by patterns."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.ignore import EVERYTHING, IGNORE_FILE, IgnoreRules, Patterns
from ingest.listing import list_files
from ingest.roots import root_of
from ingest.sources.contract import Listing
from rag.errors import InvalidSettings


def files(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"This is {name}.")


def listed(
    target: Path, folder: Path, patterns: Patterns = EVERYTHING, known: tuple[str, ...] = ()
) -> Listing:
    root = root_of(folder, [])
    return list_files(type(root)(folder=root.folder, label="n", target=target.resolve()), known, patterns)


def names(listing: Listing) -> list[str]:
    return [file.uri.removeprefix("n/") for file in listing.files]


def test_deeper_ignore_files_override_outer_ones(tmp_path: Path) -> None:
    """As with .gitignore: anchored, by folder, negated, and relative to the file's own folder."""
    files(
        tmp_path, "a.md", "draft.md", "x/draft.md", "x/keep.md", "x/y/draft.md", "build/a.md", "x/build/b.md"
    )
    (tmp_path / IGNORE_FILE).write_text("# comment\ndraft.md\n/build/\n")
    (tmp_path / "x" / IGNORE_FILE).write_text("!/draft.md\nkeep.md\n")
    listing = listed(tmp_path, tmp_path)
    assert names(listing) == ["a.md", "x/build/b.md", "x/draft.md"]
    assert listing.ignored == ("n/build/", "n/draft.md", "n/x/keep.md", "n/x/y/draft.md")


def test_nothing_under_an_ignored_folder_is_listed(tmp_path: Path) -> None:
    """Not by a deeper ignore file, nor as a known file, nor with a folder inside it as the target."""
    files(tmp_path, "a.md", "old/b.md", "old/in/c.md")
    (tmp_path / IGNORE_FILE).write_text("old/\n")
    (tmp_path / "old" / IGNORE_FILE).write_text("!b.md\n")
    assert names(listed(tmp_path, tmp_path, known=("n/old/b.md",))) == ["a.md"]
    assert names(listed(tmp_path / "old" / "in", tmp_path)) == []


def test_a_file_that_is_the_target_is_listed(tmp_path: Path) -> None:
    """Whatever the patterns."""
    files(tmp_path, "draft.md")
    (tmp_path / IGNORE_FILE).write_text("draft.md\n")
    assert names(listed(tmp_path / "draft.md", tmp_path)) == ["draft.md"]


def test_patterns_of_a_run(tmp_path: Path) -> None:
    """A file must match an included pattern and no excluded one, whatever ignore files say."""
    files(tmp_path, "a.md", "b.txt", "x/c.md", "x/d.md")
    (tmp_path / IGNORE_FILE).write_text("!d.md\n")
    assert names(listed(tmp_path, tmp_path, Patterns(include=("*.md",)))) == ["a.md", "x/c.md", "x/d.md"]
    assert names(listed(tmp_path, tmp_path, Patterns(exclude=("x/",)))) == ["a.md", "b.txt"]
    both = Patterns(include=("x/",), exclude=("d.md",))
    assert names(listed(tmp_path, tmp_path, both)) == ["x/c.md"]


def test_an_invalid_pattern_is_refused() -> None:
    """As an invalid setting."""
    with pytest.raises(InvalidSettings, match="pattern"):
        Patterns(exclude=("!",))


@pytest.mark.parametrize("content", [b"!\n", b"\xff\xfe\x00"])
def test_an_ignore_file_that_cannot_be_read_fails_its_folder(tmp_path: Path, content: bytes) -> None:
    """One failure for all under it, and the rest is listed."""
    files(tmp_path, "a.md", "x/b.md", "x/y/c.md")
    (tmp_path / "x" / IGNORE_FILE).write_bytes(content)
    listing = listed(tmp_path, tmp_path)
    assert names(listing) == ["a.md"]
    assert [failure.uri for failure in listing.failures] == ["n/x"]
    assert IGNORE_FILE in listing.failures[0].reason


def test_a_pattern_that_ends_in_a_slash_is_for_folders(tmp_path: Path) -> None:
    """A file of that name is not ignored."""
    rules = IgnoreRules(tmp_path, Patterns(exclude=("log/",)))
    assert rules.ignores(tmp_path / "log", is_folder=True)
    assert not rules.ignores(tmp_path / "log")
