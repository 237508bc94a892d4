from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.cases.case import Case
from evals.cases.draft import draft_cases
from evals.cases.lint import lint
from evals.cases.load import load_cases
from ingest.formats.reading import read
from rag.types import Document, QuestionForm

TEXT = (
    "Dell County was founded in the winter of 1861 by settlers. "
    "Captain Ada Moss leads the largest office of the whole region. "
    "It rained. The office received about 10,000 letters from residents last spring. "
    "If you lose your badge, call the desk and tell them your number. "
    "To renew a parking permit, please send the old one to the desk. "
    "A bollard is a short post that keeps cars away from a path. "
    "The gate is shut at nine because the night crew is small. "
    "Visitors must return the badge within three days of their visit. "
    "The limit for a single meal is $40, drinks included. "
    "Ask for a Personal Access Card (PAC) before your first night shift."
)
DOCUMENT = Document(id="d", uri="polk.txt", title="Polk", text=TEXT)
PAGE = """# Visitors

## How to book a room

Use the form on the intranet at least a day ahead.

## May I bring my dog?

No, but guide dogs are welcome in all rooms.

## Is there a bus?

It leaves from the gate.

Guests must:

- wear the badge
- stay with their host

There are three kinds of passes:

1. day passes
2. week passes
3. press passes
"""
MINUTES = """# Garden committee meeting 2026-03-17

## Present

- Ada Moss
- Ben Reed

## Agenda

- New fence along the river #12
  - Ben asked three builders, and the cheapest wants 900 euros for it
  - Decided to wait until the summer
"""


def parsed(text: str, name: str) -> Document:
    return read(text.encode(), name, uri=name, document_id=name)


def drafted(tmp_path: Path, *documents: Document, count: int = 40) -> dict[str, Case]:
    path = tmp_path / "cases.jsonl"
    rows = draft_cases(documents, count)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return {case.question: case for case in load_cases(path)}


def quotes(case: Case) -> list[str | None]:
    return [evidence.quote for group in case.must_cite for evidence in group]


def test_drafts_are_marked_and_fit_their_document(tmp_path: Path) -> None:
    """Their quotes and answers are texts of the document."""
    cases = list(drafted(tmp_path, DOCUMENT).values())
    assert len(cases) >= 3
    assert all(case.draft for case in cases)
    assert lint(cases, [DOCUMENT]) == []


@pytest.mark.parametrize(
    ("question", "form", "answers"),
    [
        ("Who leads the largest office of the whole region?", None, ("Captain Ada Moss",)),
        ("When was Dell County founded?", None, ("1861",)),
        ("What should I do if I lose my badge?", QuestionForm.HOW_TO, ()),
        ("How do I renew a parking permit?", QuestionForm.HOW_TO, ()),
        ("What is a bollard?", QuestionForm.DEFINITION, ()),
        ("Why is the gate shut at nine?", QuestionForm.WHY, ()),
        ("Within how many days must visitors return the badge?", None, ("three days", "three")),
        ("What is the limit for a single meal?", None, ("$40",)),
        ("What does PAC stand for?", None, ("Personal Access Card",)),
    ],
)
def test_a_sentence_becomes_a_question_that_a_reader_could_ask(
    tmp_path: Path, question: str, form: QuestionForm | None, answers: tuple[str, ...]
) -> None:
    """With its answer, or with the form in which its evidence decides."""
    case = drafted(tmp_path, DOCUMENT)[question]
    assert (case.form, case.exact_answers, len(quotes(case))) == (form, answers, 1)


def test_no_draft_has_a_gap_or_asks_who_or_what(tmp_path: Path) -> None:
    """Nor does one ask about a sentence that needs the text around it."""
    asked = drafted(tmp_path, DOCUMENT, parsed(PAGE, "page.md"))
    assert not [question for question in asked if "____" in question or "Who or what" in question]
    vague = Document(
        id="v", uri="v", title="V", text="If they are late again, call this number at once today."
    )
    assert draft_cases([vague], 5) == []


def test_headings_that_ask_and_lists_with_a_lead_in_become_questions(tmp_path: Path) -> None:
    """A heading's first sentence is its evidence, a list's are all of its items."""
    cases = drafted(tmp_path, parsed(PAGE, "page.md"))
    assert quotes(cases["How do I book a room?"]) == ["Use the form on the intranet at least a day ahead."]
    dog = cases["May I bring my dog?"]
    assert (dog.form, dog.polarity) == (QuestionForm.YES_NO, "no")
    assert "Is there a bus?" not in cases  # neither yes nor no is said
    assert quotes(cases["What must guests do?"]) == ["wear the badge", "stay with their host"]
    assert quotes(cases["What are the kinds of passes?"]) == ["day passes", "week passes", "press passes"]


def test_of_minutes_it_is_asked_who_was_there_and_what_was_said(tmp_path: Path) -> None:
    """The question names the occasion: without it nobody knows which meeting is meant."""
    cases = drafted(tmp_path, parsed(MINUTES, "minutes.md"))
    present = cases["Who was present at the Garden committee meeting of 2026-03-17?"]
    assert quotes(present) == ["Ada Moss", "Ben Reed"]
    said = cases[
        "What was said about “New fence along the river” at the Garden committee meeting of 2026-03-17?"
    ]
    assert len(quotes(said)) == 2


def test_of_a_named_thing_there_is_an_unanswerable_twin(tmp_path: Path) -> None:
    """With a name that the documents don't have."""
    twins = [case for case in drafted(tmp_path, DOCUMENT).values() if not case.answerable]
    assert [(twin.question, twin.kind) for twin in twins] == [("When was Tarnvale founded?", "swapped_name")]


def test_a_question_that_two_documents_answer_has_both_places_or_is_left_out(tmp_path: Path) -> None:
    """In the same words either place will do; in different words nobody could say which is meant."""
    again = Document(id="e", uri="again.txt", title="Again", text=TEXT)
    case = drafted(tmp_path, DOCUMENT, again)["What is a bollard?"]
    assert [evidence.document for evidence in case.must_cite[0]] == ["polk.txt", "again.txt"]
    text = "A bollard is a person who shouts a lot during a match."
    other = Document(id="o", uri="other.txt", title="Other", text=text)
    assert "What is a bollard?" not in drafted(tmp_path, DOCUMENT, other)


def test_at_most_a_quarter_opens_with_the_same_words(tmp_path: Path) -> None:
    """Thirty definitions would be no test of anything else."""
    things = "abcdefghijklmnopqrst"
    text = " ".join(f"A {c * 5} is a small tool that every carpenter has at hand." for c in things)
    cases = drafted(tmp_path, Document(id="t", uri="t", title="T", text=text), count=20)
    assert len(cases) == 5


def test_no_more_drafts_are_made_than_asked_for() -> None:
    """And the same ones each time."""
    assert len(draft_cases([DOCUMENT], 2)) == 2
    assert draft_cases([DOCUMENT], 2) == draft_cases([DOCUMENT], 2)
    assert draft_cases([], 5) == []
