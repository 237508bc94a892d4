"""The library: all writing to the catalog and the two indexes, which stay consistent after any crash.

A write is: embed; record the intents; keep the originals; add the index rows; commit the catalog; remove
originals that no document has any more, and the rows of replaced versions; clear the intents. Queries take
passages from the catalog: until the commit they see the old version, from then on the new one. Whenever a
write is cut off, its intents say whether to roll it back or to finish it.

Where catalog and indexes are tables of one database, all of this but embedding is one transaction: a write
that is cut off has never been, and other processes see it at its end.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from threading import RLock

from rag.errors import IndexMismatch, IndexUnavailable, StorageFull, UnknownCollection
from rag.ports.catalog import Catalog, Change, Move
from rag.ports.embedder import Embedder
from rag.ports.indexes import DenseIndex, LexicalIndex
from rag.ports.originals import OriginalStore
from rag.ports.rebuilding import RebuildableIndex
from rag.storage.beside import IndexesBeside
from rag.storage.consistency import Inconsistency, differing_counts, differing_versions, remove_stale
from rag.storage.indexes import Indexes, Progress
from rag.storage.intents import resolve_intents
from rag.storage.originals import Originals, hashes
from rag.storage.reserve import SpaceReserve
from rag.types import Document, Passage

_LOG = logging.getLogger("saywhere.storage")
_DOCUMENTS_PER_BATCH = 64
_BYTES_PER_WRITE = 1_000_000  # beside those of its rows
_REBUILDING = "rebuilding"  # the checkpoint while the indexes of a database are filled again


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryReport:
    """What recovery did: writes rolled back, writes finished, versions removed from the indexes, documents
    indexed again; ``rebuilt`` says of each index that was broken what was done.
    """

    rolled_back: int = 0
    finished: int = 0
    removed: int = 0
    indexed: int = 0
    rebuilt: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether there was nothing to do."""
        return self == RecoveryReport()


