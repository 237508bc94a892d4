from __future__ import annotations

from dataclasses import replace

import pytest

from evals.cases.case import Case, YesOrNo
from evals.cases.evidence import Evidence
from evals.cases.lint import lint
from evals.cases.matchers import Exact, Regex
from rag.types import Document, QuestionForm, Span, Turn
from tests.unit.evals.fakes import AGE, DOCUMENT, WHERE, WHO


def test_good_cases_have_no_findings() -> None:
    """There is nothing to say of cases that fit their documents."""
    assert lint([WHO, WHERE, AGE], [DOCUMENT]) == []


@pytest.mark.parametrize(
    ("case", "finding"),
    [
        (
            replace(WHERE, must_cite=((Evidence(quote="She lived in Paris."),),)),
            "no document holds 'She lived in Paris.'",
        ),
        (replace(WHERE, must_not_cite=(Evidence(document="old.txt"),)), "no document holds old.txt"),
        (
            replace(WHERE, must_cite=((Evidence(document="ada.txt", span=Span(1, 99)),),)),
            "no document holds ada.txt 1-99",
        ),
        (replace(WHERE, may_cite=(Evidence(quote="gone"),)), "no document holds 'gone'"),
        (replace(WHERE, answers=(Exact("Paris"),)), "no document holds any of its answers (Paris)"),
        (replace(WHERE, answers=()), "answerable, but has no answers"),
        (replace(WHERE, must_cite=()), "answerable, but names no quote that must be cited"),
        (replace(WHERE, kind="off_topic"), "answerable, but of kind off_topic"),
        (replace(WHERE, answers=(), form=QuestionForm.FACT), "answerable, but has no answers"),
        (
            replace(WHERE, form=QuestionForm.YES_NO),
            "a yes/no question without a polarity: neither yes nor no is checked",
        ),
        (
            replace(WHERE, must_cite=(), form=QuestionForm.LIST),
            "answerable, but names no quote that must be cited",
        ),
        (replace(AGE, kind=None), "unanswerable, but has no kind"),
        (replace(AGE, answers=(Exact("36"),)), "unanswerable, but has answers or quotes"),
    ],
)
def test_the_linter_finds(case: Case, finding: str) -> None:
    """Each kind of mistake gives a line that starts with the case's id."""
    assert f"{case.id}: {finding}" in lint([case], [DOCUMENT])


@pytest.mark.parametrize("form", [form for form in QuestionForm if form is not QuestionForm.FACT])
def test_evidence_alone_may_decide_in_other_forms_than_a_fact(form: QuestionForm) -> None:
    """A list, a procedure or a reason needs no short answer."""
    polarity: YesOrNo | None = "yes" if form is QuestionForm.YES_NO else None
    assert lint([replace(WHERE, answers=(), form=form, polarity=polarity)], [DOCUMENT]) == []


def test_with_a_rule_answers_need_not_be_in_a_document() -> None:
    """Where a regex decides too, an accepted text may be the writer's own words."""
    assert lint([replace(WHERE, answers=(Exact("the capital"), Regex("London")))], [DOCUMENT]) == []


def test_the_linter_finds_duplicates() -> None:
    """Two cases may share neither id nor question."""
    findings = lint([WHO, WHO], [DOCUMENT])
    assert findings[:2] == ["who: id used 2 times", "question asked 2 times: who wrote the first program?"]


def test_a_quote_is_found_across_line_breaks() -> None:
    """White space of a document counts alike."""
    wrapped = Document(id="w", uri="w", title="w", text="She lived\n  in London.")
    assert lint([WHERE], [wrapped]) == []


def test_one_question_may_be_asked_in_two_conversations() -> None:
    """The turns before a question are a part of it."""
    later = replace(WHERE, id="later", history=(Turn(question="Who was Byron's daughter?", answer="Ada"),))
    assert lint([WHERE, later], [DOCUMENT]) == []
