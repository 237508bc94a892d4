"""What lies in a folder: files that can be read, and what was left out and why."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path

from ingest import formats
from ingest.ignore import EVERYTHING, Ignored, Patterns, UnreadableIgnoreFile
from ingest.plan import FoundFile
from ingest.report import Failure
from ingest.roots import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Files in the order of their uris; ``skipped`` are uris of files in no supported format or
    behind links that leave the root; ``ignored`` those of files and folders that patterns leave out;
    ``failures`` could not be looked at."""

    files: tuple[FoundFile, ...]
    skipped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


def list_files(root: Root, known: Collection[str] = (), patterns: Patterns = EVERYTHING) -> Listing:
    """Looks through a root's target, hidden files and folders left out.

    A target that is a file is listed whatever its name and the patterns. In a folder, files whose
    uris are ``known`` are listed whatever their name, as they were named once; patterns hold for
    them too. Links to folders are not followed; links to files are, as long as they stay inside the
    root. What can't be judged, as an ignore file above it can't be read, is a failure.
    """
    looking = _Looking(root, Ignored(root.folder, patterns))
    if not root.target.is_dir():
        looking.paths.append(root.target)
    elif not looking.is_left_out(root.target):
        looking.through({path for path in map(root.path, known) if path.is_file()})
    return looking.listing()


@dataclass(slots=True)
class _Looking:
    """One look through a folder."""

    root: Root
    ignored: Ignored
    paths: list[Path] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def is_left_out(self, target: Path) -> bool:
        """Whether the target, a folder inside its root, is left out by what stands above it."""
        if target == self.root.folder:
            return False
        try:
            return self.ignored.leaves_out_with_parents(target, is_folder=True)
        except UnreadableIgnoreFile as error:
            self._fail(target, error)
            return True

    def through(self, named: set[Path]) -> None:
        for path in sorted(named):
            self._judge(path, wanted=True, with_parents=True)
        for parent, folders, names in os.walk(self.root.target, onerror=self._note):
            at = Path(parent)
            try:
                self.ignored.load(at)
            except UnreadableIgnoreFile as error:
                self._fail(at, error)
                folders.clear()
                continue
            folders[:] = sorted(name for name in folders if self._enters(at / name))
            for name in sorted(names):
                if not name.startswith(".") and at / name not in named:
                    self._judge(at / name, wanted=_is_wanted(self.root, at / name))

    def listing(self) -> Listing:
        files = sorted(self._found(), key=lambda file: file.uri)
        return Listing(
            files=tuple(files),
            skipped=tuple(sorted(self.skipped)),
            ignored=tuple(sorted(self.left_out)),
            failures=tuple(self.failures),
        )

    def _judge(self, path: Path, *, wanted: bool, with_parents: bool = False) -> None:
        judge = self.ignored.leaves_out_with_parents if with_parents else self.ignored.leaves_out
        try:
            out = judge(path)
        except UnreadableIgnoreFile as error:
            self._fail(path, error)
            return
        if out:
            self.left_out.append(self.root.uri(path))
        elif wanted:
            self.paths.append(path)
        else:
            self.skipped.append(self.root.uri(path))

    def _enters(self, folder: Path) -> bool:
        if folder.name.startswith("."):
            return False
        out = self.ignored.leaves_out(folder, is_folder=True)
        if out:
            self.left_out.append(f"{self.root.uri(folder)}/")
        return not out

    def _found(self) -> Iterator[FoundFile]:
        for path in self.paths:
            try:
                yield _hashed(self.root, path)
            except OSError as error:
                self._fail(path, error)

    def _note(self, error: OSError) -> None:
        self._fail(Path(error.filename), error)

    def _fail(self, path: Path, error: OSError) -> None:
        at = error.filename or path
        reason = f"{at} can't be read: {error.strerror or error}"
        self.failures.append(Failure(uri=self.root.uri(path), reason=reason))


def _is_wanted(root: Root, path: Path) -> bool:
    if not path.suffix or not formats.is_supported(path.name) or not path.is_file():
        return False
    return not path.is_symlink() or path.resolve().is_relative_to(root.folder)


def _hashed(root: Root, path: Path) -> FoundFile:
    """The file with the hash of its bytes: dates and sizes lie, so that nothing else is asked."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        size = os.fstat(file.fileno()).st_size
    return FoundFile(uri=root.uri(path), path=str(path), size=size, sha256=digest)
