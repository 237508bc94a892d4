from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from evals.cases.case import Case
from evals.cases.matchers import Exact
from evals.gate import MIN_CASES, Exit, Verdict, exit_code, judge, note
from evals.reports.data import as_data
from evals.run.runner import Run, run
from evals.run.saved_results import SavedRun, saved_run
from evals.run.summary import slices, summarise
from rag.types import Outcome
from tests.unit.evals.fakes import AGE, GOOD, WHERE, WHO, abstention, answer, cite, corpus, scripted

AT_LEAST = {"answered_right": 0.9, "abstained": 0.9, "citations_exact": 1.0, "citation_recall": 0.9}
COPIES = 12  # of the three cases: more than MIN_CASES together
Script = Mapping[str, Outcome | Exception]


def many(case: Case) -> list[Case]:
    return [replace(case, id=f"{case.id}-{n:02}", question=f"{case.question} {n}") for n in range(COPIES)]


CASES = [case for one in (WHO, WHERE, AGE) for case in many(one)]


def script(changes: Script | None = None, first: int = COPIES) -> dict[str, Outcome | Exception]:
    """Good answers to all, but for the first copies of the questions that are changed."""
    made: dict[str, Outcome | Exception] = {}
    for question, good in GOOD.items():
        for n in range(COPIES):
            changed = (changes or {}).get(question, good) if n < first else good
            made[f"{question} {n}"] = changed
    return made


def done(changes: Script | None = None, first: int = COPIES) -> Run:
    return run(CASES, scripted(script(changes, first)), corpus=corpus())


def saved(of: Run) -> SavedRun:
    return saved_run(
        as_data(
            "ada",
            of,
            figures=summarise(of),
            slices=slices(of),
            verdicts=[],
            models={},
            corpus=corpus(),
        )
    )


def gated(
    changes: Script, first: int = COPIES, baseline: SavedRun | None = None
) -> tuple[Exit, list[Verdict]]:
    after = done(changes, first)
    verdicts = judge(after, summarise(after), at_least=AT_LEAST, at_most={"errors": 0}, baseline=baseline)
    return exit_code(verdicts), [verdict for verdict in verdicts if not verdict.passed]


def test_a_good_run_passes() -> None:
    """All thresholds met: exit code 0 and nothing failed."""
    assert gated({}) == (Exit.PASSED, [])


def test_an_inexact_citation_fails_the_gate() -> None:
    """One citation that isn't what is stored is enough; its case and stage are named."""
    off = answer("London", cite("She lived in London.", start=0))
    code, failed = gated({WHERE.question: off}, first=1)
    assert code == Exit.FAILED
    assert str(failed[0]).startswith("FAIL  citations_exact 0.972 (n=36) >= 1: where-00 (lost at ")


def test_an_answer_to_an_unanswerable_question_fails_the_gate() -> None:
    """What the documents don't say must not be answered: lost where confidence is decided."""
    code, failed = gated({AGE.question: answer("36", cite("She lived in London."))})
    assert code == Exit.FAILED
    assert [(verdict.name, verdict.stages) for verdict in failed] == [("abstained", (("trust", COPIES),))]


def test_a_dropped_answerable_question_fails_the_gate() -> None:
    """Abstaining where the answer is there costs answered_right and citation_recall: nothing drops out."""
    code, failed = gated({WHO.question: abstention()})
    assert code == Exit.FAILED
    assert [verdict.summary for verdict in failed] == [
        "answered_right 0.500 (n=24) >= 0.9",
        "citation_recall 0.500 (n=24) >= 0.9",
    ]


def test_a_question_that_breaks_fails_the_gate() -> None:
    """Errors have their own threshold."""
    code, failed = gated({AGE.question: RuntimeError("boom")}, first=1)
    assert code == Exit.FAILED
    assert str(failed[-1]) == "FAIL  errors 1.000 (n=36) <= 0: age-00 (lost at broke 1)"


def test_a_system_that_always_abstains_does_not_pass() -> None:
    """Without an answer there is no citation to check: not measured is failed."""
    silent = dict.fromkeys((WHO.question, WHERE.question, AGE.question), abstention())
    code, failed = gated(silent)
    assert code == Exit.FAILED
    assert "FAIL  citations_exact not measured (n=0) >= 1" in [str(verdict) for verdict in failed]


def test_an_unknown_figure_fails() -> None:
    """A threshold with a misspelt name is never silently met, be the cases few or many."""
    for cases in ([WHO], CASES):
        after = run(cases, scripted({**GOOD, **script()}))
        verdicts = judge(after, summarise(after), at_least={"anwsered_right": 0.5}, at_most={})
        assert exit_code(verdicts) == Exit.FAILED
        assert "FAIL  anwsered_right not measured (n=0) >= 0.5" in [str(verdict) for verdict in verdicts]


