"""Opens the source of a place. A new kind of source is named here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.cancellation import Cancellation
from ingest.ignore import Patterns
from ingest.prepare import Preparer
from ingest.roots import Root, root_of
from ingest.sources.contract import Source, SourceUnavailable
from ingest.sources.folder import Folder
from ingest.sources.git import Repository, is_bare, is_working_tree
from ingest.sources.places import Place, Revision
from rag.ports.catalog import DocumentRecord

OpenSource = Callable[
    [Place, Sequence[DocumentRecord], Preparer, Patterns, Cancellation | None],
    Source,
]
"""Opens the source of a place, given all records of the collection. Raises SourceUnavailable."""


def open_local(
    place: Place,
    records: Sequence[DocumentRecord],
    preparer: Preparer,
    patterns: Patterns,
    _cancellation: Cancellation | None = None,
) -> Source:
    """The source of a path: a folder, a file, a repository.

    Raises:
        SourceUnavailable: there is nothing at the path, or no such commit; or the place is no path.
    """
    if not isinstance(place, Path | Revision):
        raise SourceUnavailable(f"{place} can't be read here")
    if isinstance(place, Revision):
        root = _root_of(place.path, records)
        if root.target != root.folder or not (is_working_tree(root.folder) or is_bare(root.folder)):
            raise SourceUnavailable(f"{place.path}: not the top folder of a git repository")
        return Repository(root, place.revision, max_bytes=preparer.max_bytes, patterns=patterns)
    root = _root_of(place, records)
    if root.target == root.folder and is_bare(root.folder):
        return Repository(root, "HEAD", max_bytes=preparer.max_bytes, patterns=patterns)
    return Folder(root, max_bytes=preparer.max_bytes, patterns=patterns)


def _root_of(path: Path, records: Sequence[DocumentRecord]) -> Root:
    try:
        return root_of(path, records)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        reason = str(error) if path.exists() else "there is no such file or folder"
        raise SourceUnavailable(f"{path}: {reason}") from None
