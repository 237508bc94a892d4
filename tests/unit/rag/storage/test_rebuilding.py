"""The library with indexes that break, and on a disk that is full; components in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import IndexUnavailable, StorageError, StorageFull
from rag.storage.repair import Repairs
from rag.storage.reserve import SpaceReserve
from tests.fakes.storage import MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex
from tests.unit.rag.storage.test_library import Storage, one_passage

FULL = StorageFull("no space left")


class Breakable:
    """Fulfils ``RebuildableIndex`` over the dense index in memory."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._notify: Callable[[], None] = lambda: None
        self.fault: str | None = None
        self.is_ready = True
        self.refusals = 0  # of ``start_over``

    def on_fault(self, callback: Callable[[], None]) -> None:
        self._notify = callback

    def break_down(self) -> None:
        """Every call of the index fails from now on."""
        self.fault, self.is_ready = "scrambled", False
        methods = ("add", "remove", "search", "versions", "count", "collections", "drop")
        self._storage.faults = {f"before dense.{name}": IndexUnavailable("scrambled") for name in methods}
        self._notify()

    def start_over(self, *, keep: bool = True) -> Path | None:
        if self.refusals:
            self.refusals -= 1
            raise StorageError("no space for a new one")
        for collection in self._storage.dense.collections():
            self._storage.dense.drop(collection)
        self._storage.faults = {}
        self.fault = None
        return Path("chroma.damaged") if keep else None

    def filled(self) -> None:
        self.is_ready = self.fault is None


@pytest.fixture
def storage() -> Storage:
    return Storage()


def test_recovery_rebuilds_a_broken_index(storage: Storage) -> None:
    """From the catalog, and says so; questions are possible again."""
    index = Breakable(storage)
    library = storage.library(rebuildable=[index])  # type: ignore[arg-type]
    library.write([one_passage("One."), one_passage("Two.", id="d2")])
    library.close()
    index.break_down()
    report = library.recover()
    assert report.indexed == 2
    assert ["scrambled" in note and "chroma.damaged" in note for note in report.rebuilt] == [True]
    assert index.is_ready
    assert storage.is_consistent()


@pytest.mark.parametrize("fails_at", ["dense.add", "dense.remove"])
def test_a_write_that_meets_a_broken_index_is_done_after_its_rebuilding(
    storage: Storage, fails_at: str
) -> None:
    """Whether it was committed before or not."""
    index = Breakable(storage)
    library = storage.library(rebuildable=[index])  # type: ignore[arg-type]
    library.write([one_passage("Old."), one_passage("Gone.", id="gone")])
    original = storage.dense.add if fails_at == "dense.add" else storage.dense.remove

    def fail_once(*arguments: object, **keywords: object) -> None:
        setattr(storage.dense, fails_at.partition(".")[2], original)
        index.break_down()
        raise IndexUnavailable("scrambled")

    setattr(storage.dense, fails_at.partition(".")[2], fail_once)
    library.write([one_passage("New.")], [("default", "gone")])
    assert storage.texts() == {"d1": "New."}
    assert storage.catalog.intents() == []
    assert storage.is_consistent()


def test_an_index_that_breaks_is_rebuilt_while_the_service_runs(storage: Storage) -> None:
    """By a thread, which tries again where it can't be done at first."""
    index = Breakable(storage)
    library = storage.library(rebuildable=[index])  # type: ignore[arg-type]
    library.write([one_passage("One.")])
    index.refusals = 2
    repairs = Repairs(library, [index], retry_seconds=0.01)
    index.break_down()
    while not index.is_ready:
        repairs._thread.join(0.01)
    repairs.close()
    assert storage.is_consistent()
    assert not repairs._thread.is_alive()


@pytest.fixture
def reserve(tmp_path: Path) -> SpaceReserve:
    return SpaceReserve(tmp_path / "reserve", 1_000)


