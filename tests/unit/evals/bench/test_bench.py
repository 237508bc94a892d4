"""The parts of the benchmark that decide a figure, on rankings and answers made by hand."""

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
from evals.bench.peers.table import figures, peers_markdown
from evals.bench.ranking import ranking_figures
from evals.datasets.published import Query
from tests.unit.evals.fakes import abstention, answer, cite

LONDON = Query(
    id="q", text="where?", answers=("London",), relevant=("d",), sentences=("She lived in London.",)
)
MOON = Query(id="m", text="how far?", answerable=False)


def by_name(found: list[Figure]) -> dict[str, float | None]:
    return {f"{figure.group} {figure.name}": figure.value for figure in found}


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
    """A passage is a hit where it holds a fact, white space left out; a fact counts once, to rank 10."""
    assert by_authors_rule(ranked, ["a fact", "another fact"]) == pytest.approx(expected)


def test_rankings_are_measured_over_every_question() -> None:
    """One that a retriever found nothing for counts as 0, not as absent."""
    queries = [LONDON, Query(id="other", text="?", relevant=("z",))]
    found = by_name(ranking_figures({"ours": {"q": ["x", "d"], "other": []}}, queries))
    assert found["ours recall@1"] == 0.0
    assert found["ours recall@5"] == 0.5
    assert found["ours MRR@10"] == 0.25


def test_an_abstention_is_a_wrong_answer_and_a_declined_question() -> None:
    """F1 over all answerable; what was given is told apart."""
    asked = [
        QueryOutcome(LONDON, answer("London", cite("She lived in London.")), 1.0),
        QueryOutcome(LONDON, abstention(), 1.0),
        QueryOutcome(MOON, abstention(0.05), 1.0),
    ]
    found = by_name([*answer_figures(asked), *abstention_figures(asked), *citation_figures(asked)])
    assert (found["answers F1"], found["answers answered"]) == (0.5, 0.5)
    assert found["answers right of those answered"] == 1.0
    assert found["abstention declined, of the unanswerable"] == 1.0
    assert found["abstention AUROC"] == 1.0
    assert found["citations share of citations that are gold"] == 1.0


def test_what_must_always_be_answered_is_told_apart() -> None:
    """Reading without the choice to keep silent, where its answer is cited from, and how sure it was."""
    here = Query(id="h", text="where?", answers=("London",), relevant=("ada",))
    other = Query(id="o", text="where then?", answers=("Paris",), relevant=("elsewhere",))
    there = [
        QueryOutcome(query, answer("London", cite("She lived in London.")), 1.0) for query in (here, other)
    ]
    gone = [QueryOutcome(here, abstention(0.2), 1.0), QueryOutcome(other, abstention(0.95), 1.0)]
    found = by_name(always_figures(there, gone))
    assert found["always answering F1"] == 0.5
    assert found["always answering recall@1 after reading"] == 0.5
    assert found["always answering AUROC, relevant documents there or taken away"] == 0.5


def test_both_rates_of_nomiracl_count_what_went_wrong() -> None:
    """Answered where nothing is relevant; declined where something is."""
    asked = [
        QueryOutcome(LONDON, abstention(), 1.0),
        QueryOutcome(MOON, answer("36", cite("London")), 1.0),
    ]
    assert set(by_name(rates(asked)).values()) == {1.0}


def test_hallucinations_are_counted_where_fifteen_in_a_hundred_are_declined() -> None:
    """Of twenty answerable ones the three least sure would be declined, whatever the service's threshold."""
    able = [QueryOutcome(LONDON, abstention(n / 20), 1.0) for n in range(20)]
    not_able = [QueryOutcome(MOON, abstention(sure), 1.0) for sure in (0.0, 0.14, 0.15, 0.9)]
    found = by_name(rates([*able, *not_able]))
    assert found["NoMIRACL hallucination rate at an error rate of 0.15"] == 0.5


@pytest.mark.parametrize(("used", "busy"), [(0, False), (19, False), (21, True), (200, True)])
def test_others_work_makes_a_machine_busy(monkeypatch: pytest.MonkeyPatch, used: int, busy: bool) -> None:
    """From a tenth of the processors' time on, by the clock ticks of all cores."""
    ticks = iter([(1_000, 5_000), (1_000 + used, 5_000 + 200 - used)])
    monkeypatch.setattr("evals.bench.figures._processor_times", lambda: next(ticks))
    assert is_busy(0) is busy


def test_clock_ticks_are_read_as_the_kernel_writes_them(tmp_path: Path) -> None:
    """Waiting for a disk is idle; where the file is absent, nobody works."""
    (tmp_path / "stat").write_text("cpu  10 1 5 100 7 2 3 1 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n")
    assert _processor_times(tmp_path / "stat") == (22, 107)
    assert _processor_times(tmp_path / "none") == (0, 1)


def test_a_busy_machine_tells_no_times() -> None:
    """Ratios of times measured beside other work are no figures."""
    told = [mean("a", "b", [1, 0]), Figure(group="times", name="ask", value=9.0, n=2, unit="ms")]
    assert [f.name for f in measured("s", "", told, busy=True).figures] == ["b"]
    assert len(measured("s", "", told, busy=False).figures) == 2


def test_one_set_measured_anew_changes_its_own_part_only(tmp_path: Path) -> None:
    """The page is written from what is kept."""
    path = tmp_path / "results.json"
    for value in (0.0, 1.0):
        for name in ("xquad-en", "ir-cacm"):
            if value == 0.0 or name == "ir-cacm":
                found = [mean("ours", "recall@1", [value])]
                results.save_set(measured(name, "2 documents", found, busy=True), path)
    kept = json.loads(path.read_text())["sets"]
    assert [kept[name]["figures"][0]["value"] for name in ("xquad-en", "ir-cacm")] == [0.0, 1.0]
    page = (tmp_path / "RESULTS.md").read_text()
    assert page.index("## xquad-en") < page.index("0.000 (0.000 – 0.000)") < page.index("## ir-cacm")


def test_peers_stand_as_multiples_of_ours() -> None:
    """Times only where the machine was quiet."""
    told = {"rankings": {"q": ["d"]}, "answers": {"q": "London"}, "ingest_s": 2.0}
    told |= {"search_ms": [2.0], "ask_ms": [4.0]}
    slow = {**told, "search_ms": [6.0], "ask_ms": [1.0]}
    slow |= {"answers": {"q": "in London"}, "versions": {"peer": "1.0"}}
    for busy in (False, True):
        rows = {name: figures(t, [LONDON], 10, busy=busy) for name, t in (("Saywhere", told), ("peer", slow))}
        page = peers_markdown(
            {"set": "s", "told": "", "stamp": "", "note": "", "rows": rows, "left_out": ["x is left out"]}
        )
        assert ("6.0, x3.00" in page) is not busy
        assert ("not told" in page) is busy
        assert "x0.67" in page
        assert "No lead in recall@1 is shown over peer: the intervals overlap." in page
        assert "No lead in F1" not in page
        assert ("In ask p50 peer took less time." in page) is not busy
        assert "In search" not in page


def test_an_area_has_an_interval_too() -> None:
    """By resampling the questions it is made of."""
    found = statistic("a", "b", [1.0, 2.0, 3.0], lambda values: max(values))
    assert found.low is not None
    assert (found.value, found.high) == (3.0, 3.0)
    assert 1.0 <= found.low < 3.0
