from __future__ import annotations

import pytest

from evals.run.runner import run
from evals.run.summary import latencies, summarise
from tests.unit.evals.fakes import AGE, GOOD, WHERE, WHO, abstention, corpus, scripted

CASES = [WHO, WHERE, AGE]


def test_a_perfect_run_has_full_marks_and_no_trouble() -> None:
    """Right answers, exact citations and one due abstention score 1 on every figure that counts up."""
    done = run(CASES, scripted(GOOD), corpus=corpus())
    figures = summarise(done)
    best = ("answered_right", "abstained", "citations_exact", "citation_recall", "citation_precision", "em")
    assert {name: figures[name].value for name in best} == dict.fromkeys(best, 1.0)
    assert figures["errors"].value == 0
    assert [record.failure for record in done.records] == ["", "", ""]


def test_an_abstention_stays_in_every_denominator() -> None:
    """An answerable question left unanswered counts as wrong, with its zero in em, f1 and recall."""
    figures = summarise(run(CASES, scripted({**GOOD, WHERE.question: abstention()}), corpus=corpus()))
    for name in ("answered_right", "em", "f1", "citation_recall"):
        assert (figures[name].value, figures[name].n) == (0.5, 2), name
    assert figures["abstention_precision"].value == 0.5
    assert figures["abstention_recall"].value == 1.0


def test_an_unanswerable_case_that_breaks_did_not_abstain() -> None:
    """An error is no honest abstention."""
    figures = summarise(run([AGE], scripted({AGE.question: RuntimeError("boom")})))
    assert figures["abstained"].value == 0.0
    assert figures["abstention_recall"].value == 0.0


def test_without_a_catalog_exactness_is_not_measured() -> None:
    """No catalog: the figure is None over n=0, not a flattering 1.0."""
    figure = summarise(run(CASES, scripted(GOOD)))["citations_exact"]
    assert (figure.value, figure.n) == (None, 0)


def test_latencies_cover_every_case() -> None:
    """Each question has a time, those that broke too."""
    done = run(CASES, scripted({**GOOD, WHO.question: RuntimeError("boom")}))
    times = latencies(done)
    assert times["latency_p50"].n == 3
    assert all(record.ms >= 0 for record in done.records)


def test_confidence_figures_use_what_came_back() -> None:
    """AUROC sets answerable apart by confidence; AURC and ECE judge the answers given."""
    figures = summarise(run(CASES, scripted(GOOD)))
    assert (figures["auroc"].value, figures["auroc"].n) == (1.0, 3)
    assert (figures["aurc"].value, figures["aurc"].n) == (0.0, 2)
    assert figures["ece"].value == pytest.approx(0.1)


def test_an_empty_run_has_no_figures_to_boast_of() -> None:
    """Over no cases every rate is None."""
    figures = summarise(run([], scripted({})))
    assert {f.value for name, f in figures.items() if name != "errors"} == {None}
