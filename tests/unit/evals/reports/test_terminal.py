from __future__ import annotations

import io

from rich.console import Console

from evals.gate import judge
from evals.reports import terminal
from evals.reports.data import as_data
from evals.reports.labels import expected_label, shortened
from evals.run.comparison import compare_runs
from evals.run.runner import Run, run
from evals.run.saved_results import SavedRun, saved_run
from evals.run.summary import latencies, slices, summarise
from tests.unit.evals.fakes import AGE, GOOD, WHERE, WHO, abstention, corpus, scripted

RUN = run([WHO, WHERE, AGE], scripted({**GOOD, WHERE.question: abstention()}), corpus=corpus())
FIGURES = summarise(RUN)
VERDICTS = judge(RUN, FIGURES, at_least={"answered_right": 0.9}, at_most={"errors": 0})


def saved(result: Run) -> SavedRun:
    data = as_data(
        "ada",
        result,
        figures=summarise(result),
        slices=slices(result),
        verdicts=[],
        models={},
        corpus=corpus(),
    )
    return saved_run(data)


def test_the_terminal_shows_figures_and_failing_cases() -> None:
    """Of a failing case question, expected, answer and stage; a passing case isn't shown."""
    out = io.StringIO()
    terminal.show(Console(file=out, width=160), "ada", RUN, {**FIGURES, **latencies(RUN)}, slices(RUN))
    output = out.getvalue()
    for part in ("answered right", "0.500", WHERE.question, "expected: London", "got: no answer", "lost at"):
        assert part in output
    assert WHO.question not in output


def test_the_terminal_shows_a_line_a_verdict_after_the_note() -> None:
    """Each verdict has its line; a failed one names its cases and stages."""
    out = io.StringIO()
    terminal.show_verdicts(Console(file=out, width=40), VERDICTS, "3 cases are few")
    assert out.getvalue().splitlines() == [
        "3 cases are few",
        "FAIL  each case: 2 of 3 pass: where (lost at unknown 1)",
        "pass  errors 0.000 (n=3) <= 0",
    ]


def test_better_and_worse_cases_are_shown_question_by_question() -> None:
    """With the answers before and now, and the figures that differ."""
    before = saved(run([WHO, WHERE, AGE], scripted({**GOOD, WHO.question: abstention()}), corpus=corpus()))
    out = io.StringIO()
    terminal.show_comparison(Console(file=out, width=160), compare_runs(before, saved(RUN)))
    output = out.getvalue()
    better, worse = output.index("1 better than the baseline"), output.index("1 worse than the baseline")
    assert better < output.index(WHO.question) < worse < output.index(WHERE.question)
    assert "figures that differ" not in output


def test_a_figure_that_differs_is_shown_with_its_difference() -> None:
    """Both values, and the difference."""
    whole = saved(run([WHO, WHERE, AGE], scripted(GOOD), corpus=corpus()))
    out = io.StringIO()
    terminal.show_comparison(Console(file=out, width=160), compare_runs(saved(RUN), whole))
    (line,) = [line for line in out.getvalue().splitlines() if "answered right" in line]
    assert [cell.strip() for cell in line.split("│")[2:5]] == ["0.500", "1.000", "+0.500"]


def test_a_figure_that_the_run_before_lacks_is_no_difference() -> None:
    """A run saved without it says nothing of it; one that wasn't measured there does."""
    now = saved(RUN)
    kept = {name: figure for name, figure in now.figures.items() if name != "shown"}
    assert compare_runs(now.model_copy(update={"figures": kept}), now).figures == ()
    unmeasured = {**kept, "shown": now.figures["shown"].model_copy(update={"value": None})}
    (shown,) = compare_runs(now.model_copy(update={"figures": unmeasured}), now).figures
    assert (shown.name, shown.before, shown.now) == ("shown", None, 0.5)


def test_no_difference_is_said_plainly() -> None:
    """A run compared with itself."""
    out = io.StringIO()
    terminal.show_comparison(Console(file=out, width=160), compare_runs(saved(RUN), saved(RUN)))
    assert out.getvalue() == "nothing differs from the baseline\n"


def test_the_expected_answer_of_an_unanswerable_case_is_its_kind() -> None:
    """It says why there is no answer."""
    assert expected_label(RUN.records[2]) == "no answer (missing_detail)"


def test_long_lists_of_alternatives_are_cut() -> None:
    """One alternative more is shown, since "or 1 more" takes as much room."""
    assert shortened("a | b | c | d") == "a | b (or 2 more)"
    assert shortened("a | b | c") == "a | b | c"
