from __future__ import annotations

from dataclasses import replace

import pytest

from evals.cases.case import Case
from evals.cases.evidence import Evidence
from evals.run.runner import run
from evals.run.summary import summarise
from rag.types import Outcome
from tests.unit.evals import forms
from tests.unit.evals.fakes import AGE, GOOD, WHERE, WHO, abstention, answer, cite, corpus, scripted

CASES = [WHO, WHERE, AGE]


def test_an_exception_is_recorded_and_the_run_goes_on() -> None:
    """It is recorded against its case; the cases after it are asked."""
    result = run(CASES, scripted({**GOOD, WHO.question: RuntimeError("boom")}), corpus=corpus())
    assert [record.error for record in result.records] == ["RuntimeError: boom", "", ""]
    assert result.records[0].failure == "RuntimeError: boom"
    figures = summarise(result)
    assert (figures["errors"].value, figures["answered_right"].value) == (1.0, 0.5)


def test_a_citation_with_wrong_offsets_is_inexact() -> None:
    """Citations are looked up in the stored document: one code point off is inexact."""
    off = answer("Ada Lovelace", cite("Ada Lovelace wrote the first program.", start=1))
    result = run([WHO], scripted({WHO.question: off}), corpus=corpus())
    assert result.records[0].exact == (False,)
    assert "1 of 1 citations are not what is stored" in result.records[0].failure
    assert result.records[0].scores.right


def test_a_citation_of_a_version_that_is_not_stored_is_inexact() -> None:
    """Its text can't be looked up."""
    stale = answer("London", cite("She lived in London.", version="0" * 64))
    assert run([WHERE], scripted({WHERE.question: stale}), corpus=corpus()).records[0].exact == (False,)


def test_the_nearest_quotes_of_an_abstention_are_checked_too() -> None:
    """They are citations, and must be exact."""
    off = abstention(0.1, cite("London", start=0))
    assert run([AGE], scripted({AGE.question: off}), corpus=corpus()).records[0].exact == (False,)


@pytest.mark.parametrize(
    ("outcome", "failure"),
    [
        (abstention(0.25), "abstained (not_confident, confidence 0.25)"),
        (
            answer("London", cite("Ada Lovelace wrote the first program."), confidence=0.8),
            "wrong answer (confidence 0.80)",
        ),
        (
            answer("Ada Lovelace", cite("She lived in London.")),
            "does not cite 'Ada Lovelace wrote the first program.'",
        ),
    ],
)
def test_the_failure_says_what_is_wrong(outcome: object, failure: str) -> None:
    """An abstention, a wrong answer, missing evidence."""
    assert run([WHO], scripted({WHO.question: outcome})).records[0].failure == failure  # type: ignore[dict-item]


def test_an_answer_to_an_unanswerable_question_is_a_failure() -> None:
    """With its confidence."""
    wrong = answer("36", cite("She lived in London."), confidence=0.7)
    record = run([AGE], scripted({AGE.question: wrong})).records[0]
    assert not record.scores.right
    assert record.failure == "answered what the documents don't say (confidence 0.70)"


def test_progress_is_reported_after_each_case() -> None:
    """The number done, and the number of all."""
    seen: list[tuple[int, int]] = []
    run(CASES, scripted(GOOD), progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("case", "outcome", "failure"),
    [
        (forms.LIST, forms.answer("a", *forms.ITEMS[:3]), ""),
        (
            forms.LIST,
            forms.answer("a", *forms.ITEMS[:2]),
            "partly right (confidence 0.90); cites 2 of 4 parts of the evidence",
        ),
        (
            forms.LIST,
            forms.answer("a", forms.GATE),
            "wrong answer (confidence 0.90); cites 0 of 4 parts of the evidence",
        ),
        (forms.YES_NO, forms.answer("Yes", forms.DOGS), "says yes, where no is right (confidence 0.90)"),
        (forms.YES_NO, forms.answer("No", forms.DOGS), ""),
        (
            replace(forms.LIST, must_not_cite=(Evidence(quote=forms.GATE),)),
            forms.answer("a", *forms.ITEMS, forms.GATE),
            f"cites {forms.GATE!r}",
        ),
    ],
)
def test_a_case_with_a_form_fails_by_its_verdict(case: Case, outcome: Outcome, failure: str) -> None:
    """Three of four items are enough; not enough, none, the opposite, or a forbidden place is said."""
    record = run([case], lambda _question: outcome, corpus=forms.corpus()).records[0]
    assert record.failure == failure