def test_no_thresholds_pass() -> None:
    """A set without thresholds only reports."""
    assert exit_code([]) == Exit.PASSED


def test_a_long_list_of_cases_is_cut_with_its_count() -> None:
    """A verdict names twelve cases and counts the rest."""
    cases = [replace(AGE, id=f"age-{n:02}") for n in range(MIN_CASES + 5)]
    after = run(cases, scripted({AGE.question: answer("36", cite("London"))}))
    verdict = judge(after, summarise(after), at_least={"abstained": 0.9}, at_most={})[0]
    assert f"age-11 and {MIN_CASES + 5 - 12} more" in str(verdict)
    assert len(verdict.cases) == MIN_CASES + 5


def test_few_cases_are_each_a_gate_and_it_is_said_so() -> None:
    """Under thirty pairs a rate says too little: one wrong case fails, whatever the rate allows."""
    after = run([WHO, WHERE, AGE], scripted({**GOOD, WHO.question: abstention()}), corpus=corpus())
    verdicts = judge(after, summarise(after), at_least={"answered_right": 0.1}, at_most={"errors": 0})
    assert [str(verdict) for verdict in verdicts] == [
        "FAIL  each case: 2 of 3 pass: who (lost at unknown 1)",
        "pass  errors 0.000 (n=3) <= 0",
    ]
    assert note(after) == f"3 cases are fewer than {MIN_CASES}, too few for rates: each is a gate of its own"
    assert note(done()) == ""


def test_what_was_known_to_fail_may_go_on_failing_and_nothing_else_may() -> None:
    """With a baseline, few cases are held to what each was before."""
    lost = run([WHO, WHERE, AGE], scripted({**GOOD, WHO.question: abstention()}), corpus=corpus())
    same = judge(lost, summarise(lost), at_least={}, at_most={}, baseline=saved(lost))
    assert [(v.passed, v.summary) for v in same] == [(True, "each case: 2 of 3 pass, 1 known to fail")]
    other = run([WHO, WHERE, AGE], scripted({**GOOD, WHERE.question: abstention()}), corpus=corpus())
    assert judge(other, summarise(other), at_least={}, at_most={}, baseline=saved(lost))[0].cases == (
        "where",
    )


@pytest.mark.parametrize(("worse", "passes"), [(0, True), (1, True), (COPIES, False)])
def test_only_a_regression_that_is_no_accident_fails(worse: int, *, passes: bool) -> None:
    """One question lost in 36 may be noise, twelve are not: a paired test on the same questions."""
    after = done({WHO.question: abstention()}, first=worse)
    verdicts = judge(after, summarise(after), at_least={}, at_most={}, baseline=saved(done()))
    assert (exit_code(verdicts) == Exit.PASSED) is passes
    failed = [verdict for verdict in verdicts if not verdict.passed]
    assert all(verdict.cases == tuple(f"who-{n:02}" for n in range(COPIES)) for verdict in failed)


def test_getting_better_is_no_regression() -> None:
    """The test is two-sided, the gate is not."""
    before = saved(done({WHO.question: abstention()}))
    after = done()
    verdicts = judge(after, summarise(after), at_least={}, at_most={}, baseline=before)
    assert exit_code(verdicts) == Exit.PASSED


def test_going_silent_counts_as_lost_precision_too() -> None:
    """A case that no longer has citations has lost those it had; it never leaves the comparison."""
    after = done({WHO.question: abstention()})
    verdicts = judge(after, summarise(after), at_least={}, at_most={}, baseline=saved(done()))
    (verdict,) = [v for v in verdicts if v.name == "no_regression_citation_precision"]
    assert not verdict.passed
    assert "on 24 pairs" in verdict.summary


def test_cases_that_the_baseline_has_not_are_no_regression() -> None:
    """A new case is compared with nothing."""
    before = saved(run(CASES[COPIES:], scripted(script()), corpus=corpus()))
    after = done({WHO.question: abstention()})
    assert exit_code(judge(after, summarise(after), at_least={}, at_most={}, baseline=before)) == Exit.PASSED


def test_a_part_of_a_set_is_judged_case_by_case() -> None:
    """Rates of a part are not the set's."""
    after = done()
    verdicts = judge(after, summarise(after), at_least={"answered_right": 0.9}, at_most={}, partial=True)
    assert [verdict.name for verdict in verdicts] == ["each_case"]


def test_an_answer_without_alternatives_is_still_judged() -> None:
    """The fakes hold: a wrong answer is wrong."""
    wrong = replace(WHO, answers=(Exact("Charles Babbage"),))
    assert not run([wrong], scripted(GOOD)).records[0].scores.right
