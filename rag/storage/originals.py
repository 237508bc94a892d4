"""Which files are kept beside their documents: as many as the limit allows, each as long as one has it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from rag.errors import StorageError
from rag.ports.catalog import Catalog, Change
from rag.ports.originals import OriginalStore

_LOG = logging.getLogger("saywhere.storage")


class Originals:
    """The kept files of a catalog's documents, for the library that writes them.

    Args:
        files: None: none are kept, and changes lose theirs.
    """

    def __init__(self, catalog: Catalog, files: OriginalStore | None) -> None:
        self._catalog = catalog
        self._files = files

    def kept(self, changes: Sequence[Change]) -> list[Change]:
        """The changes without the files that won't be kept, as all together would have too many bytes.

        Files that the same write removes still count.
        """
        if self._files is None:
            return [replace(change, original=None) for change in changes]
        sha256s = hashes(changes)
        if not sha256s:
            return list(changes)
        sizes = self._catalog.original_sizes(sha256s)
        total = self._catalog.original_bytes()
        kept = []
        for change in changes:
            record = change.original.record if change.original else None
            if record is None or record.sha256 in sizes:
                kept.append(change)
            elif total + record.size > self._files.max_bytes:
                _LOG.warning("the file of %s isn't kept: the limit is reached", change.document.uri)
                kept.append(replace(change, original=None))
            else:
                total += record.size
                sizes[record.sha256] = record.size
                kept.append(change)
        return kept

    def replaced_by(self, changes: Sequence[Change], removals: Sequence[tuple[str, str]]) -> set[str]:
        """The sha256 of each file that documents have now which are to be changed or removed."""
        ids = [*(change.document.id for change in changes), *(document_id for _, document_id in removals)]
        return set(self._catalog.originals(ids))

    def put(self, changes: Sequence[Change]) -> None:
        """Keeps the files of the changes, before the catalog names them."""
        for change in changes:
            if self._files is not None and change.original is not None:
                self._files.put(change.original)

    def remove_unused(self, sha256s: Iterable[str]) -> None:
        """Removes those of these files that no document has; what fails is left to ``remove_all_unused``."""
        unused = set(sha256s)
        if self._files is not None and unused:
            with suppress(StorageError):
                self._files.remove(unused - self._catalog.original_sizes(unused).keys())

    def remove_all_unused(self) -> None:
        """Removes every file that no document has, as after a crash."""
        if self._files is not None:
            self._files.keep_only(self._catalog.originals())


def hashes(changes: Iterable[Change]) -> set[str]:
    """The sha256 of each change's file, of those that have one."""
    return {change.original.record.sha256 for change in changes if change.original}
