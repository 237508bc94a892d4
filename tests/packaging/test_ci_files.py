"""The files that teams copy into their CI work as printed, over a repository of Saywhere and no index."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.packaging.environment import Environment, Source, git, new_environment
from tests.require import ROOT

FILES = {path.stem: path for path in sorted((ROOT / "evals" / "ci").glob("*.yml"))}
CASES = [
    {
        "id": "archive-opens",
        "question": "When does the archive open?",
        "answerable": True,
        "answers": ["nine", "at nine"],
        "must_cite": ["The archive opens at nine"],
    },
    {"id": "moon", "question": "How far is the moon?", "answerable": False, "kind": "off_topic"},
]


def job(name: str) -> dict[str, Any]:
    """The one job of a file."""
    document = yaml.safe_load(FILES[name].read_text(encoding="utf-8"))
    (only,) = document["jobs"].values() if "jobs" in document else document.values()
    return dict(only)


def variables(name: str) -> dict[str, str]:
    """Of the job, as they are printed."""
    return dict(job(name)["variables" if name == "gitlab" else "env"])


def commands(name: str) -> list[str]:
    """The shell commands of the job, in order."""
    if name == "gitlab":
        return list(job(name)["script"])
    return [step["run"] for step in job(name)["steps"] if "run" in step]


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """Where a job runs: a project with two cases, and an environment that Saywhere is not in."""
    made = new_environment(tmp_path / "venv", tmp_path / "project")
    pip = made.bin / "pip"
    pip.write_text(f'#!/bin/sh\nexec {shlex.quote(str(made.bin / "python"))} -m pip "$@"\n')
    pip.chmod(0o755)
    docs = made.work / "docs"
    docs.mkdir()
    (docs / "archive.md").write_text("# The archive\n\nThe archive opens at nine. It closes at four.\n")
    (docs / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in CASES))
    (docs / "cases.toml").write_text('documents = "."\n\n[at_least]\nanswered_right = 1\nabstained = 1\n')
    # What a runner has of the network: nothing. Dependencies are here, and so is what builds the wheel.
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return Environment(made.folder, made.work, made.variables | offline)


def in_shell(environment: Environment, script: str, more: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=environment.work, env=environment.variables | more, capture_output=True, text=True, timeout=290,
    )  # fmt: skip
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"


def check_reports(project: Path) -> None:
    """What the CI shows: a test a case, a summary, a page."""
    suite = ElementTree.parse(project / "report" / "junit.xml").getroot()  # noqa: S314 (written just now)
    assert len(list(suite.iter("testcase"))) >= len(CASES)
    assert not list(suite.iter("failure"))
    for name in ("summary.md", "report.html", "report.json"):
        assert (project / "report" / name).stat().st_size > 100, name


def test_every_file_of_the_folder_is_tested() -> None:
    """Another one needs its own way to be run here."""
    assert set(FILES) == {"github-actions", "gitlab"}


@pytest.mark.parametrize("name", FILES)
def test_it_installs_from_a_repository_that_a_variable_names(name: str) -> None:
    """The package is on no index, and no host of one is named."""
    assert {"SAYWHERE_REPOSITORY", "SAYWHERE_REF", "CASES"} <= set(variables(name))
    installs = [command for command in commands(name) if "pip install" in command]
    assert installs == ["pip install --constraint .saywhere/constraints.txt ./.saywhere"]
    assert "pypi" not in FILES[name].read_text(encoding="utf-8").lower()


def test_the_github_workflow_fetches_what_it_installs() -> None:
    """Both repositories are checked out before Python and Saywhere are installed; reports are always kept."""
    steps = job("github-actions")["steps"]
    assert [step.get("uses", "").partition("@")[0] for step in steps[:3]] == [
        "actions/checkout", "actions/checkout", "actions/setup-python",
    ]  # fmt: skip
    assert steps[1]["with"] == {
        "repository": "${{ env.SAYWHERE_REPOSITORY }}",
        "ref": "${{ env.SAYWHERE_REF }}",
        "path": ".saywhere",
    }
    assert [step["if"] for step in steps[-2:]] == ["always()", "always()"]
    assert steps[-1]["with"]["path"] == "report/"
    # "on" is a boolean to YAML 1.1
    assert set(yaml.safe_load(FILES["github-actions"].read_text(encoding="utf-8"))[True]) == {
        "pull_request", "push",
    }  # fmt: skip


def test_the_gitlab_job_keeps_its_reports() -> None:
    """JUnit where GitLab looks for it, also of a run that failed."""
    artifacts = job("gitlab")["artifacts"]
    assert (artifacts["when"], artifacts["paths"]) == ("always", ["report/"])
    assert artifacts["reports"] == {"junit": "report/junit.xml"}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_github_workflow_runs(source: Source, environment: Environment) -> None:
    """Each command as it stands, after the checkout that its second step describes."""
    git(environment.work, "clone", "--quiet", "--branch", "main", f"file://{source.root}", ".saywhere")
    summary = environment.work / "step-summary.md"
    more = {"CASES": variables("github-actions")["CASES"], "GITHUB_STEP_SUMMARY": str(summary)}
    more["PIP_EXTRA_INDEX_URL"] = variables("github-actions")["PIP_EXTRA_INDEX_URL"]
    for command in commands("github-actions"):
        in_shell(environment, command, more)
    check_reports(environment.work)
    assert summary.read_bytes() == (environment.work / "report" / "summary.md").read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_gitlab_job_runs(source: Source, environment: Environment) -> None:
    """The script as it stands, in one shell, with the repository's address filled in."""
    printed = {name: value for name, value in variables("gitlab").items() if "$" not in value}
    more = printed | {"SAYWHERE_REPOSITORY": f"file://{source.root}"}
    in_shell(environment, "\n".join(commands("gitlab")), more)
    check_reports(environment.work)
