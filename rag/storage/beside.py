"""New indexes of a library's documents, filled while the library goes on writing to its own."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from rag.ports.catalog import Catalog, Change
from rag.storage.consistency import Inconsistency, differing_versions
from rag.storage.indexes import Indexes, Progress

_DOCUMENTS_PER_BATCH = 64


class IndexesBeside:
    """Indexes that are filled from the catalog; rows that they hold already are kept.

    Every method may raise StorageError.
    """

    def __init__(self, catalog: Catalog, indexes: Indexes) -> None:
        self._catalog = catalog
        self._indexes = indexes
        self._changed: set[str] = set()
        self._lock = Lock()

    def changed(self, document_ids: Iterable[str]) -> None:
        """Documents were written, moved or removed meanwhile."""
        with self._lock:
            self._changed |= set(document_ids)

    def fill(self, progress: Progress) -> None:
        """Makes the indexes equal to the catalog, until nothing changes meanwhile."""
        while True:
            with self._lock:
                changed, self._changed = self._changed, set()
            try:
                inconsistencies = differing_versions(self._catalog, self._indexes)
                missing = {i.document_id for i in inconsistencies if i.kind == "missing"}
                if not inconsistencies and not changed:
                    return
                self._remove_stale(inconsistencies)
                self._index(sorted(missing | changed), progress)
            except BaseException:
                self.changed(changed)  # for the next attempt
                raise

    def _index(self, document_ids: list[str], progress: Progress) -> None:
        for start in range(0, len(document_ids), _DOCUMENTS_PER_BATCH):
            documents = self._catalog.documents(document_ids[start : start + _DOCUMENTS_PER_BATCH]).values()
            changes = [Change(document=d, passages=tuple(self._catalog.passages_of(d.id))) for d in documents]
            progress(start, len(document_ids))
            self._indexes.add(self._indexes.prepare(changes, progress))
            for change in changes:
                if change.document.id in self._catalog.documents([change.document.id]):
                    self._indexes.remove_orphans(change.document, change.passages)

    def _remove_stale(self, inconsistencies: Iterable[Inconsistency]) -> None:
        stale: dict[str, set[tuple[str, str]]] = {}
        for i in inconsistencies:
            if i.kind == "stale":
                stale.setdefault(i.collection, set()).add((i.document_id, i.version))
        for collection, versions in stale.items():
            self._indexes.remove(collection, sorted(versions))
