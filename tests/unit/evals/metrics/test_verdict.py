from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from evals.cases.case import Case
from evals.cases.matchers import Exact
from evals.datasets.colleague import read_colleague_cases
from evals.metrics.shown import shown
from evals.metrics.verdict import AnswerVerdict, evidence_holds, verdict
from rag.types import Abstention, Answer, Citation, Outcome, QuestionForm, Reason, Statement
from tests.require import require_shared
from tests.unit.evals.fakes import WHO
from tests.unit.evals.forms import (
    CASES,
    DOGS,
    FACT,
    GATE,
    ITEMS,
    LIST,
    OTHER,
    UNANSWERABLE,
    WHY,
    YES_NO,
    abstention,
    answer,
)

HOW_TO = replace(LIST, form=QuestionForm.HOW_TO)
DEFINITION = replace(WHY, form=QuestionForm.DEFINITION)
TWO_REASONS = replace(WHY, must_cite=(*WHY.must_cite, *YES_NO.must_cite, *LIST.must_cite[:1]))


@pytest.mark.parametrize(
    ("case", "outcome", "expected"),
    [
        # A list or procedure: 70 % of its items, three of these four.
        (LIST, answer("a", *ITEMS[:3]), AnswerVerdict.RIGHT),
        (LIST, answer("a", *ITEMS[:2]), AnswerVerdict.PARTLY),
        (HOW_TO, answer("a", *ITEMS[:2]), AnswerVerdict.PARTLY),
        (LIST, answer("a", DOGS), AnswerVerdict.WRONG),
        # Yes/no and why: half of the evidence, and not the opposite.
        (YES_NO, answer("No", DOGS), AnswerVerdict.RIGHT),
        (YES_NO, answer(DOGS, DOGS), AnswerVerdict.RIGHT),
        (YES_NO, answer("Yes", DOGS), AnswerVerdict.WRONG),
        (YES_NO, answer("No", GATE), AnswerVerdict.WRONG),
        (replace(YES_NO, polarity=None), answer("Yes", DOGS), AnswerVerdict.RIGHT),
        (WHY, answer("nine", GATE), AnswerVerdict.RIGHT),
        (TWO_REASONS, answer("a", DOGS, GATE), AnswerVerdict.RIGHT),
        (TWO_REASONS, answer("a", GATE), AnswerVerdict.PARTLY),
        # A fact: the accepted answer is said, or most of it with the evidence.
        (FACT, answer("the gate", GATE), AnswerVerdict.RIGHT),
        (FACT, answer("nine", "The gate shuts at nine"), AnswerVerdict.RIGHT),
        (FACT, answer("nine", DOGS), AnswerVerdict.WRONG),
        (replace(FACT, answers=(Exact("21:00"),)), answer("nine", GATE), AnswerVerdict.PARTLY),
        # A definition without an accepted answer: by its evidence.
        (DEFINITION, answer("it", GATE), AnswerVerdict.RIGHT),
        # Without a form: the short answer equals an accepted one, or the answer is wrong.
        (replace(FACT, form=None), answer("At nine!", GATE), AnswerVerdict.RIGHT),
        (replace(FACT, form=None), answer("the gate", GATE), AnswerVerdict.WRONG),
        # No answer.
        (LIST, abstention(*ITEMS), AnswerVerdict.ABSTAINED),
        (UNANSWERABLE, abstention(), AnswerVerdict.DECLINED),
        (UNANSWERABLE, answer("a", *ITEMS), AnswerVerdict.ANSWERED_ANYWAY),
    ],
)
def test_the_form_decides_what_is_right(case: Case, outcome: Outcome, expected: AnswerVerdict) -> None:
    """Each form has its own rule; without an answer the verdict says whether there was one to give."""
    assert verdict(case, outcome) is expected


def test_a_ranking_case_is_right_where_its_documents_are_cited() -> None:
    """Without a form and accepted answers all evidence must be cited."""
    ranking = replace(LIST, form=None)
    assert verdict(ranking, answer("a", *ITEMS)) is AnswerVerdict.RIGHT
    assert verdict(ranking, answer("a", *ITEMS[:3])) is AnswerVerdict.WRONG


