"""Decoded documents kept in memory, the least recently used given up first."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from rag.types import Document


class DocumentCache:
    """At most ``characters`` of text; safe to use from many threads.

    A document is kept under the catalog's generation that wrote it, so an entry is never stale:
    after a write it is simply not asked for again.
    """

    def __init__(self, characters: int) -> None:
        self._limit = characters
        self._held = 0
        self._documents: OrderedDict[tuple[str, int], Document] = OrderedDict()
        self._lock = Lock()

    def get(self, document_id: str, generation: int) -> Document | None:
        with self._lock:
            found = self._documents.get((document_id, generation))
            if found is not None:
                self._documents.move_to_end((document_id, generation))
            return found

    def put(self, document: Document, generation: int) -> None:
        with self._lock:
            self._forget((document.id, generation))
            self._documents[document.id, generation] = document
            self._held += len(document.text)
            while self._held > self._limit:
                self._forget(next(iter(self._documents)))

    def _forget(self, key: tuple[str, int]) -> None:
        found = self._documents.pop(key, None)
        if found is not None:
            self._held -= len(found.text)
