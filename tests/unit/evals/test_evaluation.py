from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from evals.cases.case import DatasetError
from evals.datasets.load import Dataset
from evals.evaluation import Options, Reports, evaluate, measure
from evals.gate import Exit
from evals.run.saved_results import load_run
from rag.errors import StorageError
from rag.settings import Settings
from rag.types import Outcome
from tests.unit.evals.fakes import AGE, GOOD, WHERE, WHO, abstention, target

LINE = '{"id": "a", "question": "q?", "answerable": false, "kind": "off_topic"}\n'
DATASET = Dataset(name="ada", cases=(WHO, WHERE, AGE), at_least={"answered_right": 0.9})
SCRIPT: Mapping[str, Outcome | Exception] = {**GOOD, WHERE.question: abstention()}
KINDS = ("json", "xml", "md", "html")


def evaluated(
    tmp_path: Path,
    script: Mapping[str, Outcome | Exception] = SCRIPT,
    name: str = "a",
    options: Options | None = None,
    dataset: Dataset = DATASET,
    *,
    times: bool = True,
) -> tuple[Exit, str]:
    out = io.StringIO()
    reports = Reports(
        json=tmp_path / f"{name}.json",
        junit=tmp_path / f"{name}.xml",
        markdown=tmp_path / f"{name}.md",
        html=tmp_path / f"{name}.html",
        times=times,
    )
    code = measure(
        dataset,
        target(script),
        replace(options or Options(), reports=reports),
        console=Console(file=out, width=160),
        progress=False,
    )
    return code, out.getvalue()


def test_two_runs_write_the_same_bytes_without_times(tmp_path: Path) -> None:
    """All four reports, also with several questions at once."""
    evaluated(tmp_path, name="one", times=False)
    evaluated(tmp_path, name="two", times=False, options=Options(jobs=3))
    for kind in KINDS:
        assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"two.{kind}").read_bytes(), kind


def test_two_runs_differ_under_times_alone(tmp_path: Path) -> None:
    """In their JSON."""
    data = []
    for name in ("one", "two"):
        evaluated(tmp_path, name=name)
        data.append(json.loads((tmp_path / f"{name}.json").read_text()))
    assert data[0].pop("times").keys() == data[1].pop("times").keys()
    assert data[0] == data[1]


def test_the_exit_code_follows_the_gate(tmp_path: Path) -> None:
    """Met thresholds give 0, a missed one 1."""
    assert evaluated(tmp_path, GOOD)[0] == 0
    assert evaluated(tmp_path, SCRIPT)[0] == 1


def test_with_neither_bounds_nor_a_baseline_every_report_fails_where_a_case_does(tmp_path: Path) -> None:
    """Exit status, terminal, JSON, JUnit, Markdown and page agree; and on a good run, too."""
    unbounded = replace(DATASET, at_least={})
    for name, script, code in (("bad", SCRIPT, 1), ("good", GOOD, 0)):
        got, output = evaluated(tmp_path, script, name=name, dataset=unbounded)
        data = json.loads((tmp_path / f"{name}.json").read_text())
        failures = (tmp_path / f"{name}.xml").read_text().count("<failure")
        summary = (tmp_path / f"{name}.md").read_text().splitlines()[0]
        page = (tmp_path / f"{name}.html").read_text()
        assert (got, data["passed"], failures) == (code, code == 0, 2 * code)
        assert ("FAIL  each case: 2 of 3 pass: where" in output) is bool(code)
        assert ("**failed**" in summary, "each case: 2 of 3 pass" in page) == (bool(code), bool(code))


def test_a_run_is_accepted_as_the_baseline_and_compared_with_it(tmp_path: Path) -> None:
    """Accepting prints the differences; then the same run passes and a worse one fails."""
    path = tmp_path / "ada.baseline.json"
    accept = Options(baseline=path, update_baseline=True)
    code, output = evaluated(tmp_path, SCRIPT, options=accept)
    assert (code, path.is_file()) == (0, True)
    assert "1 known to fail" in output
    assert evaluated(tmp_path, SCRIPT, options=Options(baseline=path))[0] == 0
    code, output = evaluated(tmp_path, {**SCRIPT, WHO.question: abstention()}, options=Options(baseline=path))
    assert code == 1
    assert "1 worse than the baseline" in output
    code, output = evaluated(tmp_path, GOOD, options=accept)
    assert "1 better than the baseline" in output
    assert [case.passed for case in load_run(path).cases] == [True, True, True]


