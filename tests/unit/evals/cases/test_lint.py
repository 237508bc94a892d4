from __future__ import annotations

from dataclasses import replace

import pytest

from evals.cases.case import Case
from evals.cases.evidence import Evidence
from evals.cases.lint import lint
from evals.cases.matchers import Exact, Regex
from rag.types import Document, Span, Turn
from tests.unit.evals.fakes import AGE, DOCUMENT, WHERE, WHO


def test_good_cases_have_no_findings() -> None:
    """The linter is silent on cases that hold."""
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


def test_one_question_may_be_asked_in_two_conversations() -> None:
    """What was said before is a part of the question."""
    later = replace(WHERE, id="later", history=(Turn(question="Who was Byron's daughter?", answer="Ada"),))
    assert lint([WHERE, later], [DOCUMENT]) == []