@pytest.mark.parametrize(
    "step", ["catalog.record_intents", "catalog.commit", "dense.remove", "lexical.remove"]
)
def test_a_removal_ends_on_reserved_space(storage: Storage, reserve: SpaceReserve, step: str) -> None:
    """Which is free while it is tried again."""
    library = storage.library(reserve=reserve)  # type: ignore[arg-type]
    library.write([one_passage("Old."), one_passage("Gone.", id="gone")])
    storage.faults = {f"before {step}": FULL}

    def take_space() -> None:
        storage.faults = {}

    reserve._release = take_space  # type: ignore[method-assign]
    library.remove("default", "gone")
    assert storage.texts() == {"d1": "Old."}
    assert storage.catalog.intents() == []
    assert storage.is_consistent()


def test_removals_end_without_any_space_for_the_indexes(storage: Storage, reserve: SpaceReserve) -> None:
    """One after the other; the rows go when there is space again."""
    library = storage.library(reserve=reserve)  # type: ignore[arg-type]
    library.write([one_passage(f"Text {n}.", id=f"d{n}") for n in range(4)])
    storage.faults = {"before dense.remove": FULL, "before lexical.remove": FULL}
    for n in range(3):
        library.remove("default", f"d{n}")
        assert len(storage.texts()) == 3 - n
    storage.library(reserve=reserve).recover()  # type: ignore[arg-type]
    assert storage.texts() == {"d3": "Text 3."}
    with pytest.raises(StorageFull):
        library.write([one_passage("New.", id="new")])
    storage.faults = {}
    library.write([one_passage("New.", id="new")])
    assert storage.texts() == {"d3": "Text 3.", "new": "New."}
    assert storage.is_consistent()


def test_an_addition_that_finds_no_space_is_undone(storage: Storage, reserve: SpaceReserve) -> None:
    """At once, on the reserved space."""
    library = storage.library(reserve=reserve)  # type: ignore[arg-type]
    library.write([one_passage("Old.")])
    storage.faults = {"before lexical.add": FULL}
    with pytest.raises(StorageFull):
        library.write([one_passage("New.", id="new")])
    assert storage.texts() == {"d1": "Old."}
    assert storage.catalog.intents() == []
    assert storage.is_consistent()


def test_an_index_that_breaks_on_a_full_disk_is_told_as_a_full_disk(
    storage: Storage, reserve: SpaceReserve
) -> None:
    """The addition is undone when the index is rebuilt."""
    index = Breakable(storage)
    library = storage.library(reserve=reserve, rebuildable=[index])  # type: ignore[arg-type]
    library.write([one_passage("Old.")])
    original = storage.lexical.add

    def add_and_break(*_: object, **__: object) -> None:
        index.break_down()
        raise FULL

    storage.lexical.add = add_and_break  # type: ignore[method-assign]
    with pytest.raises(StorageFull):
        library.write([one_passage("New.", id="new")])
    storage.lexical.add = original  # type: ignore[method-assign]
    library.recover()
    assert storage.texts() == {"d1": "Old."}
    assert storage.catalog.intents() == []
    assert storage.is_consistent()


def test_additions_stop_before_the_disk_is_full(tmp_path: Path) -> None:
    """Before an index is touched: the write would take more than is left."""

    class Small(SpaceReserve):
        def has_room(self, size: int) -> bool:
            return size < 1_500_000

    dense = MemoryDenseIndex()
    storage = Storage(catalog=MemoryCatalog(), dense=dense, lexical=MemoryLexicalIndex())
    library = storage.library(reserve=Small(tmp_path / "reserve"))  # type: ignore[arg-type]
    library.write([one_passage("Short.")])
    storage.steps.clear()
    with pytest.raises(StorageFull, match="can be removed"):
        library.write([one_passage("Long. " * 100, id="long")])
    assert "dense.add" not in storage.steps
    assert storage.catalog.intents() == []
    library.remove("default", "d1")
    assert storage.texts() == {}