def test_a_baseline_has_no_times_and_a_line_a_case(tmp_path: Path) -> None:
    """The same run gives the same bytes, so that its diff shows what changed."""
    for name in ("one", "two"):
        evaluated(tmp_path, options=Options(baseline=tmp_path / name, update_baseline=True))
    text = (tmp_path / "one").read_text()
    assert text == (tmp_path / "two").read_text()
    assert sum('"question"' in line for line in text.splitlines()) == 3
    assert "ms" not in json.loads(text)


def test_a_missing_baseline_that_was_named_is_a_plain_error(tmp_path: Path) -> None:
    """Without it nothing would fail."""
    with pytest.raises(DatasetError, match="can't be read"):
        evaluated(tmp_path, options=Options(baseline=tmp_path / "gone.json"))


def test_only_affected_cases_are_asked(tmp_path: Path) -> None:
    """Without a change there are none, and the run passes; without a baseline it is an error."""
    path = tmp_path / "ada.baseline.json"
    evaluated(tmp_path, options=Options(baseline=path, update_baseline=True))
    code, output = evaluated(tmp_path, options=Options(baseline=path, affected_only=True))
    assert (code, "0 documents changed: 0 cases to ask again" in output) == (0, True)
    text = path.read_text().replace(load_run(path).documents["ada.txt"], "0" * 64)
    path.write_text(text)
    code, output = evaluated(tmp_path, options=Options(baseline=path, affected_only=True))
    assert "1 documents changed: 3 cases to ask again" in output
    assert "each is a gate of its own" in output
    with pytest.raises(DatasetError, match="without a baseline"):
        evaluated(tmp_path, options=Options(affected_only=True))


def test_drafts_are_left_out_and_counted(tmp_path: Path) -> None:
    """A draft can't fail a run; a set of drafts alone can't run."""
    draft = replace(WHERE, id="draft", draft=True)
    code, output = evaluated(tmp_path, GOOD, dataset=replace(DATASET, drafts=(draft,)))
    assert code == 0
    assert "1 drafts were left out" in output
    with pytest.raises(DatasetError, match="no case that is not a draft"):
        evaluated(tmp_path, GOOD, dataset=replace(DATASET, cases=(), drafts=(draft,)))


def test_a_report_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A StorageError where a file is in place of the report's folder."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(StorageError, match="can't be written"):
        evaluated(tmp_path / "taken")


def test_an_unknown_data_set_could_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one line that names the shipped sets."""
    assert evaluate("nowhere", Settings(data=tmp_path), progress=False) == Exit.COULD_NOT_RUN
    error = capsys.readouterr().err
    assert (
        "there is no data set nowhere (shipped: charity, clinic, clinic-forms, clinic-turns, council, "
        in error
    )
    assert "school, seeds, seeds-forms, studio;" in error


def test_a_service_that_is_not_there_could_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, not that of a failed gate."""
    options = Options(url="http://127.0.0.1:9")
    assert evaluate("seeds", Settings(data=tmp_path), options, progress=False) == Exit.COULD_NOT_RUN
    assert "can't be reached" in capsys.readouterr().err


def test_a_set_whose_documents_are_absent_could_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, naming the folder and how to get it."""
    (tmp_path / "mine.jsonl").write_text(LINE)
    (tmp_path / "mine.toml").write_text('documents = "gone"\nabsent = "ask Ada for it"\n')
    assert evaluate(tmp_path / "mine.jsonl", Settings(data=tmp_path), progress=False) == Exit.COULD_NOT_RUN
    assert "gone; ask Ada for it" in capsys.readouterr().err
