"""What lies in a folder: files that can be read, and what was left out and why."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from ingest import formats
from ingest.plan import FoundFile
from ingest.report import Failure
from ingest.roots import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Files in the order of their uris; ``skipped`` are uris of files in no supported format or
    behind links that leave the root; ``failures`` could not be looked at."""

    files: tuple[FoundFile, ...]
    skipped: tuple[str, ...]
    failures: tuple[Failure, ...]


def list_files(root: Root, known: Collection[str] = ()) -> Listing:
    """Looks through a root's target, hidden files and folders left out.

    A target that is a file is listed whatever its name, as are files whose uris are ``known``: they
    were named once, and are not gone. Links to folders are not followed; links to files are, as
    long as they stay inside the root.
    """
    if not root.target.is_dir():
        return _listing(root, [root.target], [], [])
    named = {path for path in map(root.path, known) if path.is_file()}
    paths = sorted(named)
    skipped: list[str] = []
    failures: list[Failure] = []

    def note(error: OSError) -> None:
        failures.append(_failure(root, Path(error.filename), error))

    for parent, folders, names in os.walk(root.target, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in _visible(Path(parent), names):
            if path in named:
                continue
            if _is_wanted(root, path):
                paths.append(path)
            else:
                skipped.append(root.uri(path))
    return _listing(root, paths, skipped, failures)


def _visible(parent: Path, names: list[str]) -> Iterator[Path]:
    return (parent / name for name in sorted(names) if not name.startswith("."))


def _is_wanted(root: Root, path: Path) -> bool:
    if not path.suffix or not formats.is_supported(path.name) or not path.is_file():
        return False
    return not path.is_symlink() or path.resolve().is_relative_to(root.folder)


def _listing(root: Root, paths: list[Path], skipped: list[str], failures: list[Failure]) -> Listing:
    files: list[FoundFile] = []
    for path in paths:
        try:
            files.append(_found(root, path))
        except OSError as error:
            failures.append(_failure(root, path, error))
    files.sort(key=lambda file: file.uri)
    return Listing(files=tuple(files), skipped=tuple(sorted(skipped)), failures=tuple(failures))


def _found(root: Root, path: Path) -> FoundFile:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        size = os.fstat(file.fileno()).st_size
    return FoundFile(uri=root.uri(path), path=str(path), size=size, sha256=digest)


def _failure(root: Root, path: Path, error: OSError) -> Failure:
    return Failure(uri=root.uri(path), reason=f"{path} can't be read: {error.strerror or error}")
