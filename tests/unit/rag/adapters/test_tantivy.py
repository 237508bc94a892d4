"""Tantivy: damaged folders, locks of killed processes, stemming, what stays on the disk."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag.adapters import tantivy
from rag.adapters.index_folders import collection_name, folder_name, is_disk_full
from rag.adapters.tantivy import TantivyIndex
from rag.errors import IndexUnavailable, StorageFull
from tests.contract.test_lexical_index import hit_ids, rows

HOLDER = """
import os, signal, sys
import tantivy
writer = tantivy.Index.open(sys.argv[1]).writer(15_000_000, 1)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_words_match_by_their_stem(tmp_path: Path) -> None:
    """Singular and plural, present and past, upper and lower case."""
    index = TantivyIndex(tmp_path)
    index.add("default", rows("a", "v", "They DEMANDED apologies from sheriffs."))
    for query in ("demand", "demands", "apology", "Sheriff's"):
        assert hit_ids(index, query) == ["av0"], query


def test_context_weighs_by_its_boost(tmp_path: Path) -> None:
    """A low boost ranks text above context, a high one context above text."""
    for boost, first in ((0.1, "av0"), (50.0, "bv0")):
        index = TantivyIndex(tmp_path / str(boost), context_boost=boost)
        index.add("default", rows("a", "v", "the harbour", context="other"))
        index.add("default", rows("b", "v", "the other", context="harbour"))
        assert hit_ids(index, "harbour")[0] == first


def test_a_passage_with_more_of_the_words_comes_before_one_with_few(tmp_path: Path) -> None:
    """BM25 alone prefers a short one that has a rare word of them often."""
    often = "Permit, permit."
    many = "Whoever keeps a boat in the harbour all year long brings it ashore for the winter months."
    others = [f"Boat {n} lies in the harbour." for n in range(4)] + [f"Number {n}" for n in range(30)]
    for coverage, first in ((2.0, "av1"), (0.0, "av0")):
        index = TantivyIndex(tmp_path / str(coverage), coverage=coverage)
        index.add("default", rows("a", "v", often, many, *others))
        found = hit_ids(index, "permit for my boat in the harbour")
        assert min(("av0", "av1"), key=found.index) == first


def test_a_related_word_counts_less_than_the_word(tmp_path: Path) -> None:
    """ "purchase" finds what is bought, after what is purchased; function words are related to nothing."""
    index = TantivyIndex(tmp_path)
    index.add("default", rows("a", "v", "We buy a boat.", "We purchase a boat.", "We sail a boat."))
    assert hit_ids(index, "purchase") == ["av1", "av0"]
    assert hit_ids(index, "about") == []


def test_a_lock_file_of_a_killed_process_does_not_block(tmp_path: Path) -> None:
    """The lock is the operating system's and ends with its process; the file alone locks nothing."""
    index = TantivyIndex(tmp_path)
    index.add("default", rows("a", "v", "fox"))
    index.close()
    folder = tmp_path / folder_name("default")
    process = subprocess.run([sys.executable, "-c", HOLDER, str(folder)], check=False)
    assert process.returncode == -signal.SIGKILL
    assert list(folder.glob("*lock"))
    index = TantivyIndex(tmp_path)
    index.add("default", rows("b", "v", "fox"))
    assert sorted(hit_ids(index, "fox")) == ["av0", "bv0"]


