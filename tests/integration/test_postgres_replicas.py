"""Several processes on one PostgreSQL database: each sees the others' writes at once, and any may die.

``PG_SOAK_STEPS=1000`` is the long run of the random kills; ``SOAK_SEED`` sets another seed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ingest.batch_writer import BATCH_DOCUMENTS
from ingest.wiring import ingest
from rag.adapters.postgres import dense
from rag.adapters.postgres.connection import Connection
from rag.errors import IndexMismatch, IndexUnavailable
from rag.settings import Settings
from rag.types import Question
from tests.integration.postgres_child import small_service, state
from tests.integration.test_soak import ROOT, Folder
from tests.postgres import PostgresServer

STEPS = int(os.environ.get("PG_SOAK_STEPS", "12"))
SEED = int(os.environ.get("SOAK_SEED", "1"))


def settings_of(url: str, data: Path) -> Settings:
    return Settings(database_url=url, data=data)  # type: ignore[arg-type]


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that the test may harm."""
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


def test_an_ingest_makes_the_graph_of_its_vectors_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its end, of all rows, however many batches it takes; a rebuild of the indexes does the same."""
    notes = tmp_path / "notes"
    notes.mkdir()
    count = BATCH_DOCUMENTS + 10
    for number in range(count):
        (notes / f"{number}.txt").write_text(f"Boat {number} is at pier {number}.")
    made: list[int] = []
    monkeypatch.setattr(dense, "_make_graph", lambda db, number: made.append(rows_of(db, number)))

    def rows_of(db: Connection, number: int) -> int:
        row = db.execute("SELECT rows FROM index_collections WHERE number = %s", [number]).fetchone()
        assert row is not None
        return int(row[0])

    with small_service(settings_of(database_url, tmp_path / "data")) as service:
        monkeypatch.setattr(service.dense, "_exact_rows", 10)
        ingest(service, [notes])
        assert made == [count]
        service.library.rebuild()
        assert made == [count, count]


def test_what_one_replica_ingests_all_find_at_once(database_url: str, tmp_path: Path) -> None:
    """Added, changed and removed documents; no data folder is made; the feedback key is shared."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("The harbour opens at nine. The office closes at four.")
    settings = settings_of(database_url, tmp_path / "data")
    question = Question(text="When does the harbour open?")
    with small_service(settings) as one, small_service(settings) as other:
        ingest(one, [notes])
        assert [c.text for c in other.engine.search(question)] == [
            c.text for c in one.engine.search(question)
        ]
        assert "nine" in other.engine.search(question)[0].text
        (notes / "a.md").write_text("The harbour opens at ten. The office closes at four.")
        ingest(other, [notes])
        assert "ten" in one.engine.search(question)[0].text
        assert one.feedback.key() == other.feedback.key()
        (notes / "a.md").unlink()
        ingest(one, [notes])
        assert other.engine.search(question) == []
        assert (one.library.check(), one.catalog.intents()) == ([], [])
        one.check_ready()
    assert not settings.data.exists()


def test_it_finds_what_the_data_folder_finds(database_url: str, tmp_path: Path) -> None:
    """The same documents on both engines: the same passages, rows and hits in the same order."""
    (tmp_path / "notes").mkdir()
    folder = Folder(tmp_path / "notes", Random(7))
    for _ in range(12):
        folder.add()
    questions = folder.questions() * 2
    states = []
    for settings in (settings_of(database_url, tmp_path / "none"), Settings(data=tmp_path / "data")):
        with small_service(settings) as service:
            ingest(service, [folder.path])
            states.append(state(service, questions))
    assert states[0] == states[1]
    assert states[0]["inconsistencies"] == []


def test_a_replica_with_another_embedder_is_not_ready(database_url: str, tmp_path: Path) -> None:
    """Once the indexes were rebuilt by another process; its writes are refused."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("The harbour opens at nine.")
    with small_service(settings_of(database_url, tmp_path / "data")) as service:
        ingest(service, [notes])
        service.catalog.set_fingerprint("another")
        with pytest.raises(IndexMismatch):
            service.check_ready()
        (notes / "a.md").write_text("The harbour opens at ten.")
        with pytest.raises(IndexMismatch):
            ingest(service, [notes])


def test_a_rebuild_that_was_cut_short_is_finished(database_url: str, tmp_path: Path) -> None:
    """By the next start; one that was not cut short compares nothing."""
    notes = tmp_path / "notes"
    notes.mkdir()
    for number in range(3):
        (notes / f"{number}.md").write_text(f"Office number {number} opens at nine.")
    settings = settings_of(database_url, tmp_path / "data")
    with small_service(settings) as service:
        ingest(service, [notes])
        before = service.dense.count("default")

        def cut(_done: int, _total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            service.library.rebuild(progress=cut)
        assert service.dense.count("default") < before
    with small_service(settings) as service:
        assert (service.dense.count("default"), service.library.check()) == (before, [])
        service.library.rebuild()
        assert (service.dense.count("default"), service.library.check()) == (before, [])


def test_a_service_outlives_its_server(own_server: PostgresServer, tmp_path: Path) -> None:
    """Questions and writes fail with a clear error while the server is gone, and work when it is back."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("The harbour opens at nine.")
    with small_service(settings_of(own_server.new_database(), tmp_path / "data")) as service:
        ingest(service, [notes])
        own_server.kill()
        (notes / "b.md").write_text("The library opens at ten.")
        for call in (
            lambda: service.engine.search(Question(text="When does the harbour open?")),
            lambda: ingest(service, [notes]),
            service.check_ready,
        ):
            with pytest.raises(IndexUnavailable, match="can't be reached"):
                call()
        own_server.start()
        ingest(service, [notes])
        found = service.engine.search(Question(text="When does the library open?"))
        assert sorted(c.text for c in found) == ["The harbour opens at nine.", "The library opens at ten."]
        service.check_ready()


