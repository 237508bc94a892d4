"""The library on parts in memory: order, faults half-way, recovery, fingerprints."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from rag.errors import (
    IndexMismatch,
    IndexUnavailable,
    ModelError,
    StorageFull,
    UnknownCollection,
    UnknownDocument,
)
from rag.ports.catalog import Change, Move
from rag.storage.consistency import Inconsistency
from rag.storage.library import Library, RecoveryReport
from rag.types import Document, Passage
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import Interrupted, MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex
from tests.samples import document, passage


@dataclass(slots=True)
class Shelf:
    """Parts in memory, the steps taken on them, and the faults to raise at some."""

    faults: dict[str, Exception] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    catalog: MemoryCatalog = field(default_factory=MemoryCatalog)
    dense: MemoryDenseIndex = field(default_factory=MemoryDenseIndex)
    lexical: MemoryLexicalIndex = field(default_factory=MemoryLexicalIndex)
    embedder: BagEmbedder = field(default_factory=BagEmbedder)

    def library(self, **more: bool) -> Library:
        parts = {
            name: Interrupted(getattr(self, name), self._hook(name))
            for name in ("catalog", "dense", "lexical")
        }
        return Library(**parts, embedder=self.embedder, **more)  # type: ignore[arg-type]

    def texts(self) -> dict[str, str]:
        return {r.id: self.catalog.document(r.id).text for r in self.catalog.list()}

    def agrees(self) -> bool:
        return not Library(self.catalog, self.dense, self.lexical, self.embedder).check()

    def _hook(self, part: str):  # type: ignore[no-untyped-def]
        def at(step: str) -> None:
            when, _, name = step.partition(" ")
            if when == "before":
                self.steps.append(f"{part}.{name}")
            fault = self.faults.get(f"{when} {part}.{name}")
            if fault is not None:
                raise fault

        return at


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def whole(text: str, **more: object) -> Change:
    made = document(text, **more)  # type: ignore[arg-type]
    return Change(document=made, passages=(passage(made, collection=made.collection),))


def sentences_of(made: Document) -> list[Passage]:
    return [
        Passage(document_id=made.id, version=made.sha256, span=span, sentences=(span,))
        for span in passage(made).sentences
    ]


def test_a_write_goes_in_the_order_that_loses_nothing(shelf: Shelf) -> None:
    """Intent, indexes, commit, prune, settle: the version is current only once it can be found."""
    library = shelf.library()
    library.write([whole("One.")])
    shelf.steps.clear()
    library.write([whole("Two.")])
    writing = {"record_intents", "add", "commit", "remove", "clear_intents"}
    assert [step for step in shelf.steps if step.partition(".")[2] in writing] == [
        "catalog.record_intents",
        "dense.add",
        "lexical.add",
        "catalog.commit",
        "dense.remove",
        "lexical.remove",
        "catalog.clear_intents",
    ]
    assert shelf.agrees()


def test_embedding_comes_before_anything_is_written(shelf: Shelf) -> None:
    """A model that fails leaves no intent and no row."""

    class Broken(BagEmbedder):
        def embed(self, texts):  # type: ignore[no-untyped-def]
            raise ModelError("the model file is gone")

    shelf.embedder = Broken()
    with pytest.raises(ModelError):
        shelf.library().write([whole("One.")])
    assert shelf.catalog.intents() == []
    assert shelf.dense.collections() | shelf.lexical.collections() == set()


def test_many_changes_are_one_commit(shelf: Shelf) -> None:
    """Of two collections and a removal: the generation rises once, each index is written once each."""
    library = shelf.library()
    library.write([whole("Gone.", id="gone")])
    shelf.steps.clear()
    library.write(
        [whole("A.", id="a"), whole("B.", id="b", collection="other"), whole("C.", id="c")],
        [("default", "gone")],
    )
    assert shelf.catalog.generation() == 2
    assert shelf.steps.count("dense.add") == 2
    assert shelf.texts() == {"a": "A.", "b": "B.", "c": "C."}
    assert shelf.agrees()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "step",
    ["catalog.record_intents", "dense.add", "lexical.add", "catalog.commit", "dense.remove", "lexical.remove",
     "catalog.clear_intents"],
)  # fmt: skip
@pytest.mark.parametrize("repair", ["recover", "write"])
def test_a_full_disk_at_any_step_leaves_one_whole_state(
    shelf: Shelf, when: str, step: str, repair: str
) -> None:
    """Old or new, as the catalog says; recovery or the next write repairs the indexes."""
    library = shelf.library()
    library.write([whole("Old."), whole("Gone.", id="gone")])
    shelf.faults = {f"{when} {step}": StorageFull("no space left")}
    with pytest.raises(StorageFull):
        library.write([whole("New."), whole("More.", id="more")], [("default", "gone")])
    committed = f"{when} {step}" not in {
        "before catalog.record_intents", "after catalog.record_intents", "before dense.add",
        "after dense.add",
        "before lexical.add", "after lexical.add", "before catalog.commit",
    }  # fmt: skip
    state = {"d1": "New.", "more": "More."} if committed else {"d1": "Old.", "gone": "Gone."}
    assert shelf.texts() == state

    shelf.faults = {}
    if repair == "recover":
        library.recover()
    else:
        library.write([whole("Last.", id="last")])
        state["last"] = "Last."
    assert shelf.texts() == state
    assert shelf.catalog.intents() == []
    assert shelf.agrees()


def test_a_version_may_be_split_anew(shelf: Shelf) -> None:
    """Other passages of the same text replace the earlier ones without strays."""
    library, made = shelf.library(), document("One. Two. Three.")
    library.replace(made, [passage(made)])
    library.replace(made, sentences_of(made))
    assert (shelf.dense.count("default"), shelf.lexical.count("default")) == (3, 3)
    library.replace(made, [passage(made, "One. Two.")])
    assert (shelf.dense.count("default"), shelf.lexical.count("default")) == (2, 1)
    assert shelf.agrees()


def test_a_split_that_fails_is_undone_to_the_earlier_one(shelf: Shelf) -> None:
    """Rows of the committed split that the failed one overwrote are put back."""
    library, made = shelf.library(), document("One. Two. Three.")
    library.replace(made, [passage(made)])
    before = {hit.passage_id for hit in shelf.lexical.search("default", "one two three", 9)}
    shelf.faults = {"before catalog.commit": StorageFull("no space left")}
    with pytest.raises(StorageFull):
        library.replace(made, sentences_of(made))
    shelf.faults = {}
    assert library.recover().undone == 1
    assert {hit.passage_id for hit in shelf.lexical.search("default", "one two three", 9)} == before
    assert shelf.agrees()


def test_rows_overwritten_by_a_failed_split_are_put_back(shelf: Shelf) -> None:
    """The same passage cut into other sentences has units of the same ids with other vectors."""
    library, made = shelf.library(), document("One. Two. Three.")
    library.replace(made, [passage(made)])
    shelf.faults = {"before lexical.add": StorageFull("no space left")}
    with pytest.raises(StorageFull):
        library.replace(made, [replace(passage(made), sentences=(passage(made).span,))])
    shelf.faults = {}
    library.recover()
    best = shelf.dense.search("default", shelf.embedder.embed(["One."])[0], 1)[0]
    assert (best.sentence_index, best.score) == (0, pytest.approx(1.0))
    assert shelf.agrees()


def test_a_document_may_move_to_another_collection(shelf: Shelf) -> None:
    """Its old collection forgets it."""
    library = shelf.library()
    library.write([whole("Text.")])
    library.write([whole("Text.", collection="other")])
    assert shelf.dense.collections() == shelf.lexical.collections() == {"other"}
    assert shelf.agrees()


def test_removing_an_unknown_document_writes_nothing(shelf: Shelf) -> None:
    """Nor do the changes beside it."""
    library = shelf.library()
    with pytest.raises(UnknownDocument):
        library.write([whole("One.")], [("default", "nope")])
    with pytest.raises(UnknownDocument):
        library.remove("default", "nope")
    assert shelf.texts() == {}
    assert shelf.dense.collections() == set()


def test_a_document_without_passages_is_kept(shelf: Shelf) -> None:
    """It is listed; there's nothing to index of it, and its earlier passages go."""
    library, made = shelf.library(), document("Text.")
    library.replace(made, [passage(made)])
    library.replace(document(""), [])
    assert shelf.texts() == {"d1": ""}
    assert shelf.dense.count("default") == 0
    assert shelf.agrees()