def test_a_commit_cut_before_its_last_step_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tantivy writes the file of removed rows before the list of segments that names it. A process killed
    in between leaves a file with the name that the next commit writes.
    """
    monkeypatch.setattr(tantivy, "_ALWAYS_REWRITTEN_ROWS", 0)
    monkeypatch.setattr(tantivy, "_MAX_REMOVED_SHARE", 1.0)  # no rewrite
    index = TantivyIndex(tmp_path)
    index.add("default", [*rows("a", "v", "fox"), *rows("b", "v", "fox"), *rows("c", "v", "fox")])
    segments = tmp_path / folder_name("default") / "meta.json"
    content = segments.read_bytes()
    index.remove("default", [("a", "v")])
    index.close()
    assert list(segments.parent.glob("*.del"))
    segments.write_bytes(content)  # as if killed before the list was replaced
    index = TantivyIndex(tmp_path)
    assert sorted(hit_ids(index, "fox")) == ["av0", "bv0", "cv0"]
    index.remove("default", [("a", "v")])
    assert sorted(hit_ids(index, "fox")) == ["bv0", "cv0"]


@pytest.mark.parametrize("damaged", ["meta.json", "*.store", "*.term"])
def test_a_damaged_folder_is_detected(tmp_path: Path, damaged: str) -> None:
    """On opening, whichever of its files is damaged."""
    index = TantivyIndex(tmp_path / "terms")
    index.add("default", rows("a", "v", "fox"))
    index.close()
    for file in (tmp_path / "terms").rglob(damaged):
        file.write_bytes(b"x")
    with pytest.raises(IndexUnavailable):
        TantivyIndex(tmp_path / "terms")


@pytest.mark.parametrize("suffix", ["fast", "fieldnorm", "idx", "pos", "store", "term", "del"])
def test_every_flipped_bit_is_detected(tmp_path: Path, suffix: str) -> None:
    """By the checksums that Tantivy writes and doesn't read, in each file of a segment."""
    index = TantivyIndex(tmp_path)
    index.add("default", [*rows("a", "v", *(f"fox number {i}" for i in range(600))), *rows("b", "v", "dog")])
    index.remove("default", [("b", "v")])
    index.close()
    TantivyIndex(tmp_path).close()
    files = list(tmp_path.rglob(f"*.{suffix}"))
    assert files
    for file in files:
        content = file.read_bytes()
        body = content.rindex(b'{"version"')  # the footer's other fields aren't covered
        for at in random.Random(7).sample(range(body), min(20, body)):
            _replace(file, content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :])
            with pytest.raises(IndexUnavailable):
                TantivyIndex(tmp_path)
        _replace(file, content)
    assert hit_ids(TantivyIndex(tmp_path), "fox")


def _replace(file: Path, content: bytes) -> None:
    """Another file in its place: one that is cut while an index has it mapped ends the process (SIGBUS)."""
    new = file.with_suffix(".replacement")
    new.write_bytes(content)
    new.replace(file)


def test_an_unfinished_rewrite_is_removed(tmp_path: Path) -> None:
    """Its folder is deleted; the collection is as before."""
    index = TantivyIndex(tmp_path)
    index.add("default", rows("a", "v", "fox"))
    index.close()
    (tmp_path / folder_name("default")).with_suffix(".new").mkdir()
    assert hit_ids(TantivyIndex(tmp_path), "fox") == ["av0"]
    assert [folder.name for folder in tmp_path.iterdir()] == [folder_name("default")]


def test_an_unfinished_drop_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few of its files were deleted: the collection is gone, the others are there."""
    index = TantivyIndex(tmp_path)
    for collection in ("default", "hr"):
        index.add(collection, rows("a", "v", "fox"))

    def cut(folder: Path) -> None:
        next(folder.glob("*.term")).unlink()
        raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", cut)
        with pytest.raises(IndexUnavailable):
            index.drop("hr")
    index.close()
    assert TantivyIndex(tmp_path).collections() == {"default"}
    assert [folder.name for folder in tmp_path.iterdir()] == [folder_name("default")]


def test_a_rewrite_cut_between_its_last_two_steps_loses_nothing(tmp_path: Path) -> None:
    """The old folder has been renamed and the new one has not: the old index is used."""
    index = TantivyIndex(tmp_path)
    index.add("default", rows("a", "v", "fox"))
    index.close()
    folder = tmp_path / folder_name("default")
    shutil.copytree(folder, folder.with_suffix(".new"))
    folder.rename(folder.with_suffix(".old"))
    assert hit_ids(TantivyIndex(tmp_path), "fox") == ["av0"]
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


@pytest.mark.parametrize(("always_rewritten_rows", "tolerance"), [(500, 0.0), (0, 0.02)])
def test_removed_text_does_not_change_scores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, always_rewritten_rows: int, tolerance: float
) -> None:
    """After hundreds of removals scores equal those of an index that never had the text; nearly so in an
    index that isn't rewritten at each removal."""
    monkeypatch.setattr(tantivy, "_ALWAYS_REWRITTEN_ROWS", always_rewritten_rows)
    live = rows("live", "v", *(f"the fox of den {n % 7} and hen {n}" for n in range(200)))
    fresh, changed = TantivyIndex(tmp_path / "fresh"), TantivyIndex(tmp_path / "changed")
    fresh.add("default", live)
    changed.add("default", live)
    for number in range(40):
        changed.add("default", rows(f"d{number}", "v", *["den fox den fox hen hen of hens"] * 8))
        changed.remove("default", [(f"d{number}", "v")])
    for query in ("the fox", "den 3", "hen 17"):
        expected = {hit.passage_id: hit.score for hit in fresh.search("default", query, 300)}
        scores = {hit.passage_id: hit.score for hit in changed.search("default", query, 300)}
        assert scores == pytest.approx(expected, rel=tolerance or 1e-6, abs=tolerance)