class Replica:
    """A process on the database."""

    def __init__(self, url: str, data: Path, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.integration.postgres_child", url, str(data), str(folder)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._read() == []

    def send(self, **command: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def do(self, **command: object) -> Any:
        self.send(**command)
        return self._read()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def close(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process has ended"
        return json.loads(line)


class Soak:
    """Two replicas, which also work on uploads, and a folder that changes; ``counts`` tells what was done."""

    def __init__(self, server: PostgresServer, path: Path, random: Random) -> None:
        (path / "notes").mkdir()
        self.folder = Folder(path / "notes", random)
        self.counts = Counter[str]()
        self.uploads: dict[str, str] = {}
        self._server = server
        self._path = path
        self._random = random
        self._url = server.new_database()
        self.replicas = [self._replica(), self._replica()]

    def step(self, number: int) -> None:
        """Changes the folder, sends a document, has one replica sync, and often kills something meanwhile."""
        self.folder.change()
        writer = self._random.randrange(2)
        name = f"{self._random.randrange(3)}.md"
        text = f"The upload number {number} is here."
        sent = self.replicas[writer].do(do="upload", name=name, text=text)
        assert isinstance(sent, str), sent
        self.uploads[name] = text
        fault = self._random.choice(["none", "writer", "other", "server", "both"])
        self.counts[fault] += 1
        self.replicas[writer].send(do="sync")
        time.sleep(self._random.uniform(0, 0.4))
        if fault == "server":
            self._server.kill()
            self._server.start()
        if fault in ("writer", "both"):
            self._restart(writer)
        else:
            report = self.replicas[writer]._read()
            assert fault == "server" or "error" not in report, report
        if fault in ("other", "both"):
            self._restart(1 - writer)
        self._compare()

    def close(self) -> None:
        for replica in self.replicas:
            replica.close()

    def _replica(self) -> Replica:
        return Replica(self._url, self._path / "none", self.folder.path)

    def _restart(self, number: int) -> None:
        self.replicas[number].kill()
        self.replicas[number] = self._replica()

    def _compare(self) -> None:
        """Every accepted upload is stored in its last form, and the folder as a new data folder has it."""
        self._wait_for_jobs()
        for name, text in self.uploads.items():
            for replica in self.replicas:
                found = replica.do(do="text", uri=f"up/{name}")
                assert found == text, (name, found, replica.do(do="jobs"))
        report = self.replicas[0].do(do="sync")
        assert "error" not in report, report
        questions = self.folder.questions()
        found = [replica.do(do="state", questions=questions) for replica in self.replicas]
        assert found[0] == found[1]
        assert found[0]["inconsistencies"] == []
        with small_service(Settings(data=self._path / f"fresh{self.counts['compared']}")) as fresh:
            ingest(fresh, [self.folder.path])
            expected = json.loads(json.dumps(state(fresh, questions)))
        for kind in ("passages", "documents"):
            stored = [entry for entry in found[0][kind] if not entry[0].startswith("up/")]
            assert stored == expected[kind]
        assert (found[0]["rows"], found[0]["found"]) == (expected["rows"], expected["found"])
        self.counts["compared"] += 1

    def _wait_for_jobs(self) -> None:
        deadline = time.monotonic() + 120
        states: object = None
        while time.monotonic() < deadline:
            states = self.replicas[0].do(do="jobs")
            if "error" not in states and not {"queued", "running"} & set(states.values()):
                return
            time.sleep(0.1)
        raise AssertionError(f"a job was never finished: {states}")


@pytest.mark.slow
@pytest.mark.timeout(120 + 60 * STEPS)
def test_replicas_and_server_may_be_killed(own_server: PostgresServer, tmp_path: Path) -> None:
    """At any moment: nothing accepted is lost, nothing old is found, both engines agree."""
    soak = Soak(own_server, tmp_path, Random(SEED))
    for number in range(STEPS):
        soak.step(number)
    soak.close()
    print(f"{STEPS} steps: {dict(soak.counts)}")
    assert soak.counts["compared"] == STEPS
    assert STEPS - soak.counts["none"] >= STEPS // 3
