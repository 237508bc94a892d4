"""``saywhere gaps`` over a real data folder: what was asked and not answered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from ingest.wiring import ingest
from rag.settings import QuestionLogSettings, Settings
from rag.storage.lock import FolderLock
from rag.wiring import open_service
from tests.integration.test_cli import Saywhere, saywhere

__all__ = ["saywhere"]
LAMP = "Who lights the lamp of the ferry?"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two documents, one of them never cited; four questions, two of one meaning without an answer."""
    folder, data = tmp_path_factory.mktemp("notes"), tmp_path_factory.mktemp("data")
    (folder / "a.txt").write_text("Ada Lovelace keeps the keys to the archive.\n", "utf-8")
    (folder / "b.txt").write_text("The bakery on the quay bakes rye bread.\n", "utf-8")
    settings = Settings(data=data, question_log=QuestionLogSettings(enabled=True))
    with open_service(settings) as service:
        ingest(service, [folder])
        with TestClient(create_app(service, local=True)) as client:
            for question in (
                "Who keeps the keys to the archive?", LAMP, "Who is lighting the lamp on the ferry?",
                "How many seats has the town hall?",
            ):  # fmt: skip
                assert client.post("/v1/ask", json={"question": question}).status_code == 200
    return data


def test_gaps_are_listed_with_counts_and_wordings(data: Path, saywhere: Saywhere) -> None:
    """Also beside a server, which holds the folder; and it says that nothing more is logged."""
    lock = FolderLock(data / "lock")
    lock.acquire(url="http://127.0.0.1:1/")
    try:
        listed = saywhere("gaps", "--data", data)
    finally:
        lock.release()
    assert listed.status == 0, listed.err
    assert "default: 2 times, 2 in the last week, 0 in the one before" in listed.out
    assert LAMP in listed.out
    assert "How many seats has the town hall?" in listed.out
    assert "SAYWHERE_QUESTION_LOG__ENABLED=true" in listed.out
    gaps = json.loads(saywhere("gaps", "--data", data, "--json").out)["gaps"]
    assert [gap["count"] for gap in gaps] == [2, 1]
    assert json.loads(saywhere("gaps", "--data", data, "--json", "-n", 1).out)["gaps"] == gaps[:1]
    assert saywhere("gaps", "--data", data, "--collection", "hr").out.startswith("No question")


def test_usage_names_what_was_never_cited(data: Path, saywhere: Saywhere) -> None:
    """Beside what was asked most."""
    shown = saywhere("gaps", "--usage", "--data", data).out
    assert "4 questions asked of default, 1 answered" in shown
    assert "Never cited: 1 documents" in shown
    assert shown.rstrip().endswith("b.txt")


def test_a_gap_becomes_a_case(data: Path, saywhere: Saywhere, tmp_path: Path) -> None:
    """Once; an unknown one is an error."""
    gap = json.loads(saywhere("gaps", "--data", data, "--json").out)["gaps"][0]
    file = tmp_path / "cases.jsonl"
    added = saywhere("gaps", "--data", data, "--case", gap["id"], file, "--right", "Ada")
    assert (added.status, added.out.rstrip().endswith(": added")) == (0, True)
    assert saywhere("gaps", "--data", data, "--case", gap["id"], file).out.rstrip().endswith("a case already")
    [row] = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert (row["question"], row["answers"], row["tags"]) == (gap["question"], ["Ada"], ["gap"])
    unknown = saywhere("gaps", "--data", data, "--case", "gap_0", file)
    assert (unknown.status, "there is no gap" in unknown.err) == (1, True)


def test_a_gap_closes_when_a_later_ingest_answers_it(data: Path, saywhere: Saywhere, tmp_path: Path) -> None:
    """The command asks again, since no server runs that would; `--closed` shows it still."""
    data = Path(shutil.copytree(data, tmp_path / "data"))
    (tmp_path / "lamp.txt").write_text("Grete Olsen lights the lamp of the ferry.\n", "utf-8")
    assert saywhere("ingest", tmp_path / "lamp.txt", "--data", data).status == 0
    still = json.loads(saywhere("gaps", "--data", data, "--json").out)["gaps"]
    assert [gap["question"] for gap in still] == ["How many seats has the town hall?"]
    every = json.loads(saywhere("gaps", "--data", data, "--json", "--closed").out)["gaps"]
    assert [(gap["open"], gap["count"]) for gap in every] == [(True, 1), (False, 2)]


def test_a_folder_that_was_never_served_has_no_log(saywhere: Saywhere, tmp_path: Path) -> None:
    """A clear line, and nothing is made."""
    shown = saywhere("gaps", "--data", tmp_path / "none")
    assert (shown.status, "no documents have been ingested" in shown.err) == (1, True)
    assert not (tmp_path / "none").exists()