def test_unsound_changes_are_refused(shelf: Shelf) -> None:
    """Another document's passage, another version's, one past the end, the same document twice."""
    library, made, other = shelf.library(), document("Text."), document("Longer text.")
    for passages in ([passage(document("Text.", id="d2"))], [passage(other)]):
        with pytest.raises(ValueError, match="not of document"):
            library.replace(made, passages)
    too_long = replace(passage(other), version=made.sha256)
    with pytest.raises(ValueError, match="ends after"):
        library.replace(made, [too_long])
    with pytest.raises(ValueError, match="twice"):
        library.write([whole("One."), whole("Two.")])
    with pytest.raises(ValueError, match="twice"):
        library.write([whole("One.")], [("default", "d1")])
    assert shelf.steps == []


def test_recovery_of_a_sound_library_does_nothing(shelf: Shelf) -> None:
    """It embeds nothing and writes nothing."""
    library = shelf.library()
    library.write([whole("One.")])
    shelf.steps.clear()
    assert library.recover() == RecoveryReport()
    assert not {"dense.add", "lexical.add", "dense.remove", "catalog.clear_intents"} & set(shelf.steps)


def test_recovery_brings_indexes_in_step(shelf: Shelf) -> None:
    """What an index lacks is put back, what no document owns goes; the check names both first."""
    library = shelf.library()
    library.write([whole("One.", id="one"), whole("Two.", id="two")])
    shelf.dense.remove("default", "one", document("One.", id="one").sha256)
    stray = library._indexes.prepare([whole("Stray.", id="stray", collection="gone")])
    shelf.lexical.add("gone", stray[0].rows)
    one, three = document("One.", id="one").sha256, document("Stray.", id="stray").sha256
    assert library.check() == [
        Inconsistency(index="dense", kind="missing", collection="default", document_id="one", version=one),
        Inconsistency(index="lexical", kind="stale", collection="gone", document_id="stray", version=three),
    ]
    assert library.recover() == RecoveryReport(removed=1, indexed=1)
    assert shelf.agrees()


