"""A process killed at any step of a write loses no document and leaves no orphaned rows."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag.ports.catalog import Change
from tests.fakes.models import BagEmbedder
from tests.integration.crash_child import STEPS, WRITES, Components, initial

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three documents, closed; copied for each test."""
    folder = tmp_path_factory.mktemp("prepared")
    components = Components.open(folder)
    components.library().write(initial())
    components.close()
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "data")


def kill_during(folder: Path, write: str, step: str) -> None:
    """Runs the write in a process that kills itself at the step."""
    command = [sys.executable, "-m", "tests.integration.crash_child", str(folder), write, step]
    process = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert process.returncode == -signal.SIGKILL, (process.returncode, process.stderr)


def expected(write: str, *, committed: bool) -> dict[str, Change]:
    """The documents that the folder must have, by id."""
    documents = {change.document.id: change for change in initial()}
    changes, removals = WRITES[write]
    if committed:
        documents.update({change.document.id: change for change in changes})
        for _, document_id in removals:
            del documents[document_id]
    return documents


def assert_holds(components: Components, documents: dict[str, Change]) -> None:
    """Catalog, both indexes and kept files have these documents with these passages, and no others.

    Ends by removing the files, to count them.
    """
    sentences = {
        passage.id: len(passage.sentences) for change in documents.values() for passage in change.passages
    }
    assert {key: components.catalog.document(key) for key in documents} == {
        key: change.document for key, change in documents.items()
    }
    assert components.catalog.count() == len(documents)
    assert set(components.catalog.passages(list(sentences))) == set(sentences)
    assert components.catalog.intents() == []
    originals = {c.original.record.sha256: c.original for c in documents.values() if c.original}
    assert components.catalog.originals().keys() == originals.keys()
    assert all(components.files.read(sha) == original.data for sha, original in originals.items())
    assert len(originals) == components.files.keep_only(())

    query = BagEmbedder().embed(["apology"])[0]
    rows = {(hit.passage_id, hit.sentence_index) for hit in components.dense.search("default", query, 1_000)}
    assert rows == {(passage_id, index) for passage_id, count in sentences.items() for index in range(count)}
    assert components.dense.count("default") == len(rows)

    texts = " ".join(change.document.text for change in documents.values())
    hits = components.lexical.search("default", texts, 1_000)
    assert {hit.passage_id for hit in hits} == set(sentences)
    assert components.lexical.count("default") == len(sentences)
    for change in documents.values():
        for passage in change.passages:
            for index, sentence in enumerate(passage.sentences):
                vector = BagEmbedder().embed([sentence.slice(change.document.text)])[0]
                best = components.dense.search("default", vector, 3)
                assert (passage.id, index) in {
                    (hit.passage_id, hit.sentence_index) for hit in best if hit.score > 0.999
                }


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_write_is_done_or_rolled_back(folder: Path, step: str) -> None:
    """A write that adds, changes and removes: after recovery all of it is there, or none."""
    kill_during(folder, "all", step)
    committed = STEPS.index(step) >= STEPS.index("after catalog.commit")
    components = Components.open(folder)
    try:
        components.library().recover()
        assert_holds(components, expected("all", committed=committed))
        assert components.library().check() == []
        assert components.library().recover().clean
    finally:
        components.close()


@pytest.mark.parametrize(
    ("write", "step"),
    [
        ("add", "before catalog.commit"),
        ("change", "after dense.add"),
        ("change", "after lexical.add"),
        ("change", "after catalog.commit"),
        ("remove", "after catalog.record_intents"),
        ("remove", "after catalog.commit"),
        ("resplit", "after dense.add"),
        ("resplit", "before catalog.commit"),
        ("resplit", "after catalog.commit"),
        ("resplit", "after dense.remove"),
    ],
)
def test_each_kind_of_write_recovers(folder: Path, write: str, step: str) -> None:
    """Additions, changes, removals and new splits of the same version."""
    kill_during(folder, write, step)
    committed = STEPS.index(step) >= STEPS.index("after catalog.commit")
    components = Components.open(folder)
    try:
        components.library().recover()
        assert_holds(components, expected(write, committed=committed))
    finally:
        components.close()


def test_before_recovery_only_committed_passages_are_found(folder: Path) -> None:
    """Index rows of a write that was cut off have no passage in the catalog."""
    kill_during(folder, "change", "before catalog.commit")
    components = Components.open(folder)
    try:
        hits = components.lexical.search("default", "verdict", 10)
        assert hits
        assert components.catalog.passages([hit.passage_id for hit in hits]) == {}
        assert components.catalog.passages_of("changed") == list(initial()[0].passages)
    finally:
        components.close()


def test_the_next_write_resolves_intents_as_well(folder: Path) -> None:
    """Without a call of ``recover``, it rolls back a write that was cut off."""
    kill_during(folder, "add", "after lexical.add")
    components = Components.open(folder)
    try:
        components.library().write(*WRITES["remove"])
        assert_holds(components, expected("remove", committed=True))
    finally:
        components.close()