def test_replaced_text_does_not_change_scores(tmp_path: Path) -> None:
    """As of a renamed document, whose name is a part of its rows."""
    texts = [f"the fox of den {n % 7} and hen {n}" for n in range(20)]
    fresh, changed = TantivyIndex(tmp_path / "fresh"), TantivyIndex(tmp_path / "changed")
    fresh.add("default", rows("live", "v", *texts))
    changed.add("default", rows("live", "v", *["den fox den fox hen"] * 5, *texts[5:]))
    changed.add("default", rows("live", "v", *texts[:5]))
    expected = {hit.passage_id: hit.score for hit in fresh.search("default", "den 3 fox", 30)}
    scores = {hit.passage_id: hit.score for hit in changed.search("default", "den 3 fox", 30)}
    assert scores == pytest.approx(expected, rel=1e-6)


def test_vacuum_leaves_nothing_of_removed_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their words are in no file, other rows stay; ``versions`` leaves them out even before."""
    monkeypatch.setattr(tantivy, "_ALWAYS_REWRITTEN_ROWS", 0)
    monkeypatch.setattr(tantivy, "_MAX_REMOVED_SHARE", 2)
    index = TantivyIndex(tmp_path)
    index.add("default", [*rows("secret", "v", "zzmarker text"), *rows("kept", "v", "fox text")])
    index.remove("default", [("secret", "v")])
    assert index.versions("default") == {("kept", "v")}
    index.vacuum()
    content = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"zzmarker" not in content
    assert b"secret" not in content
    assert hit_ids(index, "text") == ["keptv0"]


def test_a_path_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file where a folder should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnavailable, match="file"):
        TantivyIndex(tmp_path / "file" / "terms")


def set_free_space(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    usage = shutil.disk_usage(".")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)


def test_a_full_disk_is_reported_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever operation failed."""
    (tmp_path / "file").write_text("")
    set_free_space(monkeypatch, 1_000_000)
    with pytest.raises(StorageFull, match="no space left"):
        TantivyIndex(tmp_path / "file" / "terms")


@pytest.mark.parametrize(("free", "full"), [(0, True), (1_048_575, True), (1_048_576, False)])
def test_a_disk_is_full_below_a_mebibyte(monkeypatch: pytest.MonkeyPatch, free: int, full: bool) -> None:
    """Of free space on the folder's disk; for files on another machine only the error message counts."""
    set_free_space(monkeypatch, free)
    assert is_disk_full(OSError("failed"), Path()) is full
    assert not is_disk_full(OSError("failed"), None)
    assert is_disk_full(OSError("No space left on device"), None)


def test_the_disk_of_a_missing_folder_is_not_full(tmp_path: Path) -> None:
    """Free space is unknown there."""
    assert not is_disk_full(OSError("failed"), tmp_path / "gone")


@pytest.mark.parametrize("name", ["default", "", "A/../b", "ünï ☂", "x" * 100, "c-x", "."])
def test_folder_names_are_reversible(name: str) -> None:
    """One name of safe characters for each collection; other folders belong to no collection."""
    folder = folder_name(name)
    assert collection_name(folder) == name
    assert set(folder) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert collection_name(f"{folder}.new") is None
    assert collection_name(f"{folder}-new") is None
    assert collection_name("models") is None
