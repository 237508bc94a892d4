"""The library on components in memory: order of steps, faults at each, recovery, fingerprints."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from rag.errors import (
    IndexMismatch,
    IndexUnavailable,
    ModelError,
    StorageFull,
    UnknownCollection,
    UnknownDocument,
)
from rag.ports.catalog import Change, Move, Original
from rag.storage.consistency import Inconsistency
from rag.storage.library import Library, RecoveryReport
from rag.storage.original_files import OriginalFiles
from rag.types import Document, Passage
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import Interrupted, MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex
from tests.samples import document, passage


@dataclass(slots=True)
class Storage:
    """Components in memory, the steps taken on them so far, and the faults to raise, by step."""

    faults: dict[str, Exception] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    catalog: MemoryCatalog = field(default_factory=MemoryCatalog)
    dense: MemoryDenseIndex = field(default_factory=MemoryDenseIndex)
    lexical: MemoryLexicalIndex = field(default_factory=MemoryLexicalIndex)
    embedder: BagEmbedder = field(default_factory=BagEmbedder)

    def library(self, **more: object) -> Library:
        components = {
            name: Interrupted(getattr(self, name), self._hook(name))
            for name in ("catalog", "dense", "lexical")
        }
        return Library(**components, embedder=self.embedder, **more)  # type: ignore[arg-type]

    def texts(self) -> dict[str, str]:
        return {r.id: self.catalog.document(r.id).text for r in self.catalog.list()}

    def is_consistent(self) -> bool:
        return not Library(self.catalog, self.dense, self.lexical, self.embedder).check()

    def _hook(self, component: str):  # type: ignore[no-untyped-def]
        def hook(step: str) -> None:
            when, _, name = step.partition(" ")
            if when == "before":
                self.steps.append(f"{component}.{name}")
            fault = self.faults.get(f"{when} {component}.{name}")
            if fault is not None:
                raise fault

        return hook


@pytest.fixture
def storage() -> Storage:
    return Storage()


def one_passage(text: str, **more: object) -> Change:
    whole = document(text, **more)  # type: ignore[arg-type]
    return Change(document=whole, passages=(passage(whole, collection=whole.collection),))


def passages_by_sentence(whole: Document) -> list[Passage]:
    return [
        Passage(document_id=whole.id, version=whole.sha256, span=span, sentences=(span,))
        for span in passage(whole).sentences
    ]


def test_a_write_takes_its_steps_in_the_order_that_loses_nothing(storage: Storage) -> None:
    """Intents, index rows, commit, removal, end of the intents: a version is indexed before it is current."""
    library = storage.library()
    library.write([one_passage("One.")])
    storage.steps.clear()
    library.write([one_passage("Two.")])
    write_steps = {"record_intents", "add", "commit", "remove", "clear_intents"}
    assert [step for step in storage.steps if step.partition(".")[2] in write_steps] == [
        "catalog.record_intents",
        "dense.add",
        "lexical.add",
        "catalog.commit",
        "dense.remove",
        "lexical.remove",
        "catalog.clear_intents",
    ]
    assert storage.is_consistent()


def test_embedding_comes_before_anything_is_written(storage: Storage) -> None:
    """A model that can't be loaded leaves no intent and no row."""

    class Broken(BagEmbedder):
        def embed(self, texts):  # type: ignore[no-untyped-def]
            raise ModelError("the model file is gone")

    storage.embedder = Broken()
    with pytest.raises(ModelError):
        storage.library().write([one_passage("One.")])
    assert storage.catalog.intents() == []
    assert storage.dense.collections() | storage.lexical.collections() == set()


