"""Cases from saved answers, with the right answer if a person gives it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases.case import DatasetError
from evals.cases.form import CaseForm
from evals.cases.load import load_cases
from rag.errors import StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedAnswer:
    """The right answer, as far as a person gives it. An empty one makes a draft.

    ``answers`` are accepted, ``quotes`` must be cited; ``unanswerable_kind`` says why there is no answer.
    """

    answers: Sequence[str] = ()
    quotes: Sequence[str] = ()
    unanswerable_kind: str | None = None
    tags: Sequence[str] = ()


def saved_answers(text: str) -> list[Mapping[str, Any]]:
    """Answers as the service gives them: one JSON object, a list, or an object a line.

    Raises:
        DatasetError: the text is none of these.
    """
    try:
        answers = json.loads(text)
    except ValueError:
        try:
            answers = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise DatasetError(f"not a saved answer: {error}") from None
    rows = answers if isinstance(answers, list) else [answers]
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("question"), str):
            raise DatasetError("not a saved answer: it has no question")
    return rows


def case_row(
    answer: Mapping[str, Any], expected: ExpectedAnswer, *, taken: Sequence[str] = ()
) -> dict[str, Any]:
    """The row of a case for a saved answer.

    Raises:
        DatasetError: it has both an answer and a kind of unanswerable question, or an unknown kind.
    """
    if expected.unanswerable_kind and (expected.answers or expected.quotes):
        raise DatasetError("a case has an answer or is unanswerable, not both")
    answerable = expected.unanswerable_kind is None
    row: dict[str, Any] = {
        "id": _name(answer["question"], taken),
        "question": answer["question"],
        "answerable": answerable,
        **({"answers": list(expected.answers)} if expected.answers else {}),
        **({"must_cite": list(expected.quotes)} if expected.quotes else {}),
        **({} if answerable else {"kind": expected.unanswerable_kind}),
        "tags": list(expected.tags) or ["reported"],
        "draft": answerable and not expected.answers,
        "note": _note(answer),
    }
    try:
        CaseForm.model_validate(row)
    except ValueError as error:
        raise DatasetError(f"not a case: {_short(error)}") from None
    return row


def append_cases(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds cases to the end of a JSON Lines file, which is made where there is none.

    Raises:
        DatasetError: it isn't a JSON Lines file. (Writing YAML anew would lose comments and order.)
        StorageError: it can't be written.
    """
    if path.suffix != ".jsonl":
        raise DatasetError(f"{path}: cases are added to a .jsonl file")
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        gap = "\n" if before and not before.endswith("\n") else ""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(gap + lines)
    except OSError as error:
        raise StorageError(f"{path} can't be written: {error.strerror}") from None


def case_ids(path: Path) -> list[str]:
    """The ids of a file's cases; none where there is no file. Raises DatasetError."""
    return [case.id for case in load_cases(path)] if path.is_file() else []


def _name(question: str, taken: Sequence[str]) -> str:
    words = re.findall(r"[^\W_]+", question.lower())[:6]
    stem = "-".join(words) or "case"
    names = [stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)


def _note(answer: Mapping[str, Any]) -> str:
    text = answer.get("answer")
    answer_id = f" ({answer['id']})" if answer.get("id") else ""
    note = f"was answered: {text}{answer_id}" if text else f"was not answered{answer_id}"
    return f"{note}; a reader said: {answer['note']}" if answer.get("note") else note


def _short(error: ValueError) -> str:
    lines = str(error).splitlines()
    return "; ".join(line.strip() for line in lines[1:3]) if len(lines) > 2 else str(error)
