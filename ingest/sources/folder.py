"""A folder, or a part of it, as a source; of a git repository's working tree the tracked files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ingest.ignore import EVERYTHING, Patterns
from ingest.listing import list_files
from ingest.plan import ListedFile
from ingest.roots import Root
from ingest.sources import git
from ingest.sources.contract import Content, Known, Listing
from rag.errors import DocumentTooLarge
from rag.ports.catalog import DocumentRecord


class Folder:
    """The files of a root's target.

    Args:
        max_bytes: of a file that is fetched.
    """

    def __init__(self, root: Root, *, max_bytes: int, patterns: Patterns = EVERYTHING) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._patterns = patterns

    @property
    def name(self) -> str:
        return self._root.source

    def records(self, records: Iterable[DocumentRecord]) -> list[DocumentRecord]:
        return self._root.records(records)

    def list(self, known: Known) -> Listing:
        tracked = git.tracked_files(self._root.folder) if self._root.target.is_dir() else None
        return list_files(self._root, known.uris, self._patterns, tracked=tracked)

    def fetch(self, file: ListedFile) -> Content:
        path = Path(file.key)
        if file.size > self._max_bytes:
            raise DocumentTooLarge(f"{path.name} has {file.size:,} bytes; the limit is {self._max_bytes:,}")
        return Content(data=path.read_bytes(), name=path.name)

    def close(self) -> None:
        """Holds nothing."""