def test_many_changes_are_one_commit(storage: Storage) -> None:
    """Two collections and a removal: one generation, one call of each index for each collection."""
    library = storage.library()
    library.write([one_passage("Gone.", id="gone")])
    storage.steps.clear()
    library.write(
        [one_passage("A.", id="a"), one_passage("B.", id="b", collection="other"), one_passage("C.", id="c")],
        [("default", "gone")],
    )
    assert storage.catalog.generation() == 2
    assert storage.steps.count("dense.add") == 2
    assert storage.texts() == {"a": "A.", "b": "B.", "c": "C."}
    assert storage.is_consistent()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "step",
    ["catalog.record_intents", "dense.add", "lexical.add", "catalog.commit", "dense.remove", "lexical.remove",
     "catalog.clear_intents"],
)  # fmt: skip
@pytest.mark.parametrize("repair", ["recover", "write"])
def test_a_full_disk_at_any_step_leaves_all_of_a_write_or_nothing(
    storage: Storage, when: str, step: str, repair: str
) -> None:
    """The old or the new one, as in the catalog; recovery or the next write makes the indexes consistent."""
    library = storage.library()
    library.write([one_passage("Old."), one_passage("Gone.", id="gone")])
    storage.faults = {f"{when} {step}": StorageFull("no space left")}
    with pytest.raises(StorageFull):
        library.write([one_passage("New."), one_passage("More.", id="more")], [("default", "gone")])
    committed = f"{when} {step}" not in {
        "before catalog.record_intents", "after catalog.record_intents", "before dense.add",
        "after dense.add", "before lexical.add", "after lexical.add", "before catalog.commit",
    }  # fmt: skip
    state = {"d1": "New.", "more": "More."} if committed else {"d1": "Old.", "gone": "Gone."}
    assert storage.texts() == state

    storage.faults = {}
    if repair == "recover":
        library.recover()
    else:
        library.write([one_passage("Last.", id="last")])
        state["last"] = "Last."
    assert storage.texts() == state
    assert storage.catalog.intents() == []
    assert storage.is_consistent()


def test_a_version_may_get_another_split(storage: Storage) -> None:
    """Other passages of the same text replace the earlier ones and leave no orphaned rows."""
    library, doc = storage.library(), document("One. Two. Three.")
    library.replace(doc, [passage(doc)])
    library.replace(doc, passages_by_sentence(doc))
    assert (storage.dense.count("default"), storage.lexical.count("default")) == (3, 3)
    library.replace(doc, [passage(doc, "One. Two.")])
    assert (storage.dense.count("default"), storage.lexical.count("default")) == (2, 1)
    assert storage.is_consistent()


def test_a_failed_split_is_rolled_back(storage: Storage) -> None:
    """The rows of the committed split are in the indexes again."""
    library, doc = storage.library(), document("One. Two. Three.")
    library.replace(doc, [passage(doc)])
    before = {hit.passage_id for hit in storage.lexical.search("default", "one two three", 9)}
    storage.faults = {"before catalog.commit": StorageFull("no space left")}
    with pytest.raises(StorageFull):
        library.replace(doc, passages_by_sentence(doc))
    storage.faults = {}
    assert library.recover().rolled_back == 1
    assert {hit.passage_id for hit in storage.lexical.search("default", "one two three", 9)} == before
    assert storage.is_consistent()


def test_rows_overwritten_by_a_failed_split_are_restored(storage: Storage) -> None:
    """The same passage with other sentences has rows of the same ids with other vectors."""
    library, doc = storage.library(), document("One. Two. Three.")
    library.replace(doc, [passage(doc)])
    storage.faults = {"before lexical.add": StorageFull("no space left")}
    with pytest.raises(StorageFull):
        library.replace(doc, [replace(passage(doc), sentences=(passage(doc).span,))])
    storage.faults = {}
    library.recover()
    best = storage.dense.search("default", storage.embedder.embed(["One."])[0], 1)[0]
    assert (best.sentence_index, best.score) == (0, pytest.approx(1.0))
    assert storage.is_consistent()


def test_a_document_may_move_to_another_collection(storage: Storage) -> None:
    """Its rows are removed from the old collection."""
    library = storage.library()
    library.write([one_passage("Text.")])
    library.write([one_passage("Text.", collection="other")])
    assert storage.dense.collections() == storage.lexical.collections() == {"other"}
    assert storage.is_consistent()


