from __future__ import annotations

import json
from pathlib import Path

from evals.cases.case import Case
from evals.cases.draft import draft_cases
from evals.cases.lint import lint
from evals.cases.load import load_cases
from rag.types import Document

TEXT = (
    "Dell County was founded in the winter of 1861 by settlers. "
    "Captain Ada Moss leads the largest office of the whole region. "
    "It rained. The office received about 10,000 letters from residents last spring."
)
DOCUMENT = Document(id="d", uri="polk.txt", title="Polk", text=TEXT)


def drafted(tmp_path: Path) -> list[Case]:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in draft_cases([DOCUMENT], 20)))
    return load_cases(path)


def test_drafts_are_marked_and_fit_their_document(tmp_path: Path) -> None:
    """Their quotes and answers are texts of the document."""
    cases = drafted(tmp_path)
    assert len(cases) >= 3
    assert all(case.draft for case in cases)
    assert lint(cases, [DOCUMENT]) == []


def test_drafts_ask_for_subjects_and_values_and_of_unknown_names(tmp_path: Path) -> None:
    """Answerable ones, and unanswerable ones with a name that the document doesn't have."""
    cases = drafted(tmp_path)
    questions = {case.question: case for case in cases}
    moss = questions["Who or what leads the largest office of the whole region?"]
    assert moss.exact_answers == ("Captain Ada Moss",)
    assert any("____" in question for question in questions)
    assert all(
        case.kind == "swapped_name" and not any(a in TEXT for a in case.exact_answers)
        for case in cases
        if not case.answerable
    )


def test_no_more_drafts_are_made_than_asked_for() -> None:
    """And the same ones each time."""
    assert len(draft_cases([DOCUMENT], 2)) == 2
    assert draft_cases([DOCUMENT], 2) == draft_cases([DOCUMENT], 2)
    assert draft_cases([], 5) == []
