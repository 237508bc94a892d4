from __future__ import annotations

from pathlib import Path

import pytest

from evals.cases.case import Case, DatasetError
from evals.cases.dates import PartialDate
from evals.cases.evidence import Evidence
from evals.cases.load import load_cases
from evals.cases.matchers import Contains, Date, Exact, ItemList, Number, Regex
from rag.types import QuestionForm, Span, Turn


def loaded(tmp_path: Path, line: str) -> Case:
    path = tmp_path / "cases.jsonl"
    path.write_text(line + "\n\n", encoding="utf-8")
    (case,) = load_cases(path)
    return case


def test_a_line_becomes_a_case(tmp_path: Path) -> None:
    """With every form of answer and of evidence."""
    case = loaded(
        tmp_path,
        '{"id": "a", "question": "q?", "answerable": true, "must_cite": ["x", ["y", "z"]], "tags": ["who"],'
        ' "answers": ["t", {"contains": ["c"]}, {"regex": "r+"}, {"number": 10000}]}',
    )
    assert case.answers == (Exact("t"), Contains(("c",)), Regex("r+"), Number(10000))
    assert case.must_cite == ((Evidence(quote="x"),), (Evidence(quote="y"), Evidence(quote="z")))
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
        (
            '{"id": "a", "question": "q?", "answerable": true, "answers": [{"number": 1, "regex": "a"}]}',
            "one of contains, regex",
        ),
        (
            '{"id": "a", "question": "q?", "answerable": true, "answers": [{"regex": "a", "tolerance": 1}]}',
            "tolerance belongs to a number",
        ),
        (
            '{"id": "a", "question": "q?", "answerable": true, "answers": [{"date": "2025-02-30"}]}',
            "day is out of range",
        ),
        (
            '{"id": "a", "question": "q?", "answerable": true, "must_cite": [{"start": 1, "end": 2}]}',
            "a place has a quote or a document",
        ),
        (
            '{"id": "a", "question": "q?", "answerable": true, "form": "riddle"}',
            "form: Input should be 'fact', 'yes_no', 'list', 'how_to', 'why', 'definition' or 'overview'",
        ),
        (
            '{"id": "a", "question": "q?", "answerable": true, "form": "yes_no", "polarity": "maybe"}',
            "polarity: Input should be 'yes' or 'no'",
        ),
        (
            '{"id": "a", "question": "q?", "answerable": true, "form": "list", "polarity": "yes"}',
            "polarity belongs to a question of form yes_no",
        ),
        (
            '{"id": "a", "question": "q?", "answerable": false, "form": "yes_no", "polarity": "no"}',
            "an unanswerable question has no polarity",
        ),
    ],
)
def test_the_error_for_a_bad_line_names_it(tmp_path: Path, line: str, message: str) -> None:
    """File, line and field."""
    with pytest.raises(DatasetError, match=r"cases\.jsonl:1: ") as caught:
        loaded(tmp_path, line)
    assert message in str(caught.value)


def test_a_missing_file_is_a_plain_error(tmp_path: Path) -> None:
    """No traceback for a wrong path."""
    with pytest.raises(DatasetError, match="can't be read"):
        load_cases(tmp_path / "none.jsonl")


def test_every_form_of_answer_evidence_and_turn_is_loaded(tmp_path: Path) -> None:
    """Numbers with tolerance, dates, lists; evidence by document and offsets; turns before the question."""
    case = loaded(
        tmp_path,
        '{"id": "a", "question": "and then?", "answerable": true, "draft": true, "note": "n",'
        ' "answers": [{"number": 5, "tolerance": 0.5}, {"date": "2025-11"}, '
        '{"list": ["a", "b"], "ordered": true}, 7], "filters": {"team": "x"},'
        ' "must_cite": [{"document": "a.txt", "start": 2, "end": 5}],'
        ' "must_not_cite": [{"document": "old.txt"}], "history": [{"question": "first?", "answer": "so"}]}',
    )
    assert case.answers == (
        Number(5, 0.5),
        Date(PartialDate(2025, 11)),
        ItemList(("a", "b"), ordered=True),
        Number(7),
    )
    assert case.must_cite == ((Evidence(document="a.txt", span=Span(2, 5)),),)
    assert case.must_not_cite == (Evidence(document="old.txt"),)
    question = case.as_question("notes")
    assert (question.collection, question.filters) == ("notes", {"team": "x"})
    assert question.history == (Turn(question="first?", answer="so"),)
    assert case.draft


def test_a_case_may_say_the_form_and_polarity_of_its_answer(tmp_path: Path) -> None:
    """Without them it has none, as in the files of before."""
    case = loaded(
        tmp_path, '{"id": "a", "question": "q?", "answerable": true, "form": "yes_no", "polarity": "no"}'
    )
    assert (case.form, case.polarity) == (QuestionForm.YES_NO, "no")
    plain = loaded(tmp_path, '{"id": "a", "question": "q?", "answerable": true}')
    assert (plain.form, plain.polarity) == (None, None)


def test_yes_and_no_of_yaml_are_polarities(tmp_path: Path) -> None:
    """It reads them as truth values where they are not in quotation marks."""
    path = tmp_path / "cases.yaml"
    row = "- {id: %s, question: q, answerable: true, form: yes_no, polarity: %s}\n"
    path.write_text("".join(row % pair for pair in (("a", "yes"), ("b", "no"), ("c", "'no'"))), "utf-8")
    assert [case.polarity for case in load_cases(path)] == ["yes", "no", "no"]


def test_numbers_of_yaml_are_texts_where_texts_are_wanted(tmp_path: Path) -> None:
    """An unquoted year among phrases, tags, filters or evidence; as an answer it stays a number."""
    path = tmp_path / "cases.yaml"
    path.write_text(
        "- {id: a, question: q, answerable: true, answers: [2025, {contains: [2025, mill]}, {list: [1, 2]}], "
        "must_cite: [2025, {document: 7}], filters: {year: 2025}, tags: [2025]}"
    )
    (case,) = load_cases(path)
    assert case.answers == (Number(2025.0), Contains(("2025", "mill")), ItemList(("1", "2")))
    assert case.must_cite == ((Evidence(quote="2025"),), (Evidence(document="7"),))
    assert (case.filters, case.tags) == ({"year": "2025"}, ("2025",))


def test_a_yaml_file_holds_cases_too(tmp_path: Path) -> None:
    """Numbers and dates are rules; in quotation marks they are texts."""
    path = tmp_path / "cases.yaml"
    path.write_text(
        "cases:\n- id: a\n  question: q?\n  answerable: true\n  answers: [10000, 2025-11-24, '42']\n", "utf-8"
    )
    (case,) = load_cases(path)
    assert case.answers == (Number(10000), Date(PartialDate(2025, 11, 24)), Exact("42"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "cases.yaml:1: "),
        ("a: 1", "no list of cases"),
        ("- id: a\n  question: q?\n", "case 1: answerable: Field required"),
    ],
)
def test_the_error_for_bad_yaml_names_its_place(tmp_path: Path, text: str, message: str) -> None:
    """File and line, or the number of the case."""
    path = tmp_path / "cases.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(DatasetError) as caught:
        load_cases(path)
    assert message in str(caught.value)
