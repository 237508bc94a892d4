"""A cache of decoded documents: the least recently used one is evicted first."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from rag.types import Document


class DocumentCache:
    """At most ``characters`` code points of text; safe to use from many threads.

    The key is the document's id with the catalog's generation that wrote it, so that an entry is never
    stale: after a write its key is not used again.
    """

    def __init__(self, characters: int) -> None:
        self._limit = characters
        self._characters = 0
        self._documents: OrderedDict[tuple[str, int], Document] = OrderedDict()
        self._lock = Lock()

    def get(self, document_id: str, generation: int) -> Document | None:
        with self._lock:
            document = self._documents.get((document_id, generation))
            if document is not None:
                self._documents.move_to_end((document_id, generation))
            return document

    def put(self, document: Document, generation: int) -> None:
        with self._lock:
            self._evict((document.id, generation))
            self._documents[document.id, generation] = document
            self._characters += len(document.text)
            while self._characters > self._limit:
                self._evict(next(iter(self._documents)))

    def _evict(self, key: tuple[str, int]) -> None:
        document = self._documents.pop(key, None)
        if document is not None:
            self._characters -= len(document.text)