def test_removing_an_unknown_document_writes_nothing(storage: Storage) -> None:
    """Nor are other changes of the same call written."""
    library = storage.library()
    with pytest.raises(UnknownDocument):
        library.write([one_passage("One.")], [("default", "nope")])
    with pytest.raises(UnknownDocument):
        library.remove("default", "nope")
    assert storage.texts() == {}
    assert storage.dense.collections() == set()


def test_a_document_without_passages_is_kept(storage: Storage) -> None:
    """It is listed, has no rows, and its earlier passages' rows are removed."""
    library, doc = storage.library(), document("Text.")
    library.replace(doc, [passage(doc)])
    library.replace(document(""), [])
    assert storage.texts() == {"d1": ""}
    assert storage.dense.count("default") == 0
    assert storage.is_consistent()


def test_wrong_arguments_are_refused(storage: Storage) -> None:
    """A passage of another document or version, one past the end, the same document twice."""
    library, doc, other = storage.library(), document("Text."), document("Longer text.")
    for passages in ([passage(document("Text.", id="d2"))], [passage(other)]):
        with pytest.raises(ValueError, match="not of document"):
            library.replace(doc, passages)
    too_long = replace(passage(other), version=doc.sha256)
    with pytest.raises(ValueError, match="ends after"):
        library.replace(doc, [too_long])
    with pytest.raises(ValueError, match="twice"):
        library.write([one_passage("One."), one_passage("Two.")])
    with pytest.raises(ValueError, match="twice"):
        library.write([one_passage("One.")], [("default", "d1")])
    assert storage.steps == []


def test_recovery_of_a_consistent_library_does_nothing(storage: Storage) -> None:
    """It embeds nothing and writes nothing."""
    library = storage.library()
    library.write([one_passage("One.")])
    storage.steps.clear()
    assert library.recover() == RecoveryReport()
    assert not {"dense.add", "lexical.add", "dense.remove", "catalog.clear_intents"} & set(storage.steps)


def test_recovery_makes_the_indexes_consistent(storage: Storage) -> None:
    """Missing documents are indexed, stale rows are removed; ``check`` lists both before."""
    library = storage.library()
    library.write([one_passage("One.", id="one"), one_passage("Two.", id="two")])
    storage.dense.remove("default", "one", document("One.", id="one").sha256)
    stale = library._indexes.prepare([one_passage("Stale.", id="stale", collection="gone")])
    storage.lexical.add("gone", stale[0].passage_rows)
    missing_version = document("One.", id="one").sha256
    stale_version = document("Stale.", id="stale").sha256
    assert library.check() == [
        Inconsistency(
            index="dense", kind="missing", collection="default", document_id="one", version=missing_version
        ),
        Inconsistency(
            index="lexical", kind="stale", collection="gone", document_id="stale", version=stale_version
        ),
    ]
    assert library.recover() == RecoveryReport(removed=1, indexed=1)
    assert storage.is_consistent()


def test_an_empty_index_is_filled_from_the_catalog(storage: Storage) -> None:
    """As after the recreation of a damaged folder."""
    library = storage.library()
    library.write([one_passage(f"Text {i}.", id=f"d{i:03}") for i in range(150)])
    storage.dense = MemoryDenseIndex()
    assert storage.library().recover().indexed == 150
    assert storage.is_consistent()


def test_the_check_counts_rows(storage: Storage) -> None:
    """A version with some of its rows is not missing, but their number is wrong."""
    library, doc = storage.library(), document("One. Two.")
    library.replace(doc, [passage(doc)])
    storage.dense.remove("default", "d1", doc.sha256, keep={f"{passage(doc).id}:0"})
    assert library.check() == [Inconsistency(index="dense", kind="rows", collection="default")]
    assert library.rebuild() == 1
    assert library.check() == []


def test_an_index_of_another_embedder_is_refused(storage: Storage) -> None:
    """By ``recover`` and ``write``, with a message that names ``--rebuild``; after ``rebuild`` both work."""
    storage.library().write([one_passage("One.")])
    storage.embedder = BagEmbedder(32)
    library = storage.library()
    for attempt in (library.recover, lambda: library.write([one_passage("Two.")])):
        with pytest.raises(IndexMismatch, match="rebuild"):
            attempt()
    assert library.rebuild() == 1
    library.recover()
    library.write([one_passage("Two.")])
    vector = storage.embedder.embed(["Two."])[0]
    assert storage.dense.search("default", vector, 1)[0].score == pytest.approx(1.0)


