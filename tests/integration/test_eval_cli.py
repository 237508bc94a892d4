"""``saywhere eval`` and its subcommands on the command line, over the seed article with real models."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evals.cases.load import load_cases
from rag.adapters.sqlite.feedback import SqliteFeedback
from rag.ports.feedback import Feedback
from rag.wiring import FEEDBACK

ROOT = Path(__file__).parents[2]
SENTENCE = "He called for an apology from Homeland Security Secretary Kristi Noem."


def saywhere(*arguments: object, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", *map(str, arguments)],
        cwd=ROOT, input=given, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds the seed article."""
    folder = tmp_path_factory.mktemp("data")
    assert saywhere("ingest", "seeds", "--data", folder).returncode == 0
    return folder


def test_drafts_are_made_linted_and_never_asked(data: Path, tmp_path: Path) -> None:
    """init writes them, lint finds nothing wrong, and a set of drafts alone can't run."""
    file = tmp_path / "cases.jsonl"
    assert saywhere("eval", "init", file, "--data", data, "-n", 8).returncode == 0
    assert all(case.draft for case in load_cases(file))
    assert saywhere("eval", "init", file, "--data", data).returncode == 1
    linted = saywhere("eval", "lint", file, "--data", data)
    assert (linted.returncode, linted.stdout) == (0, "")
    asked = saywhere("eval", file, "--data", data)
    assert (asked.returncode, "no case that is not a draft" in asked.stderr) == (2, True)


def test_a_quote_that_is_gone_is_found_by_the_linter(data: Path, tmp_path: Path) -> None:
    """One line for each finding, exit status 1."""
    file = tmp_path / "cases.jsonl"
    row = {"id": "a", "question": "q?", "answerable": True, "answers": ["Judd"], "must_cite": ["gone text"]}
    file.write_text(json.dumps(row) + "\n")
    linted = saywhere("eval", "lint", file, "--data", data)
    assert (linted.returncode, linted.stdout) == (1, "a: no document holds 'gone text'\n")


def test_a_saved_answer_becomes_a_case_that_is_asked_and_accepted(data: Path, tmp_path: Path) -> None:
    """From `ask --json` and `eval add` to a run, its baseline, and a comparison of reports."""
    file, report = tmp_path / "cases.jsonl", tmp_path / "report.json"
    saved = saywhere("ask", "who demanded an apology?", "--json", "--data", data).stdout
    right = ("--right", "Grady Judd", "--right", "Sheriff Grady Judd", "--cite", SENTENCE)
    added = saywhere("eval", "add", file, "-", *right, given=saved)
    assert (added.returncode, added.stdout) == (0, "who-demanded-an-apology: added\n")
    accepted = saywhere("eval", file, "--data", data, "--update-baseline", "--json", report)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    assert "1 cases are fewer than 30" in accepted.stdout
    again = saywhere("eval", file, "--data", data, "--changed")
    assert "0 documents changed: 0 cases to ask again" in again.stdout
    same = saywhere("eval", "--compare", report, report)
    assert (same.returncode, "nothing differs" in same.stdout) == (0, True)


def test_unhelpful_answers_become_drafts_once(data: Path, tmp_path: Path) -> None:
    """From the feedback of the data folder; a question that is a case already isn't added again."""
    store = SqliteFeedback(data / FEEDBACK)
    for helpful in (True, False):
        fields = {"collection": "default", "answer": "Noem", "note": "wrong"}
        store.put(Feedback(answer_id=f"a{helpful}", question=f"who {helpful}?", helpful=helpful, **fields))
    store.close()
    file = tmp_path / "cases.jsonl"
    for _ in range(2):
        assert saywhere("eval", "add", file, "--feedback", "--data", data).returncode == 0
    (case,) = load_cases(file)
    assert (case.question, case.draft) == ("who False?", True)
    assert case.note == "was answered: Noem (aFalse); a reader said: wrong"
    assert saywhere("eval", "add", file).returncode == 2


def test_an_answer_is_explained_and_an_expected_passage_followed(data: Path) -> None:
    """Every stage in words; the stage at which an expected passage was lost."""
    output = saywhere(
        "ask", "who demanded an apology?", "--data", data, "--explain", "--expected", "10,000 new agents"
    ).stdout
    for part in (
        "How it came about:",
        "Found 3 passages",
        "Weighed: relevance",
        "ingested: yes",
        "Lost at: ",
    ):
        assert part in output, output
    output = saywhere("ask", "who?", "--data", data, "--expected", "The moon is made of cheese").stdout
    assert "Lost at: ingest." in output
