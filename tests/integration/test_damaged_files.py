"""Damaged files of a data folder: indexes are rebuilt from the catalog, other stores are started anew."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from ingest.wiring import ingest
from rag.answering.citations import to_citation
from rag.errors import IndexUnavailable
from rag.settings import Settings
from rag.types import Question, Span
from rag.wire.convert import citation_out
from rag.wiring import Service, models, open_service
from tests.fakes.models import BagEmbedder, PhraseReader
from tests.http.live import ROOT
from tests.integration.test_full_disk import text

DOCUMENTS = 12  # of 90 sentences each: Chroma writes its graph after 1,000 rows
QUESTIONS = ("Report 3 weighs", "velvet part 7", "Report 9 copper")
Damage = Callable[[Path], None]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed data folder."""
    folder = tmp_path_factory.mktemp("prepared")
    files = folder / "files"
    files.mkdir()
    for number in range(DOCUMENTS):
        (files / f"report-{number}.md").write_text(text(number), "utf-8")
    run(folder / "data", "ingest", str(files))
    return folder / "data"


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "data")


def run(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own; it must succeed."""
    command = [sys.executable, "-m", "tests.integration.store_server", *arguments, "--data", str(data)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == 0, (process.returncode, process.stdout, process.stderr)
    return process


@contextmanager
def opened(data: Path) -> Iterator[Service]:
    """The folder opened by this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "open_embedder", lambda _: BagEmbedder(384))
        patch.setattr(models, "open_reader", lambda _: PhraseReader())
        patch.setattr(models, "open_span_reader", lambda _: None)
        with open_service(Settings(data=data)) as service:
            yield service


def found(service: Service) -> set[str]:
    """The uris that the questions find."""
    return {
        candidate.document.uri
        for question in QUESTIONS
        for candidate in service.engine.search(Question(text=question), 20)
    }


def scramble(pattern: str, *, share: float = 1.0) -> Damage:
    """Overwrites a share of each matching file with random bytes."""

    def damage(data: Path) -> None:
        files = [path for path in data.glob(pattern) if path.is_file() and path.stat().st_size]
        assert files, pattern
        for path in files:
            content = bytearray(path.read_bytes())
            size = max(1, int(len(content) * share))
            start = (len(content) - size) // 2
            content[start : start + size] = random.Random(1).randbytes(size)
            path.write_bytes(content)

    return damage


def truncate(pattern: str) -> Damage:
    """Leaves a third of each matching file."""

    def damage(data: Path) -> None:
        files = [path for path in data.glob(pattern) if path.is_file() and path.stat().st_size]
        assert files, pattern
        for path in files:
            os.truncate(path, path.stat().st_size // 3)

    return damage


INDEX_DAMAGE = {
    "vectors scrambled": scramble("chroma/*/data_level0.bin"),
    "vectors scrambled in part": scramble("chroma/*/data_level0.bin", share=0.4),
    "vectors cut": truncate("chroma/*/data_level0.bin"),
    "header scrambled": scramble("chroma/*/header.bin"),
    "ids scrambled": scramble("chroma/*/index_metadata.pickle"),
    "chroma's database scrambled": scramble("chroma/chroma.sqlite3"),
    "terms scrambled": scramble("terms/*/*.term", share=0.1),
    "postings scrambled": scramble("terms/*/*.idx", share=0.1),
    "stored texts scrambled": scramble("terms/*/*.store", share=0.1),
    "stored texts cut": truncate("terms/*/*.store"),
    "meta.json scrambled": scramble("terms/*/meta.json", share=0.1),
}
UNREAD_DAMAGE = {
    "links of few rows": scramble("chroma/*/link_lists.bin"),
    "mostly free pages": scramble("chroma/chroma.sqlite3", share=0.5),
}


@pytest.mark.parametrize("damage", INDEX_DAMAGE.values(), ids=list(INDEX_DAMAGE))
def test_a_damaged_index_is_rebuilt(data: Path, damage: Damage) -> None:
    """On opening, which says so and keeps the damaged files; it then finds what it found before."""
    with opened(data) as service:
        before = found(service)
        assert service.notes == ()
    damage(data)
    with opened(data) as service:
        assert found(service) == before
        assert service.library.check() == []
        assert service.catalog.count() == DOCUMENTS
        assert len(service.notes) == 1
        assert "rebuilt from the catalog" in service.notes[0]
    assert len(list(data.glob("*.damaged"))) == 1
    with opened(data) as service:
        assert service.notes == ()


@pytest.mark.parametrize("damage", UNREAD_DAMAGE.values(), ids=list(UNREAD_DAMAGE))
def test_damage_of_what_is_hardly_read_changes_no_result(data: Path, damage: Damage) -> None:
    """Whether it is found on opening, in use, or not at all."""
    with opened(data) as service:
        before = found(service)
    damage(data)
    with opened(data) as service:
        assert found(service) == before
        assert service.library.check() == []


@pytest.mark.parametrize("command", [["doctor"], ["search", "Report 3 weighs"], ["ingest", "--rebuild"]])
def test_no_command_dies_of_damaged_vectors(data: Path, tmp_path: Path, command: list[str]) -> None:
    """Which crash native code in the process that reads them."""
    scramble("chroma/*/data_level0.bin")(data)
    if command[0] == "ingest":
        (tmp_path / "more").mkdir()
        command = [*command, str(tmp_path / "more")]
    process = run(data, *command)
    if command[0] == "doctor":
        assert "damaged and is rebuilt from the catalog" in process.stdout
    if command[0] == "search":
        assert "report-3.md" in process.stdout
    assert run(data, "doctor").stdout.count("WRONG") == 0


@pytest.mark.parametrize("name", ["jobs", "signatures", "feedback", "questions"])
@pytest.mark.parametrize("share", [1.0, 0.6])
def test_another_damaged_store_is_started_anew(data: Path, tmp_path: Path, name: str, share: float) -> None:
    """Which says what is lost with it; ingest and its report work."""
    scramble(f"{name}.sqlite3", share=share)(data)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "new.md").write_text(text(77), "utf-8")
    with opened(data) as service:
        assert len(service.notes) == 1
        assert "started anew" in service.notes[0]
        assert ingest(service, [tmp_path / "more"]).added == ("more/new.md",)
        assert service.jobs.list(limit=1)[0].report["added"] == ["more/new.md"]
        assert len(found(service)) > 3
    assert (data / f"{name}.sqlite3.damaged").is_file()