def test_an_empty_index_is_filled_from_the_catalog(shelf: Shelf) -> None:
    """As when a damaged folder was made anew."""
    library = shelf.library()
    library.write([whole(f"Text {i}.", id=f"d{i:03}") for i in range(150)])
    shelf.dense = MemoryDenseIndex()
    assert shelf.library().recover().indexed == 150
    assert shelf.agrees()


def test_lost_rows_are_noticed_by_the_check(shelf: Shelf) -> None:
    """A version that is there in part agrees by name, not by number."""
    library, made = shelf.library(), document("One. Two.")
    library.replace(made, [passage(made)])
    shelf.dense.remove("default", "d1", made.sha256, keep={f"{passage(made).id}:0"})
    assert library.check() == [Inconsistency(index="dense", kind="rows", collection="default")]
    assert library.rebuild() == 1
    assert library.check() == []


def test_an_index_of_another_embedder_is_refused(shelf: Shelf) -> None:
    """By recovery and by writing, with the way out named; rebuilding is it."""
    shelf.library().write([whole("One.")])
    shelf.embedder = BagEmbedder(32)
    library = shelf.library()
    for attempt in (library.recover, lambda: library.write([whole("Two.")])):
        with pytest.raises(IndexMismatch, match="rebuild"):
            attempt()
    assert library.rebuild() == 1
    library.recover()
    library.write([whole("Two.")])
    vector = shelf.embedder.embed(["Two."])[0]
    assert shelf.dense.search("default", vector, 1)[0].score == pytest.approx(1.0)


def test_a_rebuild_cut_short_is_gone_on_with(shelf: Shelf) -> None:
    """Its fingerprint is set before the first row, so that recovery indexes the rest."""
    shelf.library().write([whole("One.", id="one"), whole("Two.", id="two")])
    shelf.embedder = BagEmbedder(32)
    library = shelf.library()
    shelf.faults = {"before lexical.add": IndexUnavailable("gone")}
    with pytest.raises(IndexUnavailable):
        library.rebuild()
    shelf.faults = {}
    assert library.recover().indexed == 2
    assert shelf.agrees()


def test_an_empty_library_takes_any_embedder(shelf: Shelf) -> None:
    """What the indexes still hold of the earlier one is dropped."""
    library = shelf.library()
    library.write([whole("One.")])
    shelf.catalog._held.clear()
    shelf.embedder = BagEmbedder(32)
    shelf.library().recover()
    assert shelf.dense.collections() == set()
    assert shelf.catalog.fingerprint() == shelf.library().fingerprint


