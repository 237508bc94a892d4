"""A process killed at any step of a write loses nothing and leaves nothing behind."""

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
from tests.integration.crash_child import STEPS, WRITES, Parts, before

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three documents, settled and closed; copied for each test."""
    folder = tmp_path_factory.mktemp("prepared")
    parts = Parts.open(folder)
    parts.library().write(before())
    parts.close()
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "data")


def kill_during(folder: Path, write: str, step: str) -> None:
    """Makes the write in a process of its own that must die at the step."""
    command = [sys.executable, "-m", "tests.integration.crash_child", str(folder), write, step]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == -signal.SIGKILL, (done.returncode, done.stderr)


def expected(write: str, *, committed: bool) -> dict[str, Change]:
    """What the folder must hold, by document id."""
    held = {change.document.id: change for change in before()}
    changes, removals = WRITES[write]
    if committed:
        held.update({change.document.id: change for change in changes})
        for _, key in removals:
            del held[key]
    return held


def assert_holds(parts: Parts, held: dict[str, Change]) -> None:
    """Catalog and both indexes hold these documents with these passages, and nothing else."""
    wanted = {passage.id: len(passage.sentences) for change in held.values() for passage in change.passages}
    assert {key: parts.catalog.document(key) for key in held} == {k: c.document for k, c in held.items()}
    assert parts.catalog.count() == len(held)
    assert set(parts.catalog.passages(list(wanted))) == set(wanted)
    assert parts.catalog.intents() == []

    everything = BagEmbedder().embed(["apology"])[0]
    units = {(hit.passage_id, hit.sentence_index) for hit in parts.dense.search("default", everything, 1_000)}
    assert units == {(key, index) for key, number in wanted.items() for index in range(number)}
    assert parts.dense.count("default") == len(units)

    texts = " ".join(change.document.text for change in held.values())
    assert {hit.passage_id for hit in parts.lexical.search("default", texts, 1_000)} == set(wanted)
    assert parts.lexical.count("default") == len(wanted)
    for change in held.values():
        for passage in change.passages:
            for index, sentence in enumerate(passage.sentences):
                vector = BagEmbedder().embed([sentence.slice(change.document.text)])[0]
                best = parts.dense.search("default", vector, 3)
                assert (passage.id, index) in {
                    (h.passage_id, h.sentence_index) for h in best if h.score > 0.999
                }


@pytest.mark.parametrize("step", STEPS)
def test_a_write_is_done_or_never_was(folder: Path, step: str) -> None:
    """Adding, changing and removing at once: after recovery all of it shows, or nothing of it."""
    kill_during(folder, "all", step)
    committed = STEPS.index(step) >= STEPS.index("after catalog.commit")
    parts = Parts.open(folder)
    try:
        parts.library().recover()
        assert_holds(parts, expected("all", committed=committed))
        assert parts.library().check() == []
        assert parts.library().recover().clean
    finally:
        parts.close()


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
    """The same for each kind alone, a version that is only split anew included."""
    kill_during(folder, write, step)
    committed = STEPS.index(step) >= STEPS.index("after catalog.commit")
    parts = Parts.open(folder)
    try:
        parts.library().recover()
        assert_holds(parts, expected(write, committed=committed))
    finally:
        parts.close()


def test_before_recovery_only_committed_text_answers(folder: Path) -> None:
    """What an index holds of a write that was cut off has no passage in the catalog."""
    kill_during(folder, "change", "before catalog.commit")
    parts = Parts.open(folder)
    try:
        found = [hit.passage_id for hit in parts.lexical.search("default", "new verdict", 10)]
        assert found
        assert parts.catalog.passages(found) == {}
        assert parts.catalog.passages_of("changed") == list(before()[0].passages)
    finally:
        parts.close()


def test_the_next_write_repairs_too(folder: Path) -> None:
    """A write cut off is undone by the next one, without a call of recover."""
    kill_during(folder, "add", "after lexical.add")
    parts = Parts.open(folder)
    try:
        parts.library().write(*WRITES["remove"])
        assert_holds(parts, expected("remove", committed=True))
    finally:
        parts.close()