def test_damage_that_shows_in_use_is_repaired(data: Path) -> None:
    """The index is opened anew after its process died, and found damaged: searches are refused until it is
    rebuilt, in the same process."""
    with opened(data) as service:
        before = found(service)
        scramble("chroma/*/data_level0.bin")(data)
        os.kill(service.rebuildable[1]._child.pid, signal.SIGKILL)  # type: ignore[attr-defined]
        with pytest.raises(IndexUnavailable):
            found(service)
        wait_until_ready(service)
        assert found(service) == before
        assert service.library.check() == []


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
@pytest.mark.parametrize("index", [0, 1], ids=["terms", "vectors"])
def test_a_store_that_dies_is_not_noticed(data: Path, index: int, number: signal.Signals) -> None:
    """Its files are sound: the next call has it again."""
    with opened(data) as service:
        before = found(service)
        os.kill(service.rebuildable[index]._child.pid, number)  # type: ignore[attr-defined]
        assert found(service) == before
        service.check_ready()
        service.library.remove("default", service.catalog.list()[0].id)
        assert service.library.check() == []


def test_altered_text_is_never_cited(data: Path, tmp_path: Path) -> None:
    """A word changed in the catalog's file: nothing of it is found; verify and doctor name the document."""
    answers = tmp_path / "answers.json"
    with opened(data) as service:
        record = next(r for r in service.catalog.list() if r.uri == "files/report-3.md")
        outcome = service.engine.search(Question(text="Report 3 weighs"), 5)
        assert record.uri in {candidate.document.uri for candidate in outcome}
        document = service.catalog.document(record.id)
        citation = citation_out(to_citation(document, Span(0, 40))).model_dump(mode="json")
        answers.write_text(json.dumps({"id": "a", "citations": [citation]}), "utf-8")
    with sqlite3.connect(data / "catalog.sqlite3") as db:
        altered = document.text.replace("weighs", "wiegsh").encode()
        assert db.execute("UPDATE documents SET text = ? WHERE id = ?", (altered, record.id)).rowcount == 1
    db.close()
    with opened(data) as service:
        assert record.uri not in found(service)
        assert len(found(service)) > 3
    command = [sys.executable, "-m", "tests.integration.store_server"]
    for arguments, expected in (
        (["verify", str(answers)], "altered"),
        (["doctor", "--deep"], record.id),
    ):
        process = subprocess.run(
            [*command, *arguments, "--data", str(data)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert process.returncode == 1
        assert expected in process.stdout


def wait_until_ready(service: Service) -> None:
    """Returns when questions can be answered; the test's time limit ends it otherwise."""
    while True:
        try:
            service.check_ready()
        except IndexUnavailable:
            Event().wait(0.05)
        else:
            return
