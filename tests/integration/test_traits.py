"""Small files, each with one trait that real files have: what is stored of them, and what is answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.wiring import ingest
from rag.engine import Engine
from rag.settings import Settings
from rag.types import Abstention, Question
from rag.wiring import open_service
from tests.files import read_document
from tests.require import SHARED, require_shared

TRAITS = SHARED / "data" / "traits"
NAMES = sorted(path.parent.name for path in TRAITS.glob("*/case.json"))
ABSTAIN = "<abstain>"


def test_the_traits_are_on_this_machine() -> None:
    """Where they are not, this is skipped with the reason, and fails in continuous integration."""
    assert require_shared("data", "traits", "README.md").parent.is_dir()
    assert NAMES


NOT_ANSWERED = {
    "docx-checkbox": "what a ticked box chooses is too uncertain for the reader",
    "docx-list-continues": "the reader takes a mention of step 4 for the number of a step",
    "pdf-same-quote": "a sentence that stands below two headings is too uncertain for the reader",
}
"""Traits whose text is stored as expected, and of whose questions one at least isn't answered so, and why."""


def case_of(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((TRAITS / name / "case.json").read_text(encoding="utf-8"))
    return case


def files_of(name: str) -> list[Path]:
    """The trait's files, in its folder or below it."""
    paths = sorted(path for path in (TRAITS / name).rglob("*") if path.is_file())
    return [path for path in paths if path.name != "case.json"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_stored_as_a_person_expects(name: str) -> None:
    """What its text has to hold is in it, and what it must not hold isn't."""
    case = case_of(name)
    stored = "\n".join(read_document(path.read_bytes(), path.name).text for path in files_of(name))
    missing = [part for part in case.get("text_must_hold", ()) if part not in stored]
    unexpected = [part for part in case.get("text_must_not_hold", ()) if part in stored]
    assert (missing, unexpected) == ([], [])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(reason=NOT_ANSWERED[name], strict=True))
        if name in NOT_ANSWERED
        else name
        for name in NAMES
    ],
)
def test_its_questions_are_answered_as_a_person_expects(name: str, tmp_path: Path) -> None:
    """With the expected words and their citation, or not at all where nothing answers them."""
    files = tmp_path / "files"
    for path in files_of(name):
        target = files / path.relative_to(TRAITS / name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    with open_service(Settings(data=tmp_path / "data")) as service:
        ingest(service, [files])
        wrong = [fault for row in case_of(name)["expected"] if (fault := fault_of(service.engine, row))]
    assert wrong == []


def fault_of(engine: Engine, row: dict[str, Any]) -> str | None:
    """What is wrong with the outcome of a question; None where it is as expected."""
    question = row["question"]
    outcome = engine.ask(Question(text=question))
    if row["accepted"] == [ABSTAIN] or isinstance(outcome, Abstention):
        is_right = isinstance(outcome, Abstention) and row["accepted"] == [ABSTAIN]
        return None if is_right else f"{question}: {getattr(outcome, 'text', 'not answered')}"
    quotes = " ".join(citation.quote for citation in outcome.citations).lower()
    if not any(accepted.lower() in outcome.text.lower() for accepted in row["accepted"]):
        return f"{question}: {outcome.text}"
    is_cited = (row.get("must_cite") or "").lower() in quotes
    return None if is_cited else f"{question}: cited {quotes}"
