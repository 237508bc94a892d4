"""The parts of the benchmark that decide a figure, on rankings and answers written by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.bench import results
from evals.bench.always_answering import figures as always_figures
from evals.bench.answering import QueryOutcome, abstention_figures, answer_figures, citation_figures
from evals.bench.evidence import by_authors_rule
from evals.bench.figures import Figure, _processor_times, is_busy, mean, measured, statistic
from evals.bench.nomiracl import rates
from evals.bench.peers.table import figures as peer_figures
from evals.bench.peers.table import peers_markdown
from evals.bench.ranking import ranking_figures
from evals.datasets.published import Query
from tests.unit.evals.fakes import abstention, answer, cite

LONDON = Query(
    id="q", text="where?", answers=("London",), relevant=("d",), sentences=("She lived in London.",)
)
MOON = Query(id="m", text="how far?", answerable=False)


def by_name(figures: list[Figure]) -> dict[str, float | None]:
    return {f"{figure.group} {figure.name}": figure.value for figure in figures}


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        (["x", "a fact here"], (1.0, 1.0, 0.5, (1 / 2) / 2)),
        (["x"] * 5 + ["A FACT", "an\nother f act"], (1.0, 0.0, 1 / 7, (1 / 7) / 2)),
        (["a fact", "a fact and another fact"], (1.0, 1.0, 1.0, (1 + 1 / 2) / 2)),
        (["x"] * 10 + ["a fact"], (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_evidence_is_counted_by_the_authors_rule(ranked: list[str], expected: tuple[float, ...]) -> None:
    """A passage is a hit where it holds a fact, white space left out. A fact counts once, up to rank 10."""
    assert by_authors_rule(ranked, ["a fact", "another fact"]) == pytest.approx(expected)


def test_rankings_are_measured_over_every_question() -> None:
    """A question for which a retriever returns nothing counts as 0."""
    queries = [LONDON, Query(id="other", text="?", relevant=("z",))]
    figures = by_name(ranking_figures({"ours": {"q": ["x", "d"], "other": []}}, queries))
    assert figures["ours recall@1"] == 0.0
    assert figures["ours recall@5"] == 0.5
    assert figures["ours MRR@10"] == 0.25


def test_an_abstention_is_a_wrong_answer_and_a_declined_question() -> None:
    """F1 is over all answerable questions, and there is a figure of those answered."""
    outcomes = [
        QueryOutcome(LONDON, answer("London", cite("She lived in London.")), 1.0),
        QueryOutcome(LONDON, abstention(), 1.0),
        QueryOutcome(MOON, abstention(0.05), 1.0),
    ]
    figures = by_name([*answer_figures(outcomes), *abstention_figures(outcomes), *citation_figures(outcomes)])
    assert (figures["answers F1"], figures["answers answered"]) == (0.5, 0.5)
    assert figures["answers right of those answered"] == 1.0
    assert figures["abstention declined, of the unanswerable"] == 1.0
    assert figures["abstention AUROC"] == 1.0
    assert figures["citations share of citations that are gold"] == 1.0


def test_an_engine_that_always_answers_has_figures_of_reading() -> None:
    """F1 without abstention, the document cited first, and the AUROC of confidence."""
    here = Query(id="h", text="where?", answers=("London",), relevant=("ada",))
    other = Query(id="o", text="where then?", answers=("Paris",), relevant=("elsewhere",))
    with_relevant = [
        QueryOutcome(query, answer("London", cite("She lived in London.")), 1.0) for query in (here, other)
    ]
    without = [QueryOutcome(here, abstention(0.2), 1.0), QueryOutcome(other, abstention(0.95), 1.0)]
    figures = by_name(always_figures(with_relevant, without))
    assert figures["always answering F1"] == 0.5
    assert figures["always answering recall@1 after reading"] == 0.5
    assert figures["always answering AUROC, relevant documents there or taken away"] == 0.5


def test_both_rates_of_nomiracl_are_error_rates() -> None:
    """Answered though nothing is relevant, declined though something is."""
    outcomes = [
        QueryOutcome(LONDON, abstention(), 1.0),
        QueryOutcome(MOON, answer("36", cite("London")), 1.0),
    ]
    assert set(by_name(rates(outcomes)).values()) == {1.0}


def test_hallucinations_are_counted_at_an_error_rate_of_fifteen_percent() -> None:
    """Of twenty answerable questions the three with least confidence are declined, whatever the threshold."""
    answerable = [QueryOutcome(LONDON, abstention(n / 20), 1.0) for n in range(20)]
    unanswerable = [QueryOutcome(MOON, abstention(p), 1.0) for p in (0.0, 0.14, 0.15, 0.9)]
    figures = by_name(rates([*answerable, *unanswerable]))
    assert figures["NoMIRACL hallucination rate at an error rate of 0.15"] == 0.5


@pytest.mark.parametrize(("used", "busy"), [(0, False), (19, False), (21, True), (200, True)])
def test_work_of_other_processes_makes_a_machine_busy(
    monkeypatch: pytest.MonkeyPatch, used: int, busy: bool
) -> None:
    """From a tenth of the processors' time on, by the clock ticks of all cores."""
    ticks = iter([(1_000, 5_000), (1_000 + used, 5_000 + 200 - used)])
    monkeypatch.setattr("evals.bench.figures._processor_times", lambda: next(ticks))
    assert is_busy(0) is busy