def test_recovery_continues_a_rebuild_that_was_cut_short(storage: Storage) -> None:
    """The fingerprint is set before the first row, so that recovery indexes the rest."""
    storage.library().write([one_passage("One.", id="one"), one_passage("Two.", id="two")])
    storage.embedder = BagEmbedder(32)
    library = storage.library()
    storage.faults = {"before lexical.add": IndexUnavailable("gone")}
    with pytest.raises(IndexUnavailable):
        library.rebuild()
    storage.faults = {}
    assert library.recover().indexed == 2
    assert storage.is_consistent()


def test_an_empty_library_accepts_any_embedder(storage: Storage) -> None:
    """Rows of the earlier one are dropped from the indexes."""
    library = storage.library()
    library.write([one_passage("One.")])
    storage.catalog._committed.clear()
    storage.embedder = BagEmbedder(32)
    storage.library().recover()
    assert storage.dense.collections() == set()
    assert storage.catalog.fingerprint() == storage.library().fingerprint


def test_context_is_part_of_the_fingerprint(storage: Storage) -> None:
    """Vectors of sentences with and without their headings are not compared with each other."""
    assert storage.library().fingerprint != storage.library(context=True).fingerprint


def test_progress_counts_sentences(storage: Storage) -> None:
    """Up to the total, over all collections."""
    calls: list[tuple[int, int]] = []
    changes = [
        one_passage("One. Two.", id="a"),
        one_passage("Three. Four. Five.", id="b", collection="other"),
    ]
    storage.library().write(changes, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(2, 5), (5, 5)]


def test_vacuum_is_of_all_three_components(storage: Storage) -> None:
    """Of both indexes and the catalog."""
    library = storage.library()
    library.write([one_passage("One.")])
    library.remove("default", "d1")
    library.vacuum()
    assert storage.steps[-3:] == ["dense.vacuum", "lexical.vacuum", "catalog.vacuum"]
    assert storage.texts() == {}


def test_a_moved_document_is_not_embedded(storage: Storage) -> None:
    """Only the catalog and the words of its name are written."""
    library = storage.library()
    library.write([one_passage("One.")])
    assert len(storage.lexical.search("default", "d1", 10)) == 1
    storage.steps.clear()
    library.write([], moves=[Move(collection="default", document_id="d1", uri="leave-policy.md")])
    assert storage.catalog.document("d1").uri == "leave-policy.md"
    assert not {"dense.add", "dense.remove", "lexical.remove"} & set(storage.steps)
    assert len(storage.lexical.search("default", "policy", 10)) == 1
    assert storage.lexical.search("default", "d1", 10) == []
    assert storage.is_consistent()


def test_a_document_is_not_moved_and_removed_at_once(storage: Storage) -> None:
    """A write has one operation for each document."""
    library = storage.library()
    library.write([one_passage("One.")])
    with pytest.raises(ValueError, match="twice"):
        library.write(
            [], [("default", "d1")], [Move(collection="default", document_id="d1", uri="elsewhere")]
        )


def test_removal_of_a_collection_leaves_the_others(storage: Storage) -> None:
    """Its rows are dropped in one call of each index."""
    library = storage.library()
    library.write(
        [one_passage("One."), *(one_passage(f"Text {key}.", id=key, collection="hr") for key in ("d2", "d3"))]
    )
    storage.steps.clear()
    assert library.remove_collection("hr") == 2
    assert storage.texts() == {"d1": "One."}
    assert {"dense.drop", "lexical.drop"} <= set(storage.steps)
    assert storage.dense.collections() == {"default"}
    assert storage.is_consistent()
    with pytest.raises(UnknownCollection):
        library.remove_collection("hr")


