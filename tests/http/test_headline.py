"""The seed article over the real service: ingested, asked over HTTP, its data folder locked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.openapi import examples
from tests.http.live import ROOT, in_process

HEAVY = ("torch", "transformers", "llama_index", "sentence_transformers")
# Serves as ``saywhere serve`` does, and prints the heavy libraries that are loaded once it answers.
SERVE = f"""
import json, sys
from pathlib import Path
from api.server import serve
from rag.settings import load
from rag.wiring import open_service

def say(text):
    print(text.splitlines()[0], flush=True)
    print(json.dumps([name for name in {HEAVY} if name in sys.modules]), flush=True)

serve(load(data=Path(sys.argv[1])), lambda settings, url: open_service(settings, url=url), port=0, say=say)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    assert _saywhere("ingest", "seeds", "--data", str(folder)).returncode == 0
    return folder


@pytest.fixture(scope="module")
def served(data: Path) -> Iterator[tuple[str, int, list[str]]]:
    """URL, process id, and the heavy modules that are loaded when the first question can be asked."""
    with in_process("-c", SERVE, str(data)) as (process, url):
        assert process.stdout is not None
        yield url, process.pid, json.loads(process.stdout.readline())


def _saywhere(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=110
    )


def test_who_demanded_an_apology(served: tuple[str, int, list[str]]) -> None:
    """Grady Judd, with citations of the sentence that says so and of the one that names him."""
    url, *_ = served
    body = httpx.post(f"{url}/v1/ask", json={"question": "who demanded an apology?"}, timeout=60).json()
    assert body["answered"]
    assert "Grady Judd" in body["answer"]
    assert "Noem" not in body["answer"]
    quotes = [citation["quote"] for citation in body["citations"]]
    assert any("apology" in quote for quote in quotes)
    assert any("Grady Judd" in quote for quote in quotes)


def test_every_citation_can_be_checked_over_http(served: tuple[str, int, list[str]]) -> None:
    """The served document, cut at the offsets, is the quote; its version is the cited one."""
    url, *_ = served
    body = httpx.post(f"{url}/v1/ask", json={"question": "who demanded an apology?"}, timeout=60).json()
    for citation in body["citations"]:
        stored = httpx.get(f"{url}/v1/documents/{citation['document_id']}").json()
        assert stored["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert stored["version"] == citation["version"]


def test_the_openapi_example_is_the_real_answer(served: tuple[str, int, list[str]]) -> None:
    """Its citations, document and section are those of the seed article."""
    url, *_ = served
    body = httpx.post(f"{url}/v1/ask", json={"question": "who demanded an apology?"}, timeout=60).json()
    assert body["citations"] == examples.ANSWER["citations"]
    summary = httpx.get(f"{url}/v1/documents").json()["documents"][0]
    assert summary | {"updated_at": ""} == examples.LISTING["documents"][0] | {"updated_at": ""}
    sections = httpx.get(f"{url}/v1/documents/{summary['id']}").json()["sections"]
    assert examples.DOCUMENT["sections"][0] in sections


def test_an_unanswerable_question_is_abstained_from(served: tuple[str, int, list[str]]) -> None:
    """With the nearest passages, each with its likeliest sentence; with none where none is near."""
    url, *_ = served
    near, far = "What did Grady Judd say to the president?", "What is the boiling point of mercury?"
    for question, is_near in ((near, True), (far, False)):
        body = httpx.post(f"{url}/v1/ask", json={"question": question}).json()
        assert (body["answered"], body["answer"]) == (False, None)
        nearest = body["abstention"]["nearest"]
        assert bool(nearest) == is_near
        for passage in nearest:
            likeliest = passage["likeliest"]
            assert passage["start"] <= likeliest["start"] < likeliest["end"] <= passage["end"]


def test_serving_loads_no_training_library(served: tuple[str, int, list[str]]) -> None:
    """Once the service answers, torch and similar libraries are not loaded."""
    *_, heavy = served
    assert heavy == []


def test_ingest_names_the_server_that_has_the_lock(served: tuple[str, int, list[str]], data: Path) -> None:
    """Status 1 and one line with the server's process id and URL."""
    url, pid, _ = served
    completed = _saywhere("ingest", "seeds", "--data", str(data))
    assert (completed.returncode, completed.stdout) == (1, "")
    assert completed.stderr.count("\n") == 1
    assert str(pid) in completed.stderr
    assert url in completed.stderr


def test_doctor_and_verify_work_beside_a_server(
    served: tuple[str, int, list[str]], data: Path, tmp_path: Path
) -> None:
    """Both only read the catalog; doctor says what it couldn't check."""
    url, *_ = served
    saved = tmp_path / "saved.json"
    saved.write_text(httpx.post(f"{url}/v1/ask", json={"question": "who demanded an apology?"}).text, "utf-8")
    assert _saywhere("verify", str(saved), "--data", str(data)).returncode == 0
    completed = _saywhere("doctor", "--data", str(data))
    assert completed.returncode == 0, completed.stdout
    assert "not looked at" in completed.stdout
