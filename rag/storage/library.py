"""The one door for writing: keeps the catalog and the two indexes in step, whatever happens.

A write is: embed; record the intent; write the indexes; commit the catalog; prune what was
replaced; forget the intent. Queries look passages up in the catalog, so that until the commit the
old version answers and from then on the new one, and nothing else ever does. Wherever a write is
cut off, the recorded intent says what to undo or to finish.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from threading import RLock

from rag.errors import IndexMismatch, UnknownCollection, UnknownDocument
from rag.ports.catalog import Catalog, Change, Intent, Move
from rag.ports.embedder import Embedder
from rag.ports.indexes import DenseIndex, LexicalIndex
from rag.storage.consistency import Inconsistency, differing_counts, differing_versions
from rag.storage.indexes import Indexes, Progress
from rag.types import Document, Passage

_INDEXED_AT_ONCE = 64  # documents


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryReport:
    """What recovery did: writes undone, writes finished, versions removed from and put back into indexes."""

    undone: int = 0
    finished: int = 0
    removed: int = 0
    indexed: int = 0

    @property
    def clean(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.undone or self.finished or self.removed or self.indexed)


class Library:
    """Writes and removes documents; one writer at a time, searches go on meanwhile.

    >>> library = Library(catalog, dense, lexical, embedder)  # doctest: +SKIP
    >>> library.recover()  # doctest: +SKIP
    >>> library.replace(document, passages)  # doctest: +SKIP

    Every method may raise ``StorageError`` (``StorageFull``, ``IndexUnavailable``); what was
    committed before goes on answering, and the next write or ``recover`` repairs the rest.
    """

    def __init__(
        self,
        catalog: Catalog,
        dense: DenseIndex,
        lexical: LexicalIndex,
        embedder: Embedder,
        *,
        context: bool = False,
    ) -> None:
        self._catalog = catalog
        self._indexes = Indexes(dense, lexical, embedder, context=context)
        self._lock = RLock()

    @property
    def fingerprint(self) -> str:
        """Names what the indexes are made with: the embedder and the way sentences become units."""
        return self._indexes.fingerprint

    def replace(self, document: Document, passages: Sequence[Passage]) -> None:
        """Makes this the current version of the document, as ``write`` does for many."""
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
        """Writes, removes and moves documents as one unit: all of it is done, or nothing.

        Args:
            changes: next versions, of several collections if need be; each document once.
            removals: ``(collection, document_id)``s, none of them in ``changes``.
            moves: documents that keep their text and get another uri; nothing of them is embedded.
            progress: told how many sentences are embedded, of how many.

        Raises:
            UnknownDocument: a removal or move names a document that isn't there; nothing is written.
            IndexMismatch: the indexes were made by another embedder.
            ValueError: a passage belongs to another document or version, a document comes twice.
        """
        _require_sound(changes, removals, moves)
        if not changes and not removals and not moves:
            return
        with self._lock:
            self._require_same_fingerprint()
            self._resolve_intents()
            entries = self._indexes.prepare(changes, progress)
            self._catalog.record_intents(changes, removals)
            self._indexes.add(entries)
            self._catalog.commit(changes, removals, moves)
            self._resolve_intents()

    def remove_collection(self, collection: str) -> int:
        """Removes all documents of a collection, and so the collection; how many there were.

        Raises:
            UnknownCollection: there is none of this name.
        """
        with self._lock:
            removals = [(collection, record.id) for record in self._catalog.list(collection)]
            if not removals:
                raise UnknownCollection(f"there is no collection {collection!r}")
            self.write([], removals)
            return len(removals)

    def recover(self) -> RecoveryReport:
        """Brings the indexes in step with the catalog; to be called once after opening.

        After a process that ended well, and where both indexes hold as much as it left in them, nothing
        is compared one by one: of 100,000 passages that takes half a minute. ``check`` always does.

        Raises:
            IndexMismatch: the indexes were made by another embedder; ``rebuild`` is the way out.
        """
        with self._lock:
            self._require_same_fingerprint()
            intents = self._resolve_intents()
            if not intents and self._catalog.checkpoint() == self._state():
                return RecoveryReport()
            found = differing_versions(self._catalog, self._indexes)
            removed = self._remove_stale(found)
            missing = {(d.collection, d.document_id) for d in found if d.kind == "missing"}
            indexed = self._index([key for _, key in sorted(missing)])
        finished = sum(intent.committed for intent in intents)
        return RecoveryReport(
            undone=len(intents) - finished, finished=finished, removed=removed, indexed=indexed
        )

    def close(self) -> None:
        """Notes what is held, for ``recover`` to find it so; not with a write that is still to be settled."""
        with self._lock:
            state = self._state()
            if not self._catalog.intents() and self._catalog.checkpoint() != state:
                self._catalog.set_checkpoint(state)

    def _state(self) -> str:
        """Names what is committed, and how much each index holds of it."""
        collections = sorted(self._catalog.collections() | self._indexes.collections())
        held = [[name, *self._indexes.counts(name).values()] for name in collections]
        return json.dumps([self.fingerprint, self._catalog.generation(), held])

    def check(self) -> list[Inconsistency]:
        """Where an index and the catalog differ, rows counted; empty when all is well."""
        with self._lock:
            return differing_versions(self._catalog, self._indexes) or differing_counts(
                self._catalog, self._indexes
            )

    def rebuild(self, progress: Progress | None = None) -> int:
        """Makes both indexes anew from the catalog with the embedder in use; how many documents.

        Cut short, ``rebuild`` or ``recover`` goes on from where it was. Meanwhile searches find
        what is indexed so far.
        """
        with self._lock:
            for collection in self._indexes.collections():
                self._indexes.drop(collection)
            self._catalog.set_fingerprint(self.fingerprint)
            self._catalog.clear_intents()  # nothing is left in the indexes to undo or to finish
            return self._index([record.id for record in self._catalog.list()], progress)

    def vacuum(self) -> None:
        """Gives the text and space of removed documents back to the disk."""
        with self._lock:
            self._indexes.vacuum()
            self._catalog.vacuum()

    def _require_same_fingerprint(self) -> None:
        stored = self._catalog.fingerprint()
        if stored == self.fingerprint:
            return
        if self._catalog.count():
            raise IndexMismatch(
                f"the index was made with {stored!r}, in use is {self.fingerprint!r}: "
                "set the embedder back, or rebuild the index (saywhere ingest --rebuild)"
            )
        for collection in self._indexes.collections():
            self._indexes.drop(collection)
        self._catalog.set_fingerprint(self.fingerprint)

    def _resolve_intents(self) -> list[Intent]:
        """Finishes the writes that were committed, undoes the others; returns them."""
        intents = self._catalog.intents()
        gone: dict[str, list[tuple[str, str]]] = {}
        for intent in intents:
            version = intent.replaces if intent.committed else intent.version
            if version is None:
                continue
            current = self._current(intent, version)
            if current is None:
                gone.setdefault(intent.collection, []).append((intent.document_id, version))
            else:
                self._restore(current, written=not intent.committed)
        for collection, versions in gone.items():
            if self._catalog.count(collection):
                self._indexes.remove(collection, versions)
            else:
                self._indexes.drop(collection)
        if intents:
            self._catalog.clear_intents()
        return intents

    def _current(self, intent: Intent, version: str) -> Document | None:
        """The intent's document where this version of it is the committed one: split anew, not edited."""
        try:
            document = self._catalog.document(intent.document_id)
        except UnknownDocument:
            return None
        same = (document.collection, document.sha256) == (intent.collection, version)
        return document if same else None

    def _restore(self, document: Document, *, written: bool) -> None:
        """Leaves of this version the committed passages alone; ``written``: over what was put there."""
        passages = self._catalog.passages_of(document.id)
        if written:
            change = Change(document=document, passages=tuple(passages))
            self._indexes.add(self._indexes.prepare([change]))
        self._indexes.remove_strays(document, passages)

    def _index(self, document_ids: Sequence[str], progress: Progress | None = None) -> int:
        """Puts committed documents into both indexes, a bounded number at once."""
        for start in range(0, len(document_ids), _INDEXED_AT_ONCE):
            found = self._catalog.documents(document_ids[start : start + _INDEXED_AT_ONCE]).values()
            changes = [Change(document=d, passages=tuple(self._catalog.passages_of(d.id))) for d in found]
            self._indexes.add(self._indexes.prepare(changes, progress))
        return len(document_ids)

    def _remove_stale(self, found: Sequence[Inconsistency]) -> int:
        stale: dict[str, set[tuple[str, str]]] = {}
        for each in found:
            if each.kind == "stale":
                stale.setdefault(each.collection, set()).add((each.document_id, each.version))
        for collection, versions in stale.items():
            self._indexes.remove(collection, sorted(versions))
        return sum(map(len, stale.values()))


def _require_sound(
    changes: Sequence[Change], removals: Sequence[tuple[str, str]], moves: Sequence[Move]
) -> None:
    keys = [change.document.id for change in changes]
    keys += [key for _, key in removals]
    keys += [move.document_id for move in moves]
    if len(set(keys)) < len(keys):
        raise ValueError("a document comes twice in one write")
    for change in changes:
        document = change.document
        owner = (document.id, document.sha256, document.collection)
        for passage in change.passages:
            if (passage.document_id, passage.version, passage.collection) != owner:
                raise ValueError(f"passage {passage.id} is not of document {document.id!r} as it is given")
            if passage.span.end > len(document.text):
                raise ValueError(f"passage {passage.id} ends after the text of document {document.id!r}")