@pytest.mark.parametrize(
    "fatal", ["after catalog.commit", "before dense.drop", "after dense.drop", "before catalog.clear_intents"]
)
def test_recovery_finishes_the_removal_of_a_collection(storage: Storage, fatal: str) -> None:
    """Wherever it was cut off after the commit."""
    library = storage.library()
    library.write([one_passage("One."), one_passage("Two.", id="d2", collection="hr")])
    storage.faults[fatal] = IndexUnavailable("cut off")
    with pytest.raises(IndexUnavailable):
        library.remove_collection("hr")
    storage.faults.clear()
    library.recover()
    assert storage.texts() == {"d1": "One."}
    assert storage.dense.collections() == storage.lexical.collections() == {"default"}
    assert storage.is_consistent()


def test_after_a_clean_close_recovery_compares_only_counts(storage: Storage) -> None:
    """It lists no versions; a document whose rows were lost since is detected by the count."""
    library = storage.library()
    library.recover()
    library.write([one_passage("One."), one_passage("Two.", id="two")])
    library.close()
    storage.steps.clear()
    assert storage.library().recover().clean
    assert "dense.versions" not in storage.steps
    storage.dense.remove("default", "two", document("Two.", id="two").sha256)
    assert storage.library().recover().indexed == 1


def test_after_a_killed_write_recovery_compares_versions(storage: Storage) -> None:
    """The checkpoint is older than the last write."""
    library = storage.library()
    library.recover()
    library.write([one_passage("One.")])
    library.close()
    checkpoint = storage.catalog.checkpoint()
    library.write([one_passage("Two.", id="two")])
    assert storage.catalog.checkpoint() == checkpoint
    storage.dense.remove("default", "two", document("Two.", id="two").sha256)
    assert storage.library().recover().indexed == 1


def _with_file(text: str, data: bytes, **more: object) -> Change:
    original = Original.of(data, "file.md", "text/markdown")
    return replace(one_passage(text, **more), original=original)


def test_files_are_kept_up_to_the_limit(storage: Storage, tmp_path: Path) -> None:
    """A document whose file would exceed it is written without; one of the same bytes takes no more."""
    files = OriginalFiles(tmp_path / "originals", max_bytes=10)
    library = storage.library(original_files=files)
    library.write([_with_file("A.", b"123456", id="a"), _with_file("B.", b"7890ab", id="b")])
    library.write([_with_file("C.", b"123456", id="c"), _with_file("D.", b"cdef", id="d")])
    kept = {key: storage.catalog.original(key) is not None for key in "abcd"}
    assert kept == {"a": True, "b": False, "c": True, "d": True}
    assert sum(storage.catalog.originals().values()) == 10


def test_a_replaced_file_is_removed(storage: Storage, tmp_path: Path) -> None:
    """Unless another document has the same bytes; a removed document's file goes as well."""
    files = OriginalFiles(tmp_path / "originals", max_bytes=100)
    library = storage.library(original_files=files)
    library.write([_with_file("A.", b"one", id="a"), _with_file("B.", b"one", id="b")])
    library.write([_with_file("A2.", b"two", id="a")])
    assert len(list((tmp_path / "originals").iterdir())) == 2
    library.write([_with_file("B2.", b"two", id="b")])
    assert len(list((tmp_path / "originals").iterdir())) == 1
    library.write([], [("default", "a"), ("default", "b")])
    assert list((tmp_path / "originals").iterdir()) == []


def test_a_write_that_fails_leaves_no_file(storage: Storage, tmp_path: Path) -> None:
    """Nor does it take one away that an earlier version has."""
    files = OriginalFiles(tmp_path / "originals", max_bytes=100)
    library = storage.library(original_files=files)
    library.write([_with_file("A.", b"one", id="a")])
    storage.faults = {"before catalog.commit": StorageFull("no space left")}
    with pytest.raises(StorageFull):
        library.write([_with_file("A2.", b"two", id="a"), _with_file("B.", b"three", id="b")])
    storage.faults = {}
    record = storage.catalog.original("a")
    assert record is not None
    assert [path.name for path in (tmp_path / "originals").iterdir()] == [record.sha256]
