from __future__ import annotations

from pathlib import Path

import pytest

from evals.cases.add import ExpectedAnswer, append_cases, case_ids, case_row, saved_answers
from evals.cases.case import DatasetError
from evals.cases.load import load_cases

ANSWER = {"id": "ans_1", "question": "Who wrote it?", "answer": "Babbage"}


def test_a_bad_answer_becomes_a_case(tmp_path: Path) -> None:
    """With the right answer it is no draft; the answer that was given becomes its note."""
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "a", "question": "q?", "answerable": false, "kind": "off_topic"}')
    row = case_row(
        ANSWER, ExpectedAnswer(answers=["Ada Lovelace"], quotes=["Ada wrote it."]), taken=case_ids(path)
    )
    append_cases(path, [row])
    first, added = load_cases(path)
    assert (first.id, added.id, added.draft) == ("a", "who-wrote-it", False)
    assert added.exact_answers == ("Ada Lovelace",)
    assert added.note == "was answered: Babbage (ans_1)"


def test_without_a_right_answer_it_is_a_draft() -> None:
    """A person has to add the right answer."""
    assert case_row(ANSWER, ExpectedAnswer())["draft"] is True


def test_a_question_that_has_no_answer_is_a_case_at_once() -> None:
    """Its kind is all that a person gives."""
    row = case_row(ANSWER, ExpectedAnswer(unanswerable_kind="false_premise"))
    assert (row["answerable"], row["kind"], row["draft"]) == (False, "false_premise", False)


def test_ids_are_unique() -> None:
    """The same question reported twice gets another id."""
    assert (
        case_row(ANSWER, ExpectedAnswer(), taken=["who-wrote-it", "who-wrote-it-2"])["id"] == "who-wrote-it-3"
    )


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (ExpectedAnswer(unanswerable_kind="odd"), "not a case"),
        (ExpectedAnswer(unanswerable_kind="off_topic", answers=["x"]), "not both"),
    ],
)
def test_contradicting_or_unknown_options_are_refused(expected: ExpectedAnswer, message: str) -> None:
    """No row is made that couldn't be loaded."""
    with pytest.raises(DatasetError, match=message):
        case_row(ANSWER, expected)


def test_answers_are_read_as_one_a_list_or_lines() -> None:
    """As they are saved by the command line and by HTTP."""
    one = '{"question": "a?"}'
    assert [len(saved_answers(text)) for text in (one, f"[{one}, {one}]", f"{one}\n{one}\n")] == [1, 2, 2]
    for text in ("nonsense", "[1]", '{"q": 1}'):
        with pytest.raises(DatasetError, match="not a saved answer"):
            saved_answers(text)


def test_cases_are_not_added_to_a_yaml_file(tmp_path: Path) -> None:
    """Writing it anew would lose comments and order."""
    with pytest.raises(DatasetError, match=r"added to a \.jsonl"):
        append_cases(tmp_path / "cases.yaml", [ANSWER])
