from __future__ import annotations

import json
from pathlib import Path

from evals.cases.case import Case
from evals.cases.draft import draft_cases
from evals.cases.lint import lint
from evals.cases.load import load_cases
from rag.types import Document

TEXT = (
    "Polk County was founded in the winter of 1861 by settlers. "
    "Sheriff Grady Judd leads the largest office of the whole region. "
    "It rained. The office received about 10,000 letters from residents last spring."
)
DOCUMENT = Document(id="d", uri="polk.txt", title="Polk", text=TEXT)


def made(tmp_path: Path) -> list[Case]:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in draft_cases([DOCUMENT], 20)))
    return load_cases(path)


def test_drafts_are_cases_that_never_gate_and_hold_against_their_document(tmp_path: Path) -> None:
    """Each is marked; quotes and answers stand in the document they were made from."""
    found = made(tmp_path)
    assert len(found) >= 3
    assert all(case.draft for case in found)
    assert lint(found, [DOCUMENT]) == []


def test_a_subject_a_number_and_an_unknown_name_are_asked_for(tmp_path: Path) -> None:
    """Both kinds: what the document says, and the same of a name it doesn't have."""
    found = made(tmp_path)
    questions = {case.question: case for case in found}
    judd = questions["Who or what leads the largest office of the whole region?"]
    assert judd.exact_answers == ("Sheriff Grady Judd",)
    assert any("____" in question for question in questions)
    assert all(
        case.kind == "swapped_name" and not any(a in TEXT for a in case.exact_answers)
        for case in found
        if not case.answerable
    )


def test_no_more_are_made_than_wanted() -> None:
    """And the same ones each time."""
    assert len(draft_cases([DOCUMENT], 2)) == 2
    assert draft_cases([DOCUMENT], 2) == draft_cases([DOCUMENT], 2)
    assert draft_cases([], 5) == []
