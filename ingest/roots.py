"""The root of a path: the folder that its documents' uris begin with, and the part of it to sync."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from rag.ports.catalog import DocumentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A folder whose documents have uris ``label/relative/path``; ``target`` is the part to sync."""

    folder: Path
    label: str
    target: Path

    def uri(self, path: Path) -> str:
        """The uri of a path in the folder. Bytes of its name that are no UTF-8 are written as ``\\xff``."""
        relative = path.relative_to(self.folder).as_posix()
        return _printable(self.label if relative == "." else f"{self.label}/{relative}")

    def path(self, uri: str) -> Path:
        """The path of a uri's file, whether it exists or not."""
        return self.folder / uri.removeprefix(f"{self.label}/")

    def records(self, records: Iterable[DocumentRecord]) -> list[DocumentRecord]:
        """The records of the target: its own, or all under it."""
        target = self.uri(self.target)
        own = (record for record in records if record.source == self.source)
        return [record for record in own if record.uri == target or record.uri.startswith(f"{target}/")]

    @property
    def source(self) -> str:
        """The folder as documents' records name it."""
        return _printable(str(self.folder))


def root_of(path: Path, records: Iterable[DocumentRecord]) -> Root:
    """The root of a file or folder, given the records of one collection.

    A path inside a folder that is a root already belongs to that root, so that no document is ingested
    twice. A new root is the folder itself, or the folder of a single file; its label is its name, or
    ``name-2`` if another folder or upload has that label.

    Raises:
        FileNotFoundError: the path doesn't exist.
    """
    target = path.resolve(strict=True)
    folder = target if target.is_dir() else target.parent
    sources: dict[str, str] = {}
    for record in records:
        sources.setdefault(record.uri.partition("/")[0], record.source)
    labels = {source: label for label, source in sources.items() if source}
    for root in (folder, *folder.parents):
        if _printable(str(root)) in labels:
            return Root(folder=root, label=labels[_printable(str(root))], target=target)
    unused = next(label for label in _candidate_labels(folder) if label not in sources)
    return Root(folder=folder, label=unused, target=target)


def _candidate_labels(folder: Path) -> Iterator[str]:
    name = _printable(folder.name) or "root"
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")
