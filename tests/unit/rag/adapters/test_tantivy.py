"""Tantivy's own ways: damaged folders, locks left behind, stemming, what stays on the disk."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag.adapters import tantivy
from rag.adapters.index_folders import folder_name, is_full, name_of, open_or_renew
from rag.adapters.tantivy import TantivyIndex
from rag.errors import IndexUnavailable, StorageFull
from tests.contract.test_lexical_index import found_ids, rows

HOLDER = """
import os, signal, sys
import tantivy
writer = tantivy.Index.open(sys.argv[1]).writer(15_000_000, 1)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_words_meet_by_their_stem(tmp_path: Path) -> None:
    """Singular and plural, present and past, upper and lower case, as English has them."""
    index = TantivyIndex(tmp_path)
    index.add("default", rows("a", "v", "They DEMANDED apologies from sheriffs."))
    for query in ("demand", "demands", "apology", "Sheriff's"):
        assert found_ids(index, query) == ["av0"], query


def test_context_counts_less_than_text(tmp_path: Path) -> None:
    """By the boost; none at all when it is zero."""
    for boost, first in ((0.1, "av0"), (50.0, "bv0")):
        index = TantivyIndex(tmp_path / str(boost), context_boost=boost)
        index.add("default", rows("a", "v", "the harbour", context="other"))
        index.add("default", rows("b", "v", "the other", context="harbour"))
        assert found_ids(index, "harbour")[0] == first


