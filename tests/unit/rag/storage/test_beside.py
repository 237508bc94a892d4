"""New indexes beside those in use: filled while the library writes, then taken."""

from __future__ import annotations

import pytest

from rag.errors import IndexMismatch, StorageFull
from rag.ports.catalog import Move
from rag.ports.indexes import DenseIndex, LexicalIndex
from rag.storage.indexes import Indexes, Progress
from rag.storage.library import Library
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import MemoryDenseIndex, MemoryLexicalIndex
from tests.unit.rag.storage.test_library import Storage, one_passage

OLD = "another model's"


class Beside:
    """A library on indexes of another model, and new ones for it."""

    def __init__(self) -> None:
        self.storage = Storage()
        self.library = self.storage.library(fingerprint=OLD)
        self.library.write([one_passage(f"Text {i}.", id=f"d{i}") for i in range(4)])
        self.dense: DenseIndex = MemoryDenseIndex()
        self.lexical: LexicalIndex = MemoryLexicalIndex()

    def build(self, progress: Progress = lambda _done, _total: None) -> None:
        indexes = Indexes(self.dense, self.lexical, BagEmbedder(), context=False)
        self.library.build_beside(indexes, (), progress)

    def check(self) -> None:
        """The new indexes are those in use, and hold the catalog's passages and nothing else."""
        fresh = Library(self.storage.catalog, self.dense, self.lexical, BagEmbedder())
        assert fresh.check() == []
        assert self.library.check() == []
        assert self.library.fingerprint == fresh.fingerprint == self.storage.catalog.fingerprint()


def test_new_indexes_take_the_place_of_the_old() -> None:
    """With every document; later writes go to them, and the old ones don't change any more."""
    beside = Beside()
    beside.build()
    beside.check()
    before = beside.storage.dense.count("default")
    beside.library.write([one_passage("A later one.", id="later")])
    beside.check()
    assert beside.storage.dense.count("default") == before


def test_what_is_written_meanwhile_is_in_them() -> None:
    """Added, changed, moved and removed documents, each while the filling is under way."""
    beside = Beside()
    done: list[str] = []

    def write(_done: int, _total: int) -> None:
        if not done:
            done.append("written")
            beside.library.write([one_passage("New.", id="new"), one_passage("Changed.", id="d1")])
            beside.library.write(
                [],
                [("default", "d2")],
                [Move(collection="default", document_id="d3", uri="moved/to here.txt")],
            )
            assert beside.storage.dense.count("default") == 4  # the old ones answer for it meanwhile

    beside.build(write)
    assert done
    beside.check()
    [hit] = beside.lexical.search("default", "moved", 3)
    assert hit.passage_id == beside.storage.catalog.passages_of("d3")[0].id
    assert {version[0] for version in beside.dense.versions("default")} == {"d0", "d1", "d3", "new"}


def test_a_filling_that_is_cut_short_is_gone_on_with() -> None:
    """Until then the old indexes are in use, as if nothing had been."""
    beside = Beside()

    def full(_done: int, _total: int) -> None:
        raise StorageFull("no space left")

    with pytest.raises(StorageFull):
        beside.build(full)
    assert beside.library.fingerprint == OLD == beside.storage.catalog.fingerprint()
    beside.library.write([one_passage("After that.", id="after")])
    beside.build()
    beside.check()


def test_without_it_another_models_indexes_are_refused() -> None:
    """And the message says what to do."""
    beside = Beside()
    with pytest.raises(IndexMismatch, match="saywhere rebuild"):
        beside.storage.library().recover()
