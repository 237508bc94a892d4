from __future__ import annotations

import io

from rich.console import Console

from evals import report
from evals.gate import judge
from evals.run import run
from evals.summary import latencies, summarise
from tests.unit.evals_fakes import AGE, GOOD, WHERE, WHO, Texts, abstention, scripted

RUN = run([WHO, WHERE, AGE], scripted({**GOOD, WHERE.question: abstention()}), catalog=Texts())
FIGURES = summarise(RUN)
VERDICTS = judge(RUN, FIGURES, at_least={"answered_right": 0.9}, at_most={"errors": 0})


def test_the_terminal_shows_figures_and_failing_cases() -> None:
    """A failing case stands with question, expected, got and reason."""
    out = io.StringIO()
    report.show(Console(file=out, width=160), "ada", RUN, {**FIGURES, **latencies(RUN)})
    told = out.getvalue()
    for part in ("answered right", "0.500", "Where did she live?", "London", "no answer", "abstained", "ms"):
        assert part in told
    assert WHO.question not in told


def test_the_terminal_shows_a_line_a_threshold() -> None:
    """Each verdict has its line; a failed one names its cases."""
    out = io.StringIO()
    report.show_verdicts(Console(file=out, width=40), VERDICTS)
    assert out.getvalue().splitlines() == [
        "FAIL  answered_right 0.500 (n=2) >= 0.9: where",
        "pass  errors 0.000 (n=3) <= 0",
    ]


def test_the_data_holds_what_was_said_and_where() -> None:
    """Each case carries its outcome, citations with offsets."""
    data = report.as_data("ada", RUN, FIGURES, latencies(RUN), VERDICTS, {"reader": "r1"})
    who, where, _ = data["cases"]
    assert who["outcome"]["citations"][0]["quote"] == "Ada Lovelace wrote the first program."
    assert (who["outcome"]["citations"][0]["start"], who["citations_exact"]) == (0, True)
    assert (where["right"], where["outcome"]["reason"]) == (False, "not_confident")
    assert data["models"] == {"reader": "r1"}
    assert (data["passed"], data["verdicts"][0]["cases"]) == (False, ["where"])


def test_what_was_expected_of_an_unanswerable_case_is_its_kind() -> None:
    """A reader sees why there is no answer."""
    assert report.expected(RUN.records[2]) == "no answer (missing_detail)"
