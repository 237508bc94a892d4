"""Lists a folder: the files to ingest, and those that are skipped, ignored or unreadable."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path, PurePath

from ingest import formats
from ingest.ignore import EVERYTHING, IgnoreRules, Patterns, UnreadableIgnoreFile
from ingest.plan import ListedFile
from ingest.report import Failure
from ingest.roots import Root
from ingest.sources.contract import Listing

_MAX_BLANK_BYTES = 4_096


def list_files(
    root: Root,
    known: Collection[str] = (),
    patterns: Patterns = EVERYTHING,
    *,
    tracked: AbstractSet[str] | None = None,
) -> Listing:
    """Lists the files of a root's target, without hidden files and folders.

    A target that is a file is listed whatever its name and the patterns. In a folder, files with ``known``
    uris are listed whatever their name, unless patterns leave them out. Links to folders are not followed;
    links to files are, if they stay inside the root. What an unreadable ignore file applies to is a failure.

    Args:
        known: uris that the collection has; such a file may have been ingested by its own path.
        tracked: paths relative to the root's folder; in a folder only these are listed. None: all.
    """
    lister = _Lister(root, IgnoreRules(root.folder, patterns), frozenset(known), tracked)
    if not root.target.is_dir():
        lister.paths.append(root.target)
    elif not lister.is_left_out(root.target):
        lister.walk({path for path in map(root.path, known) if path.is_file()})
    return lister.listing()


@dataclass(slots=True)
class _Lister:
    """Walks one folder and collects its files by outcome."""

    root: Root
    rules: IgnoreRules
    known: frozenset[str] = frozenset()
    tracked: AbstractSet[str] | None = None
    paths: list[Path] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    _tracked_folders: set[str] = field(default_factory=set)

    def is_left_out(self, target: Path) -> bool:
        """Whether the target, a folder inside its root, is left out by the ignore files above it."""
        if target == self.root.folder:
            return False
        try:
            return self.rules.ignores_with_parents(target, is_folder=True)
        except UnreadableIgnoreFile as error:
            self._fail(target, error)
            return True

    def walk(self, known: set[Path]) -> None:
        """Collects the target's files; those of ``known`` paths whatever their name."""
        for path in sorted(known):
            self._collect(path, supported=True, with_parents=True)
        for parent, folders, names in os.walk(self.root.target, onerror=self._fail_folder):
            folder = Path(parent)
            try:
                self.rules.load(folder)
            except UnreadableIgnoreFile as error:
                self._fail(folder, error)
                folders.clear()
                continue
            folders[:] = sorted(name for name in folders if self._enters(folder / name))
            for name in sorted(names):
                path = folder / name
                if not name.startswith(".") and path not in known:
                    self._collect(path, supported=_is_supported(self.root, path))

    def listing(self) -> Listing:
        files = sorted(self._hash_files(), key=lambda file: file.uri)
        return Listing(
            files=tuple(files),
            skipped=tuple(sorted(self.skipped)),
            empty=tuple(sorted(self.empty)),
            ignored=tuple(sorted(self.ignored)),
            failures=tuple(self.failures),
        )

    def _collect(self, path: Path, *, supported: bool, with_parents: bool = False) -> None:
        if self.tracked is not None and path.relative_to(self.root.folder).as_posix() not in self.tracked:
            self.ignored.append(self.root.uri(path))
            return
        ignores = self.rules.ignores_with_parents if with_parents else self.rules.ignores
        try:
            is_ignored = ignores(path)
        except UnreadableIgnoreFile as error:
            self._fail(path, error)
            return
        if is_ignored:
            self.ignored.append(self.root.uri(path))
        elif supported:
            self.paths.append(path)
        else:
            self.skipped.append(self.root.uri(path))

    def _enters(self, folder: Path) -> bool:
        if folder.name.startswith("."):
            return False
        is_ignored = not self._has_tracked(folder) or self.rules.ignores(folder, is_folder=True)
        if is_ignored:
            self.ignored.append(f"{self.root.uri(folder)}/")
        return not is_ignored

    def _has_tracked(self, folder: Path) -> bool:
        if self.tracked is None:
            return True
        if not self._tracked_folders:
            self._tracked_folders = {
                str(parent) for path in self.tracked for parent in PurePath(path).parents
            }
        return folder.relative_to(self.root.folder).as_posix() in self._tracked_folders

    def _hash_files(self) -> Iterator[ListedFile]:
        for path in self.paths:
            try:
                file = _hash_file(self.root, path)
                # A document that has become empty is a failure, as it would go on answering.
                if file.uri not in self.known and _is_empty(path, file.size):
                    self.empty.append(file.uri)
                else:
                    yield file
            except OSError as error:
                self._fail(path, error)

    def _fail_folder(self, error: OSError) -> None:
        self._fail(Path(error.filename), error)

    def _fail(self, path: Path, error: OSError) -> None:
        reason = f"{error.filename or path} can't be read: {error.strerror or error}"
        self.failures.append(Failure(uri=self.root.uri(path), reason=reason))


def _is_supported(root: Root, path: Path) -> bool:
    """Whether this is a file of a supported format or of text, and no link that leaves the root."""
    if not path.is_file() or (path.is_symlink() and not path.resolve().is_relative_to(root.folder)):
        return False
    if path.suffix and formats.is_supported(path.name):
        return True
    try:
        with path.open("rb") as file:
            return formats.is_supported(path.name, file.read(formats.HEAD_BYTES) or b"\0")
    except OSError:
        return False


def _is_empty(path: Path, size: int) -> bool:
    """Whether a file has nothing but white space. A longer one is read as a document, and fails then."""
    return not size or (size <= _MAX_BLANK_BYTES and not path.read_bytes().strip())


def _hash_file(root: Root, path: Path) -> ListedFile:
    """The file with the hash of its bytes; dates are not compared, as copies and restores change them."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        size = os.fstat(file.fileno()).st_size
    return ListedFile(uri=root.uri(path), key=str(path), size=size, fingerprint=digest)
