"""``ask`` and ``search`` on a data folder that a server has open: the server answers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.storage.lock import FolderLock
from rag.wire.asking import AnswerOut
from rag.wire.searching import SearchOut
from tests.http.live import ROOT, in_process

QUESTION = "who demanded an apology?"


def saywhere(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A data folder with the seed article, and the address of the server that has it open."""
    data = tmp_path_factory.mktemp("served")
    assert saywhere("ingest", ROOT / "seeds", "--data", data).returncode == 0
    with in_process("-m", "api", "serve", "--data", str(data), "--port", "0") as (_, url):
        yield data, url


def test_the_server_answers_and_it_is_said_who_did(served: tuple[Path, str]) -> None:
    """With the citation; the note on standard error doesn't disturb what is printed."""
    data, url = served
    ran = saywhere("ask", QUESTION, "--data", data, "--explain", "--expected", "He called for an apology")
    assert ran.returncode == 0, ran.stderr
    assert "apology" in ran.stdout
    assert "How it came about:" in ran.stdout
    assert "What became of the passage you had in mind:" in ran.stdout
    assert ran.stderr == f"saywhere: asked the server at {url}/, which has {data} open\n"


def test_json_is_the_servers_answer(served: tuple[Path, str]) -> None:
    """Its id is one that the server takes feedback for; the trace is there on request."""
    data, _ = served
    answer = AnswerOut.model_validate_json(saywhere("ask", QUESTION, "--data", data, "--json").stdout)
    assert answer.trace is None
    traced = saywhere("ask", QUESTION, "--data", data, "--json", "--trace").stdout
    trace = AnswerOut.model_validate_json(traced).trace
    assert trace is not None
    assert trace.retrieved
    body = json.dumps({"answer_id": answer.id, "helpful": True, "question": QUESTION})
    posted = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"{served[1]}/v1/feedback",
         "-H", "content-type: application/json", "-d", body],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert posted.stdout == "200"


def test_search_is_the_servers_too(served: tuple[Path, str]) -> None:
    """As text and as JSON."""
    data, _ = served
    assert "[2]" in saywhere("search", QUESTION, "-k", "2", "--data", data).stdout
    found = SearchOut.model_validate_json(saywhere("search", QUESTION, "--json", "--data", data).stdout)
    assert any("apology" in result.citation.quote for result in found.results)


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (["--collection", "nope", "Who?"], 1, "there is no collection 'nope'; there are: default"),
        (["   "], 2, "the question is empty"),
    ],
    ids=["unknown collection", "no question"],
)
def test_errors_are_those_of_a_folder_opened_here(
    served: tuple[Path, str], arguments: list[str], status: int, line: str
) -> None:
    """The same status and the same words."""
    ran = saywhere("ask", *arguments, "--data", served[0])
    assert (ran.returncode, ran.stdout) == (status, "")
    assert ran.stderr.splitlines()[-1] == f"saywhere: {line}"


def test_a_folder_that_no_server_has_open_is_refused(tmp_path: Path) -> None:
    """The owner is named; so is an address at which nobody answers."""
    with FolderLock(tmp_path / "lock"):
        ran = saywhere("ask", QUESTION, "--data", tmp_path)
    assert ran.returncode == 1
    assert "is in use by process" in ran.stderr
    lock = FolderLock(tmp_path / "lock")
    lock.acquire(url="http://127.0.0.1:9/")
    try:
        ran = saywhere("ask", QUESTION, "--data", tmp_path)
    finally:
        lock.release()
    assert ran.returncode == 1
    assert "it doesn't answer there" in ran.stderr