def test_evidence_may_hold_what_was_asked_where_the_answer_is_wrong() -> None:
    """A wrong short answer or polarity beside the right sentence; another sentence that says it."""
    assert evidence_holds(YES_NO, answer("Yes", DOGS))
    assert evidence_holds(replace(FACT, answers=(Exact("21:00"),)), answer("nine", GATE))
    assert evidence_holds(FACT, answer("at nine", DOGS))
    assert not evidence_holds(YES_NO, answer("No", GATE))
    assert not evidence_holds(LIST, answer("a", *ITEMS[:2]))
    assert not evidence_holds(UNANSWERABLE, answer("a", GATE))


def test_every_form_is_covered_by_the_cases_here() -> None:
    """So that a new form gets its rule, and a line above."""
    forms = {case.form for case in (*CASES, HOW_TO, DEFINITION)}
    assert forms | {QuestionForm.OVERVIEW} == set(QuestionForm)
    overview = replace(TWO_REASONS, form=QuestionForm.OVERVIEW)
    assert verdict(overview, answer("a", DOGS, GATE)) is AnswerVerdict.RIGHT
    assert verdict(WHO, answer("Grace", OTHER)) is AnswerVerdict.WRONG


# The script that scores a running service over HTTP is the measure of record of these sets.


def script() -> Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]:
    path = require_shared("tools", "score_colleague.py")
    spec = importlib.util.spec_from_file_location("score_colleague", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    judge: Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]] = module.judge
    return judge


def citation(quote: str) -> Citation:
    return Citation(document_id="d", version="v", title="t", uri="d.md", start=0, end=len(quote), quote=quote)


def outcomes(row: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Outcome]:
    """Answers that are whole, cut, of another question or nothing but a word; abstentions that show some."""
    evidence = row["evidence"] or row.get("near") or ["nothing at all"]
    elsewhere = other["evidence"] or ["nothing at all"]
    short = row.get("answer") or evidence[0]
    words = short.split()
    most = [part[: max(1, round(len(part) * 0.85))] for part in evidence]
    middles = [" ".join(part.split()[2:-2]) or part for part in evidence]
    quotes = (evidence, evidence[: (len(evidence) + 1) // 2], evidence[:1], most, middles, elsewhere)
    texts = (short, words[-1], " ".join(words[: (len(words) + 1) // 2]), "Yes", "No", "")
    for cited in quotes:
        citations = tuple(citation(quote) for quote in cited)
        statements = tuple(Statement(text=quote, citations=(n,)) for n, quote in enumerate(cited))
        for text in texts:
            yield Answer(question="?", text=text, statements=statements, citations=citations, confidence=0.5)
        yield Abstention(question="?", reason=Reason.NOT_CONFIDENT, confidence=0.1, nearest=citations)


def reply(outcome: Outcome) -> Mapping[str, Any]:
    """As the service sends it, as far as the script reads it."""
    if isinstance(outcome, Abstention):
        nearest = [{"quote": c.quote} for c in outcome.nearest]
        return {"answered": False, "citations": [], "abstention": {"nearest": nearest}}
    return {
        "answered": True,
        "answer": outcome.text,
        "statements": [{"text": statement.text} for statement in outcome.statements],
        "citations": [{"quote": c.quote} for c in outcome.citations],
    }


def says_the_opposite(case: Case, outcome: Outcome) -> bool:
    opposite = {"yes": "No", "no": "Yes"}.get(case.polarity or "")
    return isinstance(outcome, Answer) and outcome.text == opposite


@pytest.mark.parametrize("name", ["smartpay", "gitea", "nodetsc"])
def test_verdicts_are_those_of_the_script_but_for_the_polarity(name: str) -> None:
    """On real questions, with outcomes of every kind; yes for no and no for yes are judged more strictly."""
    judge, folder = script(), require_shared("data", "colleague", "open", name)
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    seen = set()
    cases = list(read_colleague_cases(folder))
    for (row, other), case in zip(pairwise([*rows, rows[0]]), cases, strict=True):
        for outcome in outcomes(row, other):
            theirs, ours = judge(row, reply(outcome)), verdict(case, outcome)
            if says_the_opposite(case, outcome):
                assert ours is AnswerVerdict.WRONG
                continue
            assert ours == str(theirs["verdict"]).replace(" ", "_"), (row, outcome)
            assert theirs["shown"] == (shown(case, outcome) if case.answerable else None), (row, outcome)
            seen.add(ours)
    assert seen == set(AnswerVerdict)
