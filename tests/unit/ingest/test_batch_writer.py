"""Changes are written in batches, each once and in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ingest.batch_writer import BatchWriter
from ingest.cancellation import Cancellation, Cancelled
from ingest.split import PassageSplitter
from rag.errors import StorageError
from rag.ports.catalog import Change, Original
from rag.storage.library import Library
from tests.fakes.memory_library import MemoryLibrary
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex
from tests.samples import document, passage


def change(number: int, sentences: int = 1) -> Change:
    doc = document(" ".join(["A sentence."] * sentences), id=f"d{number}")
    return Change(document=doc, passages=(passage(doc),))


def batch_sizes(library: MemoryLibrary) -> list[int]:
    return [len(changes) for changes, _ in library.writes]


def test_a_batch_is_full_by_documents_or_sentences() -> None:
    """Whichever limit is reached first; without a limit of sentences, by documents alone."""
    library = MemoryLibrary()
    assert BatchWriter(library, max_documents=3).write_all(map(change, range(7))) == 7
    assert batch_sizes(library) == [3, 3, 1]
    library = MemoryLibrary()
    long_changes = [change(number, sentences=4) for number in range(5)]
    BatchWriter(library, max_documents=4, max_sentences=8).write_all(long_changes)
    assert batch_sizes(library) == [2, 2, 1]
    library = MemoryLibrary()
    BatchWriter(library, max_documents=4, max_sentences=None).write_all(long_changes)
    assert batch_sizes(library) == [4, 1]


def test_nothing_is_written_for_nothing() -> None:
    """An empty batch without removals and moves is no write."""
    library = MemoryLibrary()
    writer = BatchWriter(library)
    assert writer.flush() == ()
    assert writer.write_all([]) == 0
    assert library.writes == []


def test_a_flush_writes_the_batch_with_its_removals() -> None:
    """As one unit, and the batch is empty afterwards."""
    library = MemoryLibrary()
    writer = BatchWriter(library)
    writer.add(change(1))
    writer.flush()
    writer.add(change(2))
    assert (writer.holds("notes/d1.txt"), writer.holds("notes/d2.txt")) == (False, True)
    written = writer.flush([("default", "d1")])
    assert [each.document.id for each in written] == ["d2"]
    assert [(len(changes), len(removals)) for changes, removals in library.writes] == [(1, 0), (1, 1)]
    assert (writer.is_empty, writer.passages) == (True, 2)


def test_a_batch_that_cannot_be_written_is_kept() -> None:
    """It is counted once it is written."""
    library = MemoryLibrary(fail_on=0)
    writer = BatchWriter(library)
    writer.add(change(1))
    with pytest.raises(StorageError):
        writer.flush()
    assert (writer.is_empty, writer.passages) == (False, 0)
    library.fail_on = None
    writer.flush()
    assert (writer.is_empty, writer.passages) == (True, 1)


def test_a_cancelled_batch_is_not_written() -> None:
    """It ends while it is embedded, with nothing recorded, and is written when it is flushed again."""
    catalog, embedded = MemoryCatalog(), []
    cancellation = Cancellation()

    class Cancelling(BagEmbedder):
        def embed(self, texts: Sequence[str]) -> Any:
            embedded.append(len(texts))
            if len(embedded) == 2:  # the first call only asks for the number of dimensions
                cancellation.set()
            return super().embed(texts)

    library = Library(catalog, MemoryDenseIndex(), MemoryLexicalIndex(), Cancelling())
    writer = BatchWriter(library, cancellation=cancellation)
    long = document("A sentence. " * 2_000)
    writer.add(Change(document=long, passages=tuple(PassageSplitter().split(long))))
    with pytest.raises(Cancelled):
        writer.flush()
    assert sum(embedded) < 2_000
    assert (catalog.intents(), catalog.list()) == ([], [])
    assert not writer.is_empty


def test_a_batch_is_full_by_the_bytes_of_its_files() -> None:
    """They are in memory until they are written."""
    library = MemoryLibrary()
    original = Original.of(b"x" * 100, "file.txt", "text/plain")
    changes = [replace(change(number), original=original) for number in range(5)]
    BatchWriter(library, max_bytes=150).write_all(changes)
    assert batch_sizes(library) == [2, 2, 1]
