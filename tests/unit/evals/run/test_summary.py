from __future__ import annotations

import pytest

from evals.run.runner import run
from evals.run.summary import latencies, summarise
from tests.unit.evals.fakes import AGE, GOOD, WHERE, WHO, abstention, corpus, scripted

CASES = [WHO, WHERE, AGE]


def test_a_run_without_failures_has_figures_of_one() -> None:
    """Right answers, exact citations, and an abstention on the unanswerable question."""
    result = run(CASES, scripted(GOOD), corpus=corpus())
    figures = summarise(result)
    best = ("answered_right", "abstained", "citations_exact", "citation_recall", "citation_precision", "em")
    assert {name: figures[name].value for name in best} == dict.fromkeys(best, 1.0)
    assert figures["errors"].value == 0
    assert [record.failure for record in result.records] == ["", "", ""]


def test_an_abstention_stays_in_every_denominator() -> None:
    """An answerable question without an answer counts as wrong, with 0 in em, f1 and recall."""
    figures = summarise(run(CASES, scripted({**GOOD, WHERE.question: abstention()}), corpus=corpus()))
    for name in ("answered_right", "em", "f1", "citation_recall"):
        assert (figures[name].value, figures[name].n) == (0.5, 2), name
    assert figures["abstention_precision"].value == 0.5
    assert figures["abstention_recall"].value == 1.0


def test_an_exception_is_no_abstention() -> None:
    """An unanswerable case that raises one counts as not abstained."""
    figures = summarise(run([AGE], scripted({AGE.question: RuntimeError("boom")})))
    assert figures["abstained"].value == 0.0
    assert figures["abstention_recall"].value == 0.0


def test_without_a_catalog_exactness_is_not_measured() -> None:
    """The figure is None over n=0, not 1.0."""
    figure = summarise(run(CASES, scripted(GOOD)))["citations_exact"]
    assert (figure.value, figure.n) == (None, 0)


def test_latencies_cover_every_case() -> None:
    """Those that raise an error too."""
    result = run(CASES, scripted({**GOOD, WHO.question: RuntimeError("boom")}))
    times = latencies(result)
    assert times["latency_p50"].n == 3
    assert all(record.ms >= 0 for record in result.records)


def test_confidence_figures_are_over_outcomes_or_answers() -> None:
    """AUROC over all outcomes, AURC and ECE over answers."""
    figures = summarise(run(CASES, scripted(GOOD)))
    assert (figures["auroc"].value, figures["auroc"].n) == (1.0, 3)
    assert (figures["aurc"].value, figures["aurc"].n) == (0.0, 2)
    assert figures["ece"].value == pytest.approx(0.1)


def test_every_rate_of_an_empty_run_is_none() -> None:
    """Over no cases nothing is measured."""
    figures = summarise(run([], scripted({})))
    assert {f.value for name, f in figures.items() if name != "errors"} == {None}