def test_a_lock_left_by_a_killed_process_is_no_obstacle(tmp_path: Path) -> None:
    """The lock is the operating system's; the file that stays means nothing."""
    index = TantivyIndex(tmp_path)
    index.add("default", rows("a", "v", "fox"))
    index.close()
    folder = tmp_path / folder_name("default")
    done = subprocess.run([sys.executable, "-c", HOLDER, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert list(folder.glob("*lock"))
    index = TantivyIndex(tmp_path)
    index.add("default", rows("b", "v", "fox"))
    assert sorted(found_ids(index, "fox")) == ["av0", "bv0"]


def test_a_commit_cut_before_its_last_step_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The marks of removed rows are written before the list of segments that names them. A process that
    dies in between leaves their file under the very name that the next commit gives it.
    """
    monkeypatch.setattr(tantivy, "_FEW_ROWS", 0)
    monkeypatch.setattr(tantivy, "_REMOVED_SHARE", 1.0)  # no rewrite: the marks stay
    index = TantivyIndex(tmp_path)
    index.add("default", [*rows("a", "v", "fox"), *rows("b", "v", "fox"), *rows("c", "v", "fox")])
    listed = tmp_path / folder_name("default") / "meta.json"
    before = listed.read_bytes()
    index.remove("default", [("a", "v")])
    index.close()
    assert list(listed.parent.glob("*.del"))
    listed.write_bytes(before)  # as if killed before the list was replaced
    index = TantivyIndex(tmp_path)
    assert sorted(found_ids(index, "fox")) == ["av0", "bv0", "cv0"]
    index.remove("default", [("a", "v")])
    assert sorted(found_ids(index, "fox")) == ["bv0", "cv0"]


@pytest.mark.parametrize("damaged", ["meta.json", "*.store", "*.term"])
def test_a_damaged_folder_is_noticed_and_made_anew(tmp_path: Path, damaged: str) -> None:
    """On opening, whichever of its files is broken."""
    index = TantivyIndex(tmp_path / "terms")
    index.add("default", rows("a", "v", "fox"))
    index.close()
    for file in (tmp_path / "terms").rglob(damaged):
        file.write_bytes(b"x")
    with pytest.raises(IndexUnavailable):
        TantivyIndex(tmp_path / "terms")
    index = open_or_renew(TantivyIndex, tmp_path / "terms")
    index.add("default", rows("a", "v", "fox"))
    assert found_ids(index, "fox") == ["av0"]


def test_a_rewrite_that_was_cut_short_is_cleared_away(tmp_path: Path) -> None:
    """The half-made folder goes, the collection stays as it was."""
    index = TantivyIndex(tmp_path)
    index.add("default", rows("a", "v", "fox"))
    index.close()
    (tmp_path / folder_name("default")).with_suffix(".new").mkdir()
    assert found_ids(TantivyIndex(tmp_path), "fox") == ["av0"]
    assert [folder.name for folder in tmp_path.iterdir()] == [folder_name("default")]


def test_a_drop_that_was_cut_short_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However little of the folder was deleted: nothing of the collection is left, the others open."""
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


def test_a_rewrite_cut_between_its_last_steps_loses_nothing(tmp_path: Path) -> None:
    """The old index was moved away, the new one isn't in its place yet: the old one stands."""
    index = TantivyIndex(tmp_path)
    index.add("default", rows("a", "v", "fox"))
    index.close()
    folder = tmp_path / folder_name("default")
    shutil.copytree(folder, folder.with_suffix(".new"))
    folder.rename(folder.with_suffix(".old"))
    assert found_ids(TantivyIndex(tmp_path), "fox") == ["av0"]
    assert [found.name for found in tmp_path.iterdir()] == [folder.name]


@pytest.mark.parametrize(("few", "off"), [(500, 0.0), (0, 0.02)])
def test_removed_text_does_not_weigh_on_what_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int, off: float
) -> None:
    """Scores after hundreds of removals are those of an index that never held the text; nearly so where
    there are many rows."""
    monkeypatch.setattr(tantivy, "_FEW_ROWS", few)
    kept = rows("kept", "v", *(f"the fox of den {n % 7} and hen {n}" for n in range(200)))
    fresh, worn = TantivyIndex(tmp_path / "fresh"), TantivyIndex(tmp_path / "worn")
    fresh.add("default", kept)
    worn.add("default", kept)
    for number in range(40):
        worn.add("default", rows(f"d{number}", "v", *["den fox den fox hen hen of hens"] * 8))
        worn.remove("default", [(f"d{number}", "v")])
    for query in ("the fox", "den 3", "hen 17"):
        wanted = {hit.passage_id: hit.score for hit in fresh.search("default", query, 300)}
        found = {hit.passage_id: hit.score for hit in worn.search("default", query, 300)}
        assert found == pytest.approx(wanted, rel=off or 1e-6, abs=off)


def test_vacuum_leaves_nothing_of_removed_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No word of theirs in any file, though rows beside them stay; ``versions`` forgot them before."""
    monkeypatch.setattr(tantivy, "_FEW_ROWS", 0)
    monkeypatch.setattr(tantivy, "_REMOVED_SHARE", 2)
    index = TantivyIndex(tmp_path)
    index.add("default", [*rows("secret", "v", "zzmarker text"), *rows("kept", "v", "fox text")])
    index.remove("default", [("secret", "v")])
    assert index.versions("default") == {("kept", "v")}
    index.vacuum()
    left = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"zzmarker" not in left
    assert b"secret" not in left
    assert found_ids(index, "text") == ["keptv0"]


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file where a folder should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnavailable, match="file"):
        TantivyIndex(tmp_path / "file" / "terms")


def no_room(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    usage = shutil.disk_usage(".")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever failed then, the disk is the reason given."""
    (tmp_path / "file").write_text("")
    no_room(monkeypatch, 1_000_000)
    with pytest.raises(StorageFull, match="no space left"):
        TantivyIndex(tmp_path / "file" / "terms")


@pytest.mark.parametrize(("free", "full"), [(0, True), (1_048_575, True), (1_048_576, False)])
def test_a_disk_is_full_below_a_mebibyte(monkeypatch: pytest.MonkeyPatch, free: int, full: bool) -> None:
    """Of the folder's own disk; another machine's can't be told, except by what the error says."""
    no_room(monkeypatch, free)
    assert is_full(OSError("failed"), Path()) is full
    assert not is_full(OSError("failed"), None)
    assert is_full(OSError("No space left on device"), None)


def test_a_folder_that_is_gone_is_not_full(tmp_path: Path) -> None:
    """Where room can't be told, the error stays what it was."""
    assert not is_full(OSError("failed"), tmp_path / "gone")


@pytest.mark.parametrize("name", ["default", "", "A/../b", "ünï ☂", "x" * 100, "c-x", "."])
def test_folder_names_lead_back(name: str) -> None:
    """Safe characters, one name for each collection; other folders are nobody's."""
    folder = folder_name(name)
    assert name_of(folder) == name
    assert set(folder) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert name_of(f"{folder}.new") is None
    assert name_of(f"{folder}-new") is None
    assert name_of("models") is None
