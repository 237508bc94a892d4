"""The plugin as a user has it: pytest in a process of its own, over the real service."""

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


def ran(project: Path, *arguments: str) -> tuple[int, str]:
    # Named here and kept from loading itself, so that it doesn't matter whether it is installed.
    plugin = ("-p", "no:saywhere", "-p", "evals.pytest_plugin", "-p", "no:randomly", "-rA")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, "--rootdir", project, *arguments],
        cwd=project, env=environment(), capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def test_each_case_is_a_test(project: Path) -> None:
    """Passed, skipped as a draft, and failed with the question, what was expected, and the stage."""
    code, told = ran(project, "--saywhere", "cases.jsonl")
    assert code == 1, told
    assert "2 passed" in told, told
    assert "1 skipped" in told, told
    assert "expected: Charles Babbage" in told
    assert "lost at:  not ingested: no stored document holds what must be cited" in told


def test_what_the_baseline_knows_to_fail_is_expected(project: Path) -> None:
    """An accepted failure fails no build; it shows as an expected failure."""
    cases = [{**case, "passed": case["id"] == "capital", "right": True} for case in CASES]
    told = {"dataset": "cases", "figures": {}, "cases": [c for c in cases if c["id"] != "later"]}
    (project / "cases.baseline.json").write_text(json.dumps(told))
    code, out = ran(project, "--saywhere", "cases.jsonl")
    assert code == 0, out
    assert "xfailed" in out


def test_a_set_that_is_not_there_ends_the_run_plainly(project: Path) -> None:
    """A usage error, no traceback."""
    code, told = ran(project, "--saywhere", "nowhere.jsonl")
    assert code == 4, told
    assert "there is no data set nowhere.jsonl" in told
    assert "Traceback" not in told


def test_without_a_set_nothing_is_added(project: Path) -> None:
    """No tests are collected where none is named."""
    assert ran(project)[0] == 5
