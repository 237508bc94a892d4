from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals import cases
from evals.cases import Case, DatasetError, lint
from evals.matchers import Contains, Exact, Number, Regex
from rag.types import Document
from tests.unit.evals_fakes import AGE, DOCUMENT, WHERE, WHO


def parsed(tmp_path: Path, line: str) -> Case:
    path = tmp_path / "cases.jsonl"
    path.write_text(line + "\n\n", encoding="utf-8")
    (case,) = cases.load(path)
    return case


def test_a_line_becomes_a_case(tmp_path: Path) -> None:
    """Every form of answer and need has its place."""
    case = parsed(
        tmp_path,
        '{"id": "a", "question": "q?", "answerable": true, "must_cite": ["x", ["y", "z"]], "tags": ["who"],'
        ' "answers": ["t", {"contains": ["c"]}, {"regex": "r+"}, {"number": 10000}]}',
    )
    assert case.answers == (Exact("t"), Contains(("c",)), Regex("r+"), Number(10000))
    assert case.must_cite == (("x",), ("y", "z"))
    assert (case.exact_answers, case.tags) == (("t",), ("who",))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line"),
        ('{"id": "a", "question": "q?"}', "answerable: Field required"),
        ('{"id": "a", "question": "q?", "answerable": true, "anwsers": []}', "anwsers: Extra inputs"),
        ('{"id": "a", "question": "q?", "answerable": true, "answers": [{"regex": "("}]}', "not a regular"),
        ('{"id": "a", "question": "q?", "answerable": true, "answers": [{}]}', "one of contains, regex"),
        ('{"id": "a", "question": "q?", "answerable": false, "kind": "odd"}', "kind: Input should be"),
    ],
)
def test_a_bad_line_is_named_with_its_place(tmp_path: Path, line: str, message: str) -> None:
    """The error tells file, line and field."""
    with pytest.raises(DatasetError, match=r"cases\.jsonl:1: ") as caught:
        parsed(tmp_path, line)
    assert message in str(caught.value)


def test_a_missing_file_is_a_plain_error(tmp_path: Path) -> None:
    """No traceback for a wrong path."""
    with pytest.raises(DatasetError, match="can't be read"):
        cases.load(tmp_path / "none.jsonl")


def test_good_cases_have_no_findings() -> None:
    """The linter is silent on cases that hold."""
    assert lint([WHO, WHERE, AGE], [DOCUMENT]) == []


@pytest.mark.parametrize(
    ("case", "finding"),
    [
        (replace(WHERE, must_cite=(("She lived in Paris.",),)), "no document holds 'She lived in Paris.'"),
        (replace(WHERE, may_cite=("gone",)), "no document holds 'gone'"),
        (replace(WHERE, answers=(Exact("Paris"),)), "no document holds any of its answers (Paris)"),
        (replace(WHERE, answers=()), "answerable, but has no answers"),
        (replace(WHERE, must_cite=()), "answerable, but names no quote that must be cited"),
        (replace(WHERE, kind="off_topic"), "answerable, but of kind off_topic"),
        (replace(AGE, kind=None), "unanswerable, but has no kind"),
        (replace(AGE, answers=(Exact("36"),)), "unanswerable, but has answers or quotes"),
    ],
)
def test_the_linter_finds(case: Case, finding: str) -> None:
    """Each kind of mistake gives a line that starts with the case's id."""
    assert f"{case.id}: {finding}" in lint([case], [DOCUMENT])


def test_rules_excuse_an_answer_from_standing_in_a_document() -> None:
    """Beside a regex or contains, texts may be the writer's own words."""
    assert lint([replace(WHERE, answers=(Exact("the capital"), Regex("London")))], [DOCUMENT]) == []


def test_the_linter_finds_doubles() -> None:
    """Two cases may share neither id nor question."""
    twice = lint([WHO, WHO], [DOCUMENT])
    assert twice[:2] == ["who: id used 2 times", "question asked 2 times: who wrote the first program?"]


def test_a_quote_may_be_wrapped_otherwise() -> None:
    """Line breaks in a document don't hide a quote."""
    wrapped = Document(id="w", uri="w", title="w", text="She lived\n  in London.")
    assert lint([WHERE], [wrapped]) == []
