from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from evals.command import evaluate, measure
from evals.datasets.load import Dataset
from evals.gate import Exit
from rag.errors import StorageError
from rag.settings import Settings
from rag.types import Outcome
from tests.unit.evals_fakes import AGE, GOOD, WHERE, WHO, Texts, abstention, scripted

LINE = '{"id": "a", "question": "q?", "answerable": false, "kind": "off_topic"}\n'
DATASET = Dataset(name="ada", cases=(WHO, WHERE, AGE), at_least={"answered_right": 0.9})
SCRIPT: Mapping[str, Outcome | Exception] = {**GOOD, WHERE.question: abstention()}


def measured(
    tmp_path: Path, script: Mapping[str, Outcome | Exception] = SCRIPT, name: str = "a"
) -> tuple[Exit, dict[str, Any]]:
    out = io.StringIO()
    code = measure(
        DATASET,
        scripted(script),
        Texts(),
        models={"reader": "r1"},
        json_path=tmp_path / f"{name}.json",
        junit_path=tmp_path / f"{name}.xml",
        console=Console(file=out, width=160),
        progress=False,
    )
    data = json.loads((tmp_path / f"{name}.json").read_text())
    assert "answered right" in out.getvalue()
    assert (tmp_path / f"{name}.xml").read_text().startswith("<?xml")
    return code, data


def test_two_runs_give_the_same_json_but_for_times(tmp_path: Path) -> None:
    """Everything that differs between runs lies under "times"."""
    _, one = measured(tmp_path, name="one")
    _, two = measured(tmp_path, name="two")
    assert one.pop("times").keys() == two.pop("times").keys()
    assert one == two
    assert json.dumps(one) == json.dumps(two)


def test_the_exit_code_follows_the_gate(tmp_path: Path) -> None:
    """Met thresholds give 0, a missed one 1."""
    assert measured(tmp_path, GOOD)[0] == 0
    assert measured(tmp_path, SCRIPT)[0] == 1


def test_a_report_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    """A file in place of the report's folder is a plain StorageError."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(StorageError, match="can't be written"):
        measure(
            DATASET,
            scripted(GOOD),
            Texts(),
            models={},
            json_path=tmp_path / "taken" / "out.json",
            junit_path=None,
            console=Console(file=io.StringIO()),
            progress=False,
        )


def test_an_unknown_data_set_could_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one line that names what there is."""
    assert evaluate("nowhere", Settings(data=tmp_path), progress=False) == Exit.COULD_NOT_RUN
    assert "there is no data set nowhere (shipped: guide, seeds" in capsys.readouterr().err


def test_a_set_whose_documents_are_absent_could_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, naming the folder and how to get it."""
    (tmp_path / "mine.jsonl").write_text(LINE)
    (tmp_path / "mine.toml").write_text('documents = "gone"\nabsent = "ask Ada for it"\n')
    assert evaluate(tmp_path / "mine.jsonl", Settings(data=tmp_path), progress=False) == Exit.COULD_NOT_RUN
    told = capsys.readouterr().err
    assert "gone; ask Ada for it" in told
