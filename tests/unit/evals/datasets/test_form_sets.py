"""The shipped sets of yes/no, list, how-to and why questions, checked against the documents as read."""

from __future__ import annotations

import pytest

from evals.cases.lint import lint
from evals.datasets.load import HERE, load
from ingest.formats.registry import parse
from ingest.formats.source import Source
from rag.types import Document, QuestionForm

NAMES = sorted(path.stem for path in HERE.glob("*-forms.jsonl"))
ASKED = {QuestionForm.YES_NO, QuestionForm.LIST, QuestionForm.HOW_TO, QuestionForm.WHY}


def documents(name: str) -> list[Document]:
    files = sorted(path for path in load(name).folder().rglob("*") if path.is_file())
    return [
        parse(Source(data=path.read_bytes(), name=path.name, uri=path.name, document_id=path.name))
        for path in files
    ]


def test_every_set_that_measures_has_one() -> None:
    """The five invented teams' pages and the article."""
    assert [f"{name}-forms" for name in ("clinic", "factory", "faculty", "ferry", "hotel", "seeds")] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_its_evidence_stands_in_the_documents(name: str) -> None:
    """Nothing to lint, over the pages in all their formats."""
    assert lint(load(name).cases, documents(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_it_asks_in_these_forms_and_has_unanswerable_questions(name: str) -> None:
    """A quarter at most has no answer; yes and no are both right somewhere; no answer has a bound."""
    dataset = load(name)
    forms = {case.form for case in dataset.cases}
    assert forms == ASKED if name != "seeds-forms" else forms == ASKED - {QuestionForm.HOW_TO}
    unanswerable = sum(not case.answerable for case in dataset.cases)
    assert 0 < unanswerable <= len(dataset.cases) / 4
    polarities = {case.polarity for case in dataset.cases} - {None}
    assert polarities == ({"yes", "no"} if name != "seeds-forms" else {"no"})
    assert (dataset.at_least, dataset.at_most) == ({"citations_exact": 1.0}, {"errors": 0})
    assert not dataset.each_case


@pytest.mark.parametrize("name", NAMES)
def test_its_questions_are_not_those_of_the_older_set(name: str) -> None:
    """Whose figures stay comparable."""
    older = {case.question.lower() for case in load(name.removesuffix("-forms")).cases}
    assert not older & {case.question.lower() for case in load(name).cases}