def test_clock_ticks_are_read_as_the_kernel_writes_them(tmp_path: Path) -> None:
    """Waiting for a disk is idle; without the file all is idle."""
    (tmp_path / "stat").write_text("cpu  10 1 5 100 7 2 3 1 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n")
    assert _processor_times(tmp_path / "stat") == (22, 107)
    assert _processor_times(tmp_path / "none") == (0, 1)


def test_times_of_a_busy_machine_are_left_out() -> None:
    """Times measured beside other work mean nothing."""
    figures = [mean("a", "b", [1, 0]), Figure(group="times", name="ask", value=9.0, n=2, unit="ms")]
    assert [f.name for f in measured("s", "", figures, busy=True).figures] == ["b"]
    assert len(measured("s", "", figures, busy=False).figures) == 2


def test_a_set_measured_again_replaces_its_own_part_only(tmp_path: Path) -> None:
    """In the JSON and in the page that is written from it."""
    path = tmp_path / "results.json"
    for value in (0.0, 1.0):
        for name in ("xquad-en", "ir-cacm"):
            if value == 0.0 or name == "ir-cacm":
                figures = [mean("ours", "recall@1", [value])]
                results.save_set(measured(name, "2 documents", figures, busy=True), path)
    saved = json.loads(path.read_text())["sets"]
    assert [saved[name]["figures"][0]["value"] for name in ("xquad-en", "ir-cacm")] == [0.0, 1.0]
    page = (tmp_path / "RESULTS.md").read_text()
    assert page.index("## xquad-en") < page.index("0.000 (0.000 – 0.000)") < page.index("## ir-cacm")


def test_figures_of_peers_are_multiples_of_ours() -> None:
    """Times are given only where the machine was quiet."""
    output = {"rankings": {"q": ["d"]}, "answers": {"q": "London"}, "ingest_s": 2.0}
    output |= {"search_ms": [2.0], "ask_ms": [4.0]}
    slow = {**output, "search_ms": [6.0], "ask_ms": [1.0]}
    slow |= {"answers": {"q": "in London"}, "versions": {"peer": "1.0"}}
    for busy in (False, True):
        outputs = {"Saywhere": output, "peer": slow}
        rows = {name: peer_figures(one, [LONDON], 10, busy=busy) for name, one in outputs.items()}
        page = peers_markdown(
            {"set": "s", "told": "", "stamp": "", "note": "", "rows": rows, "left_out": ["x is left out"]}
        )
        assert ("6.0, x3.00" in page) is not busy
        assert ("not measured" in page) is busy
        assert "x0.67" in page
        assert "No lead in recall@1 is shown over peer: the intervals overlap." in page
        assert "No lead in F1" not in page
        assert ("In ask p50 peer took less time." in page) is not busy
        assert "In search" not in page


def test_a_statistic_that_is_no_mean_has_an_interval_too() -> None:
    """By resampling its questions."""
    figure = statistic("a", "b", [1.0, 2.0, 3.0], lambda values: max(values))
    assert figure.low is not None
    assert (figure.value, figure.high) == (3.0, 3.0)
    assert 1.0 <= figure.low < 3.0
