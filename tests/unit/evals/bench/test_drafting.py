"""Answers with an LLM beside answers of quotes: figures on the same questions, and what a person reads."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from evals.bench import drafting
from evals.bench.drafting import Pair, figures, sample, to_read
from evals.datasets.load import Dataset
from rag.types import Certainty, DraftStep, DroppedSentence, DropRule, Statement, Trace
from tests.unit.evals import forms

STEP = DraftStep(
    ms=1.0,
    model="m",
    evidence=5,
    kept=1,
    dropped=(DroppedSentence(text="Dogs run.", rule=DropRule.UNSUPPORTED, missing=("run",)),),
    is_used=True,
)
DRAFTED = replace(
    forms.answer("No dogs.", forms.DOGS, certainty=Certainty.LIKELY, is_drafted=True),
    statements=(Statement(text="No dogs.", citations=(0,)),),
    trace=Trace(steps=(STEP,)),
)
UNUSED = Trace(steps=(replace(STEP, is_used=False, failure="time_out", kept=0, dropped=()),))
PAIRS = (
    Pair(case=forms.YES_NO, quotes=forms.abstention(), with_llm=DRAFTED),
    Pair(
        case=forms.WHY,
        quotes=forms.answer("x", forms.GATE),
        with_llm=forms.answer("x", forms.GATE, trace=UNUSED),
    ),
    Pair(case=forms.FACT, quotes=forms.answer("x", forms.GATE), with_llm=forms.answer("x", forms.GATE)),
    Pair(case=forms.UNANSWERABLE, quotes=forms.abstention(), with_llm=forms.answer("x", forms.OTHER)),
)


def test_figures_are_of_the_same_questions() -> None:
    """Verdicts with quotes and with the LLM, the difference, and what became of drafts."""
    values = {(figure.group, figure.name): figure.value for figure in figures(PAIRS)}
    assert (values["quotes", "right"], values["with LLM", "right"]) == pytest.approx((2 / 3, 1.0))
    assert values["difference", "abstained"] == pytest.approx(-1 / 3)
    assert (values["quotes", "declined"], values["with LLM", "declined"]) == (1.0, 0.0)
    assert (values["drafts", "asked for"], values["drafts", "used"]) == (0.5, 0.5)
    assert (values["drafts", "failed"], values["drafts", "sentences kept"]) == (0.5, 0.5)


def test_a_person_reads_what_was_shown_and_what_was_dropped() -> None:
    """A drafted statement with its quotes; a dropped sentence with its rule. Quotes alone need no reading."""
    row = to_read(PAIRS[0])
    assert row["statements"] == [{"text": "No dogs.", "quotes": [forms.DOGS]}]
    assert row["dropped"] == [{"text": "Dogs run.", "rule": "unsupported", "score": None, "missing": ["run"]}]
    assert to_read(PAIRS[2])["statements"] == []
    assert json.loads(json.dumps(row)) == row


def test_a_sample_is_of_all_sets_and_repeats() -> None:
    """No more than there is, each case once, in its own set."""
    sets = [Dataset(name="a", cases=forms.CASES[:2]), Dataset(name="b", cases=forms.CASES[2:])]
    drawn = sample(sets, 3, seed=1)
    assert drawn == sample(sets, 3, seed=1)
    assert sum(len(cases) for _, cases in drawn) == 3
    assert all(case in dataset.cases for dataset, cases in drawn for case in cases)
    assert [len(cases) for _, cases in sample(sets, 99, seed=1)] == [2, 3]


def test_without_an_llm_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what to set."""
    monkeypatch.setattr("sys.argv", ["drafting"])
    assert drafting.main() == 2
    assert "no LLM is set" in capsys.readouterr().err