def test_context_is_part_of_the_fingerprint(shelf: Shelf) -> None:
    """Vectors of sentences with and without their headings don't mix."""
    assert shelf.library().fingerprint != shelf.library(context=True).fingerprint


def test_progress_counts_sentences(shelf: Shelf) -> None:
    """To the total, over collections."""
    told: list[tuple[int, int]] = []
    changes = [whole("One. Two.", id="a"), whole("Three. Four. Five.", id="b", collection="other")]
    shelf.library().write(changes, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (5, 5)]


def test_vacuuming_is_of_all_three(shelf: Shelf) -> None:
    """After a removal nothing of it is left on the disk then."""
    library = shelf.library()
    library.write([whole("One.")])
    library.remove("default", "d1")
    library.vacuum()
    assert shelf.steps[-3:] == ["dense.vacuum", "lexical.vacuum", "catalog.vacuum"]
    assert shelf.texts() == {}


def test_a_moved_document_is_not_embedded(shelf: Shelf) -> None:
    """Only the catalog is written."""
    library = shelf.library()
    library.write([whole("One.")])
    shelf.steps.clear()
    library.write([], moves=[Move(collection="default", document_id="d1", uri="elsewhere")])
    assert shelf.catalog.document("d1").uri == "elsewhere"
    assert not {"dense.add", "lexical.add", "dense.remove", "lexical.remove"} & set(shelf.steps)
    assert shelf.agrees()


def test_a_document_is_not_moved_and_removed_at_once(shelf: Shelf) -> None:
    """One write has one intention for each document."""
    library = shelf.library()
    library.write([whole("One.")])
    with pytest.raises(ValueError, match="twice"):
        library.write(
            [], [("default", "d1")], [Move(collection="default", document_id="d1", uri="elsewhere")]
        )


def test_a_removed_collection_leaves_the_others(shelf: Shelf) -> None:
    """Its rows are dropped at once, not one document after the other."""
    library = shelf.library()
    library.write([whole("One."), *(whole(f"Text {key}.", id=key, collection="hr") for key in ("d2", "d3"))])
    shelf.steps.clear()
    assert library.remove_collection("hr") == 2
    assert shelf.texts() == {"d1": "One."}
    assert {"dense.drop", "lexical.drop"} <= set(shelf.steps)
    assert shelf.dense.collections() == {"default"}
    assert shelf.agrees()
    with pytest.raises(UnknownCollection):
        library.remove_collection("hr")


@pytest.mark.parametrize(
    "fatal", ["after catalog.commit", "before dense.drop", "after dense.drop", "before catalog.clear_intents"]
)
def test_a_collection_half_removed_is_gone_after_recovery(shelf: Shelf, fatal: str) -> None:
    """From the commit on it doesn't come back."""
    library = shelf.library()
    library.write([whole("One."), whole("Two.", id="d2", collection="hr")])
    shelf.faults[fatal] = IndexUnavailable("cut off")
    with pytest.raises(IndexUnavailable):
        library.remove_collection("hr")
    shelf.faults.clear()
    library.recover()
    assert shelf.texts() == {"d1": "One."}
    assert shelf.dense.collections() == shelf.lexical.collections() == {"default"}
    assert shelf.agrees()


def test_after_a_good_end_only_counts_are_compared(shelf: Shelf) -> None:
    """Nothing is listed; what then left an index by another way is missed by its rows, and put back."""
    library = shelf.library()
    library.recover()
    library.write([whole("One."), whole("Two.", id="two")])
    library.close()
    shelf.steps.clear()
    assert shelf.library().recover().clean
    assert "dense.versions" not in shelf.steps
    shelf.dense.remove("default", "two", document("Two.", id="two").sha256)
    assert shelf.library().recover().indexed == 1


def test_a_process_that_wrote_and_was_killed_is_not_trusted(shelf: Shelf) -> None:
    """What was noted before its writes says nothing of them."""
    library = shelf.library()
    library.recover()
    library.write([whole("One.")])
    library.close()
    noted = shelf.catalog.checkpoint()
    library.write([whole("Two.", id="two")])
    assert shelf.catalog.checkpoint() == noted
    shelf.dense.remove("default", "two", document("Two.", id="two").sha256)
    assert shelf.library().recover().indexed == 1
