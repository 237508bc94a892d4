"""A catalog as somebody sees it: documents that they may not see don't exist in it."""

from __future__ import annotations

import builtins
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from threading import Lock
from typing import Any, NoReturn, TypeVar, cast

from rag.errors import UnknownDocument
from rag.ports.catalog import Catalog, Change, DocumentRecord, Intent, Move, OriginalRecord
from rag.types import Document, Passage
from rag.types.view import View

T = TypeVar("T")
Hidden = Mapping[str, str]
"""The collections of hidden documents by their ids."""

_REMEMBERED = 64  # results for groups of one state of the catalog
_PAGE_RECORDS = 500


class Remembered:
    """Results of one state of the catalog, by key; those of an earlier state are dropped. Thread-safe.

    What is hidden is asked for with every question, and changes only with a commit.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._generation = -1
        self._results: OrderedDict[object, Any] = OrderedDict()

    def get(self, generation: int, key: object, compute: Callable[[], T]) -> T:
        """The result of ``compute`` for this state and key, from memory where it is there."""
        with self._lock:
            if generation == self._generation and key in self._results:
                self._results.move_to_end(key)
                return cast(T, self._results[key])
        result = compute()
        with self._lock:
            if generation > self._generation:
                self._generation = generation
                self._results.clear()
            if generation == self._generation:
                self._results[key] = result
                while len(self._results) > _REMEMBERED:
                    self._results.popitem(last=False)
        return result


class VisibleCatalog:
    """Fulfils ``PartialCatalog`` over a catalog and a view; it can't be written.

    Each call is of one state of the catalog: where a commit comes in between, it is repeated, so that no
    text is shown by readers that it no longer, or not yet, has.

    Args:
        remembered: shared by the views of a catalog.
    """

    def __init__(self, catalog: Catalog, view: View, remembered: Remembered) -> None:
        self._catalog = catalog
        self._view = view
        self._remembered = remembered

    def fingerprint(self) -> str | None:
        return self._catalog.fingerprint()

    def checkpoint(self) -> str:
        return self._catalog.checkpoint()

    def generation(self) -> int:
        return self._catalog.generation()

    def document(self, document_id: str, version: str | None = None) -> Document:
        def read(hidden: Hidden) -> Document:
            if document_id not in hidden:
                if self._view.collections is None:
                    return self._catalog.document(document_id, version)
                found = self._catalog.documents([document_id]).get(document_id)
                if found is not None and self._view.has(found.collection):
                    return self._catalog.document(document_id, version)
            raise UnknownDocument(f"no document {document_id!r}")

        return self._read(read)

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]:
        ids = list(document_ids)

        def read(hidden: Hidden) -> dict[str, Document]:
            found = self._catalog.documents([key for key in ids if key not in hidden])
            return {key: document for key, document in found.items() if self._view.has(document.collection)}

        return self._read(read)

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        def read(hidden: Hidden) -> dict[str, Passage]:
            found = self._catalog.passages(passage_ids)
            return {key: passage for key, passage in found.items() if self._shows(passage, hidden)}

        return self._read(read)

    def passages_of(self, document_id: str) -> builtins.list[Passage]:
        def read(hidden: Hidden) -> list[Passage]:
            return [p for p in self._catalog.passages_of(document_id) if self._shows(p, hidden)]

        return self._read(read)

    def list(
        self,
        collection: str | None = None,
        *,
        limit: int | None = None,
        after: str = "",
        under: str = "",
        containing: str = "",
        filters: Mapping[str, str] | None = None,
    ) -> builtins.list[DocumentRecord]:
        def read(hidden: Hidden) -> list[DocumentRecord]:
            if collection is not None and not self._view.has(collection):
                return []
            records: list[DocumentRecord] = []
            last = after
            while limit is None or len(records) < limit:
                page = self._catalog.list(
                    collection,
                    limit=_PAGE_RECORDS,
                    after=last,
                    under=under,
                    containing=containing,
                    filters=filters,
                )
                records += [r for r in page if r.id not in hidden and self._view.has(r.collection)]
                if len(page) < _PAGE_RECORDS:
                    break
                last = page[-1].id
            return records[:limit]

        return self._read(read)

    def matching_versions(self, collection: str, filters: Mapping[str, str]) -> set[tuple[str, str]]:
        def read(hidden: Hidden) -> set[tuple[str, str]]:
            if not self._view.has(collection):
                return set()
            return {v for v in self._catalog.matching_versions(collection, filters) if v[0] not in hidden}

        return self._read(read)

    def find_by_uri(self, collection: str, uri: str) -> DocumentRecord | None:
        def read(hidden: Hidden) -> DocumentRecord | None:
            record = self._catalog.find_by_uri(collection, uri) if self._view.has(collection) else None
            return None if record is None or record.id in hidden else record

        return self._read(read)

    def versions(self, collection: str) -> set[tuple[str, str]]:
        def read(hidden: Hidden) -> set[tuple[str, str]]:
            if not self._view.has(collection):
                return set()
            return {v for v in self._catalog.versions(collection) if v[0] not in hidden}

        return self._read(read)

    def hidden_from(self, groups: AbstractSet[str]) -> dict[str, str]:
        return {
            key: collection
            for key, collection in self._catalog.hidden_from(groups).items()
            if self.documents([key])
        }

    def readers(self, document_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        return self._catalog.readers(self.documents(document_ids))

    def original(self, document_id: str) -> OriginalRecord | None:
        def read(hidden: Hidden) -> OriginalRecord | None:
            return self._catalog.original(document_id) if self._is_there(document_id, hidden) else None

        return self._read(read)

    def originals(self, document_ids: Iterable[str] | None = None) -> dict[str, int]:
        ids = [record.id for record in self.list()] if document_ids is None else document_ids
        return self._catalog.originals(self.documents(ids))

    def original_sizes(self, sha256s: Iterable[str]) -> dict[str, int]:
        wanted = set(sha256s)
        return {sha256: size for sha256, size in self.originals().items() if sha256 in wanted}

    def original_bytes(self) -> int:
        return sum(self.originals().values())

    def collections(self) -> set[str]:
        """Those with a document that is there: the name of another one may say something, too."""

        def read(hidden: Hidden) -> set[str]:
            with_hidden = set(hidden.values())
            return {
                name
                for name in self._catalog.collections()
                if self._view.has(name) and (name not in with_hidden or self._count(name, hidden))
            }

        return self._read(read)

    def count(self, collection: str | None = None) -> int:
        def read(hidden: Hidden) -> int:
            if collection is not None:
                return self._count(collection, hidden)
            return sum(self._count(name, hidden) for name in self._catalog.collections())

        return self._read(read)

    def visible_versions(self, collection: str) -> AbstractSet[tuple[str, str]] | None:
        def read(hidden: Hidden) -> AbstractSet[tuple[str, str]] | None:
            if not self._view.has(collection):
                return frozenset()
            if collection not in set(hidden.values()):
                return None
            versions = self._catalog.versions(collection)
            return frozenset(version for version in versions if version[0] not in hidden)

        return self._read(read, "versions", collection)

    def visible_passages(self, collection: str) -> int:
        return self._read(
            lambda _: sum(record.passages for record in self.list(collection)), "passages", collection
        )

    def check(self) -> None:
        self._catalog.check()

    def set_fingerprint(self, value: str) -> None:
        _refuse(value)

    def set_checkpoint(self, value: str) -> None:
        _refuse(value)

    def record_intents(self, changes: Sequence[Change], removals: Sequence[tuple[str, str]]) -> None:
        _refuse(changes, removals)

    def commit(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]],
        moves: Sequence[Move] = (),
    ) -> None:
        _refuse(changes, removals, moves)

    def clear_intents(self) -> None:
        _refuse()

    def intents(self) -> builtins.list[Intent]:
        _refuse()

    def drop_originals(self) -> None:
        _refuse()

    def vacuum(self) -> None:
        _refuse()

    def close(self) -> None:
        """The catalog stays open."""

    def _read(self, read: Callable[[Hidden], T], *key: object) -> T:
        """The result of ``read``, called with what is hidden in the state of the catalog that it reads.

        Args:
            key: remembers the result under it.
        """
        while True:
            generation = self._catalog.generation()
            hidden = self._hidden(generation)
            if key:
                whole_key = (self._view, *key)
                result = self._remembered.get(generation, whole_key, lambda: read(hidden))  # noqa: B023
            else:
                result = read(hidden)
            if self._catalog.generation() == generation:
                return result

    def _hidden(self, generation: int) -> Hidden:
        groups = self._view.groups
        if groups is None:
            return {}
        return self._remembered.get(generation, groups, lambda: self._catalog.hidden_from(groups))

    def _shows(self, passage: Passage, hidden: Hidden) -> bool:
        return passage.document_id not in hidden and self._view.has(passage.collection)

    def _is_there(self, document_id: str, hidden: Hidden) -> bool:
        if document_id in hidden:
            return False
        if self._view.collections is None:
            return True
        document = self._catalog.documents([document_id]).get(document_id)
        return document is not None and self._view.has(document.collection)

    def _count(self, collection: str, hidden: Hidden) -> int:
        if not self._view.has(collection):
            return 0
        return self._catalog.count(collection) - sum(name == collection for name in hidden.values())


def _refuse(*_: object) -> NoReturn:
    raise TypeError("a view of the catalog can't be written")
