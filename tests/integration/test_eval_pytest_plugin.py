"""The plugin in a user's project: pytest in a process of its own, over the real service."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CASES = [
    {
        "id": "capital",
        "question": "Who wrote the first program?",
        "answerable": True,
        "answers": [{"regex": "Lovelace"}],
        "must_cite": ["Ada Lovelace wrote the first program"],
    },
    {"id": "moon", "question": "How far is the moon?", "answerable": False, "kind": "off_topic"},
    {"id": "later", "question": "q?", "answerable": True, "draft": True},
    {
        "id": "gone",
        "question": "Who wrote the first program?",
        "answerable": True,
        "answers": ["Charles Babbage"],
        "must_cite": ["Charles Babbage wrote it"],
    },
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one document, four cases, and no tests of its own."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "ada.txt").write_text("Ada Lovelace wrote the first program. She lived in London.\n")
    (tmp_path / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in CASES))
    (tmp_path / "cases.toml").write_text('documents = "docs"\n')
    return tmp_path


def run_pytest(project: Path, *arguments: str) -> tuple[int, str]:
    # Named here and not loaded by its entry point, so that the package need not be installed.
    plugin = ("-p", "no:saywhere", "-p", "evals.pytest_plugin", "-p", "no:randomly", "-rA")
    process = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, "--rootdir", project, *arguments],
        cwd=project, env=environment(), capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    return process.returncode, process.stdout + process.stderr


def environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def test_each_case_is_a_test(project: Path) -> None:
    """Passed, skipped as a draft, and failed with the question, what was expected, and the stage."""
    code, output = run_pytest(project, "--saywhere", "cases.jsonl")
    assert code == 1, output
    assert "2 passed" in output, output
    assert "1 skipped" in output, output
    assert "expected: Charles Babbage" in output
    assert "lost at:  not ingested: no stored document holds what must be cited" in output


def test_a_case_that_fails_in_the_baseline_is_an_expected_failure(project: Path) -> None:
    """It fails no build."""
    cases = [{**case, "passed": case["id"] == "capital", "right": True} for case in CASES]
    baseline = {"dataset": "cases", "figures": {}, "cases": [c for c in cases if c["id"] != "later"]}
    (project / "cases.baseline.json").write_text(json.dumps(baseline))
    code, out = run_pytest(project, "--saywhere", "cases.jsonl")
    assert code == 0, out
    assert "xfailed" in out


def test_a_set_that_is_not_there_is_a_usage_error(project: Path) -> None:
    """In one line, without a traceback."""
    code, output = run_pytest(project, "--saywhere", "nowhere.jsonl")
    assert code == 4, output
    assert "there is no data set nowhere.jsonl" in output
    assert "Traceback" not in output


def test_without_a_set_nothing_is_added(project: Path) -> None:
    """No tests are collected where none is named."""
    assert run_pytest(project)[0] == 5
