"""Where a path belongs: the folder that names its documents, and the part of it that is meant."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from rag.ports.catalog import DocumentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A folder whose documents have uris ``label/relative/path``; ``target`` is what to sync of it."""

    folder: Path
    label: str
    target: Path

    def uri(self, path: Path) -> str:
        """A path's uri. Bytes of a file name that are no UTF-8 are written as ``\\xff``."""
        inside = path.relative_to(self.folder).as_posix()
        return _printable(self.label if inside == "." else f"{self.label}/{inside}")

    def path(self, uri: str) -> Path:
        """Where the file of a uri is or was."""
        return self.folder / uri.removeprefix(f"{self.label}/")

    def records(self, records: Iterable[DocumentRecord]) -> list[DocumentRecord]:
        """The records that stand for the target: it itself, or all that is under it."""
        at = self.uri(self.target)
        mine = (record for record in records if record.source == self.source)
        return [record for record in mine if record.uri == at or record.uri.startswith(f"{at}/")]

    @property
    def source(self) -> str:
        return _printable(str(self.folder))


def root_of(path: Path, records: Iterable[DocumentRecord]) -> Root:
    """The root of a file or folder, given what one collection holds already.

    A path inside a folder that was synced before belongs to that folder, so that no document
    comes in twice. A new root is the folder itself, or the folder of a single file; its label is
    its name, or ``name-2`` where another folder of the same name has that.

    Raises:
        FileNotFoundError: the path doesn't exist.
    """
    target = path.resolve(strict=True)
    folder = target if target.is_dir() else target.parent
    owners: dict[str, str] = {}
    for record in records:
        owners.setdefault(record.uri.partition("/")[0], record.source)
    labels = {source: label for label, source in owners.items() if source}
    for known in (folder, *folder.parents):
        if _printable(str(known)) in labels:
            return Root(folder=known, label=labels[_printable(str(known))], target=target)
    free = next(label for label in _labels(folder) if label not in owners)
    return Root(folder=folder, label=free, target=target)


def _labels(folder: Path) -> Iterator[str]:
    name = _printable(folder.name) or "root"
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")
