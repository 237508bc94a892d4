"""Git repositories: tracked files of a working tree, files of a commit, bare or not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, cast

import pytest

from ingest.prepare import Preparer
from ingest.report import Report
from ingest.sources import git
from ingest.sources.places import Place, Revision
from ingest.split import PassageSplitter
from ingest.sync import sync
from rag.ports.catalog import Catalog
from tests.fakes.memory_library import MemoryLibrary

IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@b.example",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@b.example",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


def run_git(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, **IDENTITY}
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env=environment)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """repo/: a.md and docs/b.md committed, c.md not added, build/ ignored by git, a hidden file."""
    root = tmp_path / "repo"
    (root / "docs").mkdir(parents=True)
    (root / "build").mkdir()
    (root / "a.md").write_text("# A\n\nAnna leads the team.")
    (root / "docs" / "b.md").write_text("# B\n\nBob left in May.")
    (root / ".hidden.md").write_text("hidden")
    (root / ".gitignore").write_text("build/\n")
    (root / "logo.gif").write_bytes(b"GIF89a")
    run_git(root, "init", "-q", "-b", "main")
    run_git(root, "add", ".")
    run_git(root, "commit", "-qm", "first")
    (root / "build" / "out.md").write_text("# Built\n\nNot to be found.")
    (root / "c.md").write_text("# C\n\nCarl is a draft.")
    return root


def ingest(library: MemoryLibrary, *places: Place) -> Report:
    preparer = Preparer(splitter=PassageSplitter())
    return sync(library, cast(Catalog, library), preparer, places)


def texts(library: MemoryLibrary) -> dict[str, str]:
    return {c.document.uri: c.document.text.split("\n")[-1] for c in library.changes.values()}


def test_of_a_working_tree_the_tracked_files_are_read(repository: Path) -> None:
    """As they are on the disk; what git doesn't know isn't read."""
    library = MemoryLibrary()
    (repository / "a.md").write_text("# A\n\nEve leads the team.")
    report = ingest(library, repository)
    assert texts(library) == {"repo/a.md": "Eve leads the team.", "repo/docs/b.md": "Bob left in May."}
    assert report.ignored == ("repo/build/", "repo/c.md")
    run_git(repository, "add", "c.md")
    assert ingest(library, repository).added == ("repo/c.md",)
    run_git(repository, "rm", "-q", "--cached", "a.md")
    assert ingest(library, repository / "docs").unchanged == ("repo/docs/b.md",)
    assert ingest(library, repository).removed == ("repo/a.md",)


def test_a_folder_that_is_no_repository_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor one whose .git is empty, nor where git isn't installed."""
    (tmp_path / "notes" / ".git").mkdir(parents=True)
    (tmp_path / "notes" / "a.md").write_text("Anna leads.")
    assert ingest(MemoryLibrary(), tmp_path / "notes").added == ("notes/a.md",)
    (tmp_path / "notes" / ".git" / "HEAD").write_text("ref: refs/heads/main")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ingest(MemoryLibrary(), tmp_path / "notes").added == ("notes/a.md",)


def test_a_commit_is_read_without_its_working_tree(repository: Path) -> None:
    """HEAD, a tag or a branch; between these and the working tree nothing is written anew."""
    library = MemoryLibrary()
    ingest(library, repository)
    run_git(repository, "tag", "v1")
    (repository / "a.md").write_text("# A\n\nEve leads the team.")
    run_git(repository, "commit", "-qam", "second")
    (repository / "a.md").unlink()
    report = ingest(library, Revision(path=repository))
    assert (report.changed, report.unchanged) == (("repo/a.md",), ("repo/docs/b.md",))
    assert ingest(library, Revision(path=repository, revision="v1")).changed == ("repo/a.md",)
    assert texts(library)["repo/a.md"] == "Anna leads the team."


def test_a_bare_repository_is_read(repository: Path) -> None:
    """As of HEAD, with its ignore files; links, pointers and large files are left out."""
    (repository / ".saywhereignore").write_text("docs/\n")
    (repository / "link.md").symlink_to("a.md")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    (repository / "large.md").write_text(pointer)
    (repository / "blank.md").write_text(" \n")
    run_git(repository, "add", ".")
    run_git(repository, "commit", "-qm", "second")
    run_git(repository.parent, "clone", "-q", "--bare", "repo", "store.git")
    library = MemoryLibrary()
    report = ingest(library, repository.parent / "store.git")
    assert texts(library) == {
        "store.git/a.md": "Anna leads the team.",
        "store.git/c.md": "Carl is a draft.",
    }
    assert report.skipped == ("store.git/large.md", "store.git/link.md", "store.git/logo.gif")
    assert (report.empty, report.ignored) == (("store.git/blank.md",), ("store.git/docs/b.md",))
    again = ingest(library, repository.parent / "store.git")
    assert (len(again.unchanged), len(library.writes)) == (2, 1)


@pytest.mark.parametrize("revision", ["nothing", "--help", "-x", ""])
def test_an_unknown_commit_changes_nothing(repository: Path, revision: str) -> None:
    """It is named; nor is it taken for an option."""
    library = MemoryLibrary()
    ingest(library, repository)
    report = ingest(library, Revision(path=repository, revision=revision))
    assert len(report.failed) == 1
    assert set(texts(library)) == {"repo/a.md", "repo/docs/b.md"}
    assert "not the top folder" in ingest(library, Revision(path=repository / "docs")).failed[0].reason


def test_a_repository_s_own_programs_are_not_run(repository: Path, tmp_path: Path) -> None:
    """Its configuration may name a file-system monitor, hooks and filters."""
    mark = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    run_git(repository, "config", "core.fsmonitor", str(program))
    run_git(repository, "config", "filter.x.smudge", str(program))
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "attributes").write_text("* filter=x\n")
    library = MemoryLibrary()
    ingest(library, repository)
    ingest(library, Revision(path=repository))
    assert not mark.exists()
    assert len(texts(library)) == 2


def test_a_damaged_repository_loses_nothing(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit whose files are missing is a failure as a whole."""
    library = MemoryLibrary()
    ingest(library, Revision(path=repository))
    for path in (repository / ".git" / "objects").glob("??/*"):
        path.unlink()
    report = ingest(library, Revision(path=repository))
    assert len(report.failed) == 1
    assert len(texts(library)) == 2
    monkeypatch.setattr(git, "_run", cast(Any, None))  # a folder that is no repository asks git nothing
    assert git.tracked_files(repository / "docs") is None
