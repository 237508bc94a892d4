"""Folders of documents with questions in a colleague's words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.cases.case import DatasetError
from evals.cases.evidence import Evidence
from evals.cases.matchers import Exact
from evals.datasets.load import load
from rag.types import QuestionForm

ROWS: list[dict[str, Any]] = [
    {
        "id": "s-1",
        "file": "leave.md",
        "kind": "list",
        "question": "which days are off?",
        "answerable": True,
        "answer": None,
        "yesno": None,
        "evidence": ["Days off:", "Monday", "Friday"],
        "near": ["Tuesday"],
    },
    {
        "kind": "yesno",
        "question": "free on monday?",
        "answerable": True,
        "answer": "Monday",
        "yesno": "yes",
        "evidence": ["Monday"],
    },
    {
        "kind": "fact",
        "question": "who asks?",
        "answerable": False,
        "answer": None,
        "evidence": [],
        "near": ["x"],
    },
]


def folder(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    (tmp_path / "team" / "docs").mkdir(parents=True)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "team" / "queries.jsonl").write_text(text, encoding="utf-8")
    return tmp_path / "team"


def test_its_questions_become_cases_with_a_form(tmp_path: Path) -> None:
    """Each part of the evidence must be cited, from whichever page; answer and polarity where there are."""
    dataset = load(folder(tmp_path, ROWS))
    days, monday, who = dataset.cases
    assert (days.id, days.form, days.answers, days.polarity) == ("s-1", QuestionForm.LIST, (), None)
    parts = ("Days off:", "Monday", "Friday")
    assert days.must_cite == tuple((Evidence(quote=part),) for part in parts)
    assert (monday.form, monday.polarity, monday.answers) == (QuestionForm.YES_NO, "yes", (Exact("Monday"),))
    assert (who.answerable, who.kind, who.form) == (False, "missing_detail", QuestionForm.FACT)
    assert (who.must_cite, who.must_not_cite) == ((), ())


def test_a_question_without_an_id_is_named_by_its_set_and_number(tmp_path: Path) -> None:
    """So that a report and a baseline can name it."""
    assert [case.id for case in load(folder(tmp_path, ROWS)).cases] == ["s-1", "team-2", "team-3"]


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("fact", QuestionForm.FACT),
        ("howto", QuestionForm.HOW_TO),
        ("yesno", QuestionForm.YES_NO),
        ("list", QuestionForm.LIST),
        ("definition", QuestionForm.DEFINITION),
        ("why", QuestionForm.WHY),
    ],
)
def test_each_kind_is_a_form(kind: str, form: QuestionForm, tmp_path: Path) -> None:
    """Under the names that cases use."""
    (case,) = load(folder(tmp_path, [{**ROWS[2], "kind": kind}])).cases
    assert case.form is form


def test_its_documents_bounds_and_baseline_lie_in_the_folder(tmp_path: Path) -> None:
    """The documents under docs, the bounds beside the questions."""
    path = folder(tmp_path, ROWS)
    (path / "queries.toml").write_text("[at_least]\nshown = 0.7\n[at_most]\nanswered_wrong_list = 0.1\n")
    dataset = load(path)
    assert (dataset.name, dataset.folder(), dataset.path) == ("team", path / "docs", path / "queries.jsonl")
    assert (dataset.at_least, dataset.at_most) == ({"shown": 0.7}, {"answered_wrong_list": 0.1})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "riddle"}, "question 1: kind: Input should be 'fact'"),
        ({"yesno": "maybe"}, "question 1: yesno: Input should be 'yes' or 'no'"),
        ({"question": ""}, "question 1: question: String should have at least 1 character"),
        ({"evidence": "Monday"}, "question 1: evidence: Input should be a valid list"),
    ],
)
def test_a_line_of_another_form_is_a_plain_error(
    change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    """It names the file, the question and the field."""
    with pytest.raises(DatasetError) as caught:
        load(folder(tmp_path, [{**ROWS[0], **change}]))
    assert message in str(caught.value)
    assert "queries.jsonl" in str(caught.value)


def test_a_folder_without_questions_is_no_set(tmp_path: Path) -> None:
    """Nor one without documents."""
    (tmp_path / "docs").mkdir()
    with pytest.raises(DatasetError, match="of no set that can be read"):
        load(tmp_path)
