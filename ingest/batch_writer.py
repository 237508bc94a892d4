"""Writes changes to the library in batches, for folder sync, jobs and evaluations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import Protocol

from ingest.cancellation import Cancellation
from ingest.memory import release_memory
from rag.ports.catalog import Change, Move
from rag.storage.indexes import Progress

BATCH_DOCUMENTS = 64
BATCH_SENTENCES = 1_000
BATCH_BYTES = 50_000_000  # of files to be kept, held in memory


class ChangeWriter(Protocol):
    """The part of ``rag.storage.library.Library`` that writes."""

    def write(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]] = (),
        moves: Sequence[Move] = (),
        progress: Progress | None = None,
    ) -> None:
        """Writes new versions, removes ``(collection, document_id)``s and moves others, atomically.

        What ``progress`` raises while sentences are embedded ends it with nothing written.
        """
        ...


class BatchWriter:
    """Collects changes and writes them batch by batch, each batch atomically.

    ``passages`` counts those written; ``seconds`` is the time spent writing (embedding and storing).

    >>> writer = BatchWriter(library)  # doctest: +SKIP
    >>> writer.write_all(changes)  # doctest: +SKIP

    Args:
        max_documents: a batch with this many documents is full.
        max_sentences: a batch with this many sentences is full; None: no limit.
        max_bytes: a batch whose documents' files have this many bytes is full.
        cancellation: where it is set, ``flush`` ends before it writes.
    """

    def __init__(
        self,
        library: ChangeWriter,
        *,
        max_documents: int = BATCH_DOCUMENTS,
        max_sentences: int | None = BATCH_SENTENCES,
        max_bytes: int = BATCH_BYTES,
        cancellation: Cancellation | None = None,
    ) -> None:
        self.passages = 0
        self.seconds = 0.0
        self._library = library
        self._max_documents = max_documents
        self._max_sentences = max_sentences
        self._max_bytes = max_bytes
        self._cancellation = cancellation
        self._batch: list[Change] = []
        self._sentences = 0
        self._bytes = 0

    @property
    def is_empty(self) -> bool:
        """Whether no change waits to be written."""
        return not self._batch

    @property
    def is_full(self) -> bool:
        """Whether the batch should be flushed before another change is added."""
        if self._max_sentences is not None and self._sentences >= self._max_sentences:
            return True
        if self._bytes >= self._max_bytes:
            return True
        return len(self._batch) >= self._max_documents

    def holds(self, uri: str) -> bool:
        """Whether the batch has a change of the document at this uri; a write has each document only once."""
        return any(change.document.uri == uri for change in self._batch)

    def add(self, change: Change) -> None:
        """Adds a change to the batch; it is written by ``flush``."""
        self._batch.append(change)
        self._sentences += sum(len(passage.sentences) for passage in change.passages)
        self._bytes += change.original.record.size if change.original else 0

    def flush(
        self, removals: Sequence[tuple[str, str]] = (), moves: Sequence[Move] = ()
    ) -> tuple[Change, ...]:
        """Writes the batch with these removals and moves; returns the changes written.

        Raises:
            StorageError: the library can't be written; the batch is kept.
            ModelError: the embedder can't be used; the batch is kept.
            Cancelled: the cancellation was set; the batch is kept.
        """
        if self.is_empty and not removals and not moves:
            return ()
        began = perf_counter()
        self._library.write(self._batch, removals, moves, self._raise_if_cancelled)
        release_memory()
        self.seconds += perf_counter() - began
        written = tuple(self._batch)
        self.passages += sum(len(change.passages) for change in written)
        self._batch, self._sentences, self._bytes = [], 0, 0
        return written

    def _raise_if_cancelled(self, _done: int, _total: int) -> None:
        if self._cancellation is not None:
            self._cancellation.raise_if_set()

    def write_all(self, changes: Iterable[Change]) -> int:
        """Writes all changes, in batches; returns how many there were. Raises as ``flush``."""
        count = 0
        for change in changes:
            self.add(change)
            count += 1
            if self.is_full:
                self.flush()
        self.flush()
        return count