class Library:
    """Writes and removes documents: one writer at a time, beside any number of searches.

    >>> library = Library(catalog, dense, lexical, embedder)  # doctest: +SKIP
    >>> library.recover()  # doctest: +SKIP
    >>> library.replace(document, passages)  # doctest: +SKIP

    Every method may raise ``StorageError`` (``StorageFull``, ``IndexUnavailable``); committed documents are
    not affected, and the next write or ``recover`` makes the indexes consistent again.

    Args:
        context: whether title and headings are embedded with each sentence.
        rebuildable: the parts of the indexes that can break, and are then rebuilt.
        reserve: disk space that removals and recovery may use.
        original_files: where the files of documents are kept; None: they aren't.
        fingerprint: that of the indexes, where they were made with another embedder and are only to be used
            until ``build_beside`` has replaced them.
        transaction: makes all writes of this thread within its block one transaction, which excludes other
            writers; None: the stores have no common one.
        bulk: lets the indexes put off, until its block ends, what is faster done once for many writes.
    """

    def __init__(
        self,
        catalog: Catalog,
        dense: DenseIndex,
        lexical: LexicalIndex,
        embedder: Embedder,
        *,
        context: bool = False,
        rebuildable: Sequence[RebuildableIndex] = (),
        reserve: SpaceReserve | None = None,
        original_files: OriginalStore | None = None,
        fingerprint: str | None = None,
        transaction: Callable[[], AbstractContextManager[object]] | None = None,
        bulk: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._catalog = catalog
        self._indexes = Indexes(dense, lexical, embedder, context=context, fingerprint=fingerprint)
        self._beside: IndexesBeside | None = None
        self._rebuildable = tuple(rebuildable)
        self._reserve = reserve
        self._originals = Originals(catalog, original_files)
        self._is_transactional = transaction is not None
        self._transaction = transaction or nullcontext
        self._bulk = bulk
        self._lock = RLock()

    @property
    def fingerprint(self) -> str:
        """Names what the indexes are made with: the embedder, and the rules for index rows."""
        return self._indexes.fingerprint

    def bulk(self) -> AbstractContextManager[object]:
        """Many writes come in the block: the indexes may put off until its end what is faster done once.

        Raises, at its end:
            StorageError: an index can't be written; what was written in the block stands.
        """
        return self._bulk()

    def replace(self, document: Document, passages: Sequence[Passage]) -> None:
        """Makes this the current version of the document; a ``write`` of one change."""
        self.write([Change(document=document, passages=tuple(passages))])

    def remove(self, collection: str, document_id: str) -> None:
        """Removes a document with all its passages.

        Raises:
            UnknownDocument: the collection has no such document.
        """
        self.write([], [(collection, document_id)])

    def write(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]] = (),
        moves: Sequence[Move] = (),
        progress: Progress | None = None,
    ) -> None:
        """Writes, removes and moves documents atomically: all of them, or none.

        Args:
            changes: next versions of documents, of any collections; each document once.
            removals: ``(collection, document_id)``s, none of them in ``changes``.
            moves: new uris of documents whose text stays the same; they are not embedded. Cut off, a move
                may leave the new name's words in the lexical index, as repeating it does.
            progress: called with the number of sentences embedded so far and their total.

        Raises:
            UnknownDocument: a removal or move names a document that isn't there; nothing is written.
            IndexMismatch: the indexes were made by another embedder.
            ModelError: the embedder can't be loaded; nothing is written.
            ValueError: a passage is of another document or version, or a document occurs twice.
        """
        _check_arguments(changes, removals, moves)
        if not changes and not removals and not moves:
            return
        with self._lock:
            generation = self._catalog.generation()
            try:
                self._write(changes, removals, moves, progress)
            except IndexUnavailable:
                if not any(index.fault for index in self._rebuildable):
                    raise
                self.recover()
                if self._catalog.generation() == generation:
                    self._write(changes, removals, moves, progress)
            except StorageFull:
                if self._reserve is None:
                    raise
                with self._reserve.released():
                    if changes:
                        self._undo()
                        raise
                    self._finish_removal(removals, moves, generation)
            finally:
                if self._beside is not None:
                    ids = [change.document.id for change in changes], [move.document_id for move in moves]
                    self._beside.changed(chain(*ids))

    def _undo(self) -> None:
        """Takes back an addition that found no space; where an index broke on it, its recovery does."""
        try:
            resolve_intents(self._catalog, self._indexes)
        except IndexUnavailable as error:
            if not any(index.fault for index in self._rebuildable):
                raise
            _LOG.error("an addition that found no space is undone when the index is rebuilt: %s", error)

    def _finish_removal(
        self, removals: Sequence[tuple[str, str]], moves: Sequence[Move], generation: int
    ) -> None:
        """Ends a removal that found no space; index rows that can't be removed yet don't make it fail."""
        try:
            if self._catalog.generation() == generation:
                self._write([], removals, moves, None)
            else:
                resolve_intents(self._catalog, self._indexes)
        except StorageFull as error:
            if self._catalog.generation() == generation:
                raise
            _LOG.error("removed documents stay in the indexes until there is space: %s", error)

    def _write(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]],
        moves: Sequence[Move],
        progress: Progress | None,
    ) -> None:
        self._require_same_fingerprint()
        try:
            if resolve_intents(self._catalog, self._indexes):
                self._originals.remove_all_unused()
        except StorageFull:
            if changes or not all(intent.committed for intent in self._catalog.intents()):
                raise
        if changes and self._reserve is not None and not self._reserve.has_room(self._needed_bytes(changes)):
            raise StorageFull(
                f"no space left in {self._reserve.folder} to add documents; they can be removed"
            )
        prepared = self._indexes.prepare(changes, progress)
        kept = self._originals.kept(changes)
        with self._transaction():
            may_be_unused = self._originals.replaced_by(kept, removals) | hashes(kept)
            try:
                self._catalog.record_intents(kept, removals)
                self._originals.put(kept)
                self._indexes.add(prepared)
                self._indexes.rename(self._moved(moves))
                self._catalog.commit(kept, removals, moves)
            finally:
                self._originals.remove_unused(may_be_unused)
            resolve_intents(self._catalog, self._indexes)

    def _needed_bytes(self, changes: Sequence[Change]) -> int:
        """The most disk space that a write of these changes takes, estimated.

        An index in use grows by a share of its size at once. A native store that runs out of space in the
        middle of a write may not be usable any more, so that additions stop before.
        """
        sentences = sum(len(passage.sentences) for change in changes for passage in change.passages)
        characters = sum(len(change.document.text) for change in changes)
        collections = {change.document.collection for change in changes}
        stored = sum(self._indexes.counts(collection)["dense"] for collection in collections)
        files = sum(change.original.record.size for change in changes if change.original)
        return _BYTES_PER_WRITE + 8_000 * sentences + 8 * characters + 600 * stored + files

    def remove_collection(self, collection: str) -> int:
        """Removes a collection with all its documents; returns their number.

        Raises:
            UnknownCollection: there is no collection of this name.
        """
        with self._lock:
            removals = [(collection, record.id) for record in self._catalog.list(collection)]
            if not removals:
                raise UnknownCollection(f"there is no collection {collection!r}")
            self.write([], removals)
            return len(removals)

    def recover(self, progress: Progress | None = None) -> RecoveryReport:
        """Makes the indexes consistent with the catalog; to be called after opening, and when an index broke.

        A broken index is set aside, opened empty and filled again. Where too little space is left, what an
        interrupted write left in the indexes stays until the next write.

        If the checkpoint of the last ``close`` still describes catalog and indexes, versions are not
        compared one by one (which takes half a minute for 100,000 passages). ``check`` always does that.
        Of a database they are compared only after a ``rebuild`` that was cut short.

        Raises:
            IndexMismatch: the indexes were made by another embedder; ``rebuild`` replaces them.
        """
        with self._lock:
            rebuilt = self._start_broken_over()
            self._require_same_fingerprint()
            if self._is_transactional and self._catalog.checkpoint() != _REBUILDING:
                return RecoveryReport()
            try:
                intents = resolve_intents(self._catalog, self._indexes)
            except StorageFull as error:
                _LOG.error("an interrupted write is resolved later: %s", error)
                intents = []
            self._originals.remove_all_unused()
            is_resolved = not self._catalog.intents()
            removed = indexed = 0
            if rebuilt or intents or self._catalog.checkpoint() != self._state():
                inconsistencies = differing_versions(self._catalog, self._indexes)
                removed = remove_stale(self._indexes, inconsistencies) if is_resolved else 0
                missing = {(i.collection, i.document_id) for i in inconsistencies if i.kind == "missing"}
                indexed = self._index([document_id for _, document_id in sorted(missing)], progress)
            for index in self._rebuildable:
                index.filled()
            if self._is_transactional:
                self._catalog.set_checkpoint("")
        finished = sum(intent.committed for intent in intents)
        return RecoveryReport(
            rolled_back=len(intents) - finished,
            finished=finished,
            removed=removed,
            indexed=indexed,
            rebuilt=rebuilt,
        )

    def close(self) -> None:
        """Sets the checkpoint for the next ``recover``, unless there are unresolved intents."""
        if self._is_transactional:
            return
        with self._lock:
            state = self._state()
            if not self._catalog.intents() and self._catalog.checkpoint() != state:
                self._catalog.set_checkpoint(state)

    def _state(self) -> str:
        """The state of catalog and indexes: fingerprint, generation, rows by collection and index."""
        collections = sorted(self._catalog.collections() | self._indexes.collections())
        counts = [[name, *self._indexes.counts(name).values()] for name in collections]
        return json.dumps([self.fingerprint, self._catalog.generation(), counts])

    def check(self) -> list[Inconsistency]:
        """The inconsistencies between indexes and catalog; empty if there are none."""
        with self._lock:
            return differing_versions(self._catalog, self._indexes) or differing_counts(
                self._catalog, self._indexes
            )

    def rebuild(self, progress: Progress | None = None) -> int:
        """Rebuilds both indexes from the catalog with the embedder in use; returns the number of documents.

        If it is cut short, ``recover`` indexes the rest. Files that can be damaged are replaced, not read.
        """
        with self._lock:
            for index in self._rebuildable:
                index.start_over(keep=index.fault is not None)
            with self._transaction():
                if self._is_transactional:
                    self._catalog.set_checkpoint(_REBUILDING)
                for collection in self._indexes.collections():
                    self._indexes.drop(collection)
                self._catalog.set_fingerprint(self.fingerprint)
                self._catalog.clear_intents()  # the indexes are empty: there is nothing to resolve
            with self.bulk():
                count = self._index([record.id for record in self._catalog.list()], progress)
            for index in self._rebuildable:
                index.filled()
            if self._is_transactional:
                self._catalog.set_checkpoint("")
            return count

    def build_beside(
        self, indexes: Indexes, rebuildable: Sequence[RebuildableIndex], progress: Progress
    ) -> None:
        """Fills other indexes from the catalog, and replaces those in use by them.

        Writes go on meanwhile, except while the last of them are taken over. Searches of the old indexes are
        possible until they are closed, which is the caller's.

        Args:
            progress: what it raises ends the filling; done again, it goes on from there.
        """
        beside = IndexesBeside(self._catalog, indexes)
        with self._lock:
            self._beside = beside
        try:
            beside.fill(progress)
            with self._lock:
                resolve_intents(self._catalog, self._indexes)
                beside.fill(progress)
                self._catalog.set_fingerprint(indexes.fingerprint)
                self._indexes, self._rebuildable = indexes, tuple(rebuildable)
        finally:
            self._beside = None

    def vacuum(self) -> None:
        """Shrinks the files: no text of removed documents stays in them."""
        with self._lock:
            with self._transaction():
                self._originals.remove_all_unused()
            self._indexes.vacuum()
            self._catalog.vacuum()

    def _start_broken_over(self) -> tuple[str, ...]:
        """Opens broken indexes empty; says of each what was wrong, and where its files are."""
        notes = []
        for index in self._rebuildable:
            if (fault := index.fault) is None:
                continue
            kept = index.start_over()
            place = f"; the damaged files are in {kept}" if kept else ""
            notes.append(f"an index was damaged and is rebuilt from the catalog ({fault}){place}")
            _LOG.warning(notes[-1])
        return tuple(notes)

    def _moved(self, moves: Sequence[Move]) -> list[Change]:
        """The moved documents with their new uris; of those that aren't there the commit complains."""
        documents = self._catalog.documents({move.document_id for move in moves})
        return [
            Change(
                document=replace(document, uri=move.uri),
                passages=tuple(self._catalog.passages_of(document.id)),
            )
            for move in moves
            if (document := documents.get(move.document_id)) is not None
        ]

    def _require_same_fingerprint(self) -> None:
        if self._catalog.fingerprint() == self.fingerprint:
            return
        with self._transaction():
            stored = self._catalog.fingerprint()
            if self._catalog.count() and stored != self.fingerprint:
                raise IndexMismatch(
                    f"the index was made with {stored!r}, in use is {self.fingerprint!r}: "
                    "set the embedder back, or rebuild the index (saywhere rebuild)"
                )
            if stored != self.fingerprint:
                for collection in self._indexes.collections():
                    self._indexes.drop(collection)
                self._catalog.set_fingerprint(self.fingerprint)

    def _index(self, document_ids: Sequence[str], progress: Progress | None = None) -> int:
        """Adds the rows of committed documents to both indexes, in batches; returns their number."""
        for start in range(0, len(document_ids), _DOCUMENTS_PER_BATCH):
            documents = self._catalog.documents(document_ids[start : start + _DOCUMENTS_PER_BATCH]).values()
            changes = [Change(document=d, passages=tuple(self._catalog.passages_of(d.id))) for d in documents]
            prepared = self._indexes.prepare(changes, progress)
            with self._transaction():
                self._indexes.add(prepared)
                self._remove_outdated(changes)
        return len(document_ids)

    def _remove_outdated(self, changes: Sequence[Change]) -> None:
        """Removes the rows of versions that another process replaced while they were embedded."""
        if not self._is_transactional:
            return
        documents = [change.document for change in changes]
        current = self._catalog.documents(document.id for document in documents)
        for document in documents:
            stored = current.get(document.id)
            if stored is None or (stored.collection, stored.sha256) != (document.collection, document.sha256):
                self._indexes.remove(document.collection, [(document.id, document.sha256)])


def _check_arguments(
    changes: Sequence[Change], removals: Sequence[tuple[str, str]], moves: Sequence[Move]
) -> None:
    """Raises ValueError for a document that occurs twice, and for passages that aren't of their document."""
    document_ids = [change.document.id for change in changes]
    document_ids += [document_id for _, document_id in removals]
    document_ids += [move.document_id for move in moves]
    if len(set(document_ids)) < len(document_ids):
        raise ValueError("a document comes twice in one write")
    for change in changes:
        document = change.document
        owner = (document.id, document.sha256, document.collection)
        for passage in change.passages:
            if (passage.document_id, passage.version, passage.collection) != owner:
                raise ValueError(f"passage {passage.id} is not of document {document.id!r} as it is given")
            if passage.span.end > len(document.text):
                raise ValueError(f"passage {passage.id} ends after the text of document {document.id!r}")
