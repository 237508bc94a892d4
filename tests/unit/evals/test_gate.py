from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from evals.cases.case import Case
from evals.cases.matchers import Exact
from evals.gate import MIN_CASES, Exit, Verdict, exit_code, is_tolerated, judge, note
from evals.reports.data import as_data
from evals.run.runner import Run, run
from evals.run.saved_results import SavedRun, saved_run
from evals.run.summary import bounded_figures, slices, summarise
from rag.types import Certainty, Outcome
from tests.unit.evals import forms
from tests.unit.evals.fakes import AGE, GOOD, WHERE, WHO, abstention, answer, cite, corpus, scripted

AT_LEAST = {"answered_right": 0.9, "abstained": 0.9, "citations_exact": 1.0, "citation_recall": 0.9}
COPIES = 12  # of each of the three cases: together more than MIN_CASES
Script = Mapping[str, Outcome | Exception]


def copies(case: Case) -> list[Case]:
    return [replace(case, id=f"{case.id}-{n:02}", question=f"{case.question} {n}") for n in range(COPIES)]


CASES = [case for one in (WHO, WHERE, AGE) for case in copies(one)]


def script(changes: Script | None = None, first: int = COPIES) -> dict[str, Outcome | Exception]:
    """Right outcomes for all, except for the ``first`` copies of the questions in ``changes``."""
    outcomes: dict[str, Outcome | Exception] = {}
    for question, right in GOOD.items():
        for n in range(COPIES):
            outcomes[f"{question} {n}"] = (changes or {}).get(question, right) if n < first else right
    return outcomes


def run_with(changes: Script | None = None, first: int = COPIES) -> Run:
    return run(CASES, scripted(script(changes, first)), corpus=corpus())


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


def judged(
    changes: Script, first: int = COPIES, baseline: SavedRun | None = None
) -> tuple[Exit, list[Verdict]]:
    after = run_with(changes, first)
    verdicts = judge(after, summarise(after), at_least=AT_LEAST, at_most={"errors": 0}, baseline=baseline)
    return exit_code(verdicts), [verdict for verdict in verdicts if not verdict.passed]


def test_a_good_run_passes() -> None:
    """All thresholds met: exit code 0 and nothing failed."""
    assert judged({}) == (Exit.PASSED, [])


def test_an_inexact_citation_fails_the_gate() -> None:
    """One citation that isn't the stored text is enough; its case and stage are named."""
    off = answer("London", cite("She lived in London.", start=0))
    code, failed = judged({WHERE.question: off}, first=1)
    assert code == Exit.FAILED
    assert str(failed[0]).startswith("FAIL  citations_exact 0.972 (n=36) >= 1: where-00 (lost at ")


def test_an_answer_to_an_unanswerable_question_fails_the_gate() -> None:
    """The case is lost at the confidence."""
    code, failed = judged({AGE.question: answer("36", cite("She lived in London."))})
    assert code == Exit.FAILED
    assert [(verdict.name, verdict.stages) for verdict in failed] == [("abstained", (("trust", COPIES),))]


def test_a_dropped_answerable_question_fails_the_gate() -> None:
    """An abstention on an answerable question lowers answered_right and citation_recall."""
    code, failed = judged({WHO.question: abstention()})
    assert code == Exit.FAILED
    assert [verdict.summary for verdict in failed] == [
        "answered_right 0.500 (n=24) >= 0.9",
        "citation_recall 0.500 (n=24) >= 0.9",
    ]


def test_an_exception_fails_the_gate() -> None:
    """Errors have a threshold of their own."""
    code, failed = judged({AGE.question: RuntimeError("boom")}, first=1)
    assert code == Exit.FAILED
    assert str(failed[-1]) == "FAIL  errors 1.000 (n=36) <= 0: age-00 (lost at broke 1)"


def test_a_system_that_always_abstains_does_not_pass() -> None:
    """Without an answer there is no citation to check, and what isn't measured fails."""
    abstentions = dict.fromkeys((WHO.question, WHERE.question, AGE.question), abstention())
    code, failed = judged(abstentions)
    assert code == Exit.FAILED
    assert "FAIL  citations_exact not measured (n=0) >= 1" in [str(verdict) for verdict in failed]


def test_an_unknown_figure_fails() -> None:
    """A threshold with a misspelt name fails, with few cases and with many."""
    for cases in ([WHO], CASES):
        after = run(cases, scripted({**GOOD, **script()}))
        verdicts = judge(after, summarise(after), at_least={"anwsered_right": 0.5}, at_most={})
        assert exit_code(verdicts) == Exit.FAILED
        assert "FAIL  anwsered_right not measured (n=0) >= 0.5" in [str(verdict) for verdict in verdicts]


@pytest.mark.parametrize("copies_of_each", [1, COPIES])
def test_with_neither_bounds_nor_a_baseline_each_case_must_pass(copies_of_each: int) -> None:
    """However many there are: a run in which cases fail can't pass by saying nothing about them."""
    cases = [*copies(WHO)[:copies_of_each], *copies(WHERE)[:copies_of_each]]
    after = run(cases, scripted(script({WHO.question: abstention()}, first=1)), corpus=corpus())
    verdicts = judge(after, summarise(after), at_least={}, at_most={})
    assert exit_code(verdicts) == Exit.FAILED
    assert [(verdict.name, verdict.cases) for verdict in verdicts] == [("each_case", ("who-00",))]


def test_in_a_set_that_only_measures_no_case_is_a_gate() -> None:
    """With few cases: a failing one is counted and allowed, and a citation that isn't exact fails still."""
    bounds = {"at_least": {"citations_exact": 1.0, "answered_right": 0.9}, "at_most": {"errors": 0.0}}
    off = answer("London", cite("She lived in London.", start=0))
    cases = [*copies(WHO)[:2], copies(WHERE)[0]]
    for wrong, expected in ((abstention(), Exit.PASSED), (off, Exit.FAILED)):
        after = run(cases, scripted(script({WHERE.question: wrong}, first=1)), corpus=corpus())
        verdicts = judge(after, summarise(after), **bounds, each_case=False)  # type: ignore[arg-type]
        assert exit_code(verdicts) == expected
        assert verdicts[0].summary == "each case: 2 of 3 pass"
        assert [verdict.name for verdict in verdicts] == ["each_case", "citations_exact", "errors"]
        assert is_tolerated(after.records[-1], verdicts) is (expected == Exit.PASSED)
    assert note(after, each_case=False) == "the set only measures: no case is a gate of its own"


def test_a_note_says_that_there_are_neither_bounds_nor_a_baseline() -> None:
    """So that nobody wonders why one failing case of many is enough."""
    wanted = f"there are neither bounds nor a baseline: each of the {len(CASES)} cases is a gate of its own"
    assert note(run_with(), unbounded=True) == wanted


def test_a_case_is_tolerated_where_it_fails_and_no_failed_verdict_names_it() -> None:
    """Within a bound; over the bound it is not. A case that passes has nothing to be tolerated."""
    after = run_with({WHO.question: abstention()}, first=1)
    for bound, tolerated in ((0.5, ["who-00"]), (1.0, [])):
        verdicts = judge(after, summarise(after), at_least={"answered_right": bound}, at_most={})
        assert [r.case.id for r in after.records if is_tolerated(r, verdicts)] == tolerated


def test_a_long_list_of_cases_is_cut_with_its_count() -> None:
    """A verdict names twelve cases and counts the rest."""
    cases = [replace(AGE, id=f"age-{n:02}") for n in range(MIN_CASES + 5)]
    after = run(cases, scripted({AGE.question: answer("36", cite("London"))}))
    verdict = judge(after, summarise(after), at_least={"abstained": 0.9}, at_most={})[0]
    assert f"age-11 and {MIN_CASES + 5 - 12} more" in str(verdict)
    assert len(verdict.cases) == MIN_CASES + 5


def test_with_few_cases_each_must_pass_and_a_note_says_so() -> None:
    """With fewer than thirty one failing case is enough, whatever the bound allows."""
    after = run([WHO, WHERE, AGE], scripted({**GOOD, WHO.question: abstention()}), corpus=corpus())
    verdicts = judge(after, summarise(after), at_least={"answered_right": 0.1}, at_most={"errors": 0})
    assert [str(verdict) for verdict in verdicts] == [
        "FAIL  each case: 2 of 3 pass: who (lost at unknown 1)",
        "pass  errors 0.000 (n=3) <= 0",
    ]
    assert note(after) == f"3 cases are fewer than {MIN_CASES}, too few for rates: each is a gate of its own"
    assert note(run_with()) == ""


def test_with_few_cases_those_that_fail_in_the_baseline_may_fail() -> None:
    """And no other."""
    fails_who = run([WHO, WHERE, AGE], scripted({**GOOD, WHO.question: abstention()}), corpus=corpus())
    verdicts = judge(fails_who, summarise(fails_who), at_least={}, at_most={}, baseline=saved(fails_who))
    assert [(v.passed, v.summary) for v in verdicts] == [(True, "each case: 2 of 3 pass, 1 known to fail")]
    fails_where = run([WHO, WHERE, AGE], scripted({**GOOD, WHERE.question: abstention()}), corpus=corpus())
    verdicts = judge(fails_where, summarise(fails_where), at_least={}, at_most={}, baseline=saved(fails_who))
    assert verdicts[0].cases == ("where",)


@pytest.mark.parametrize(("worse", "passes"), [(0, True), (1, True), (COPIES, False)])
def test_only_a_significant_regression_fails(worse: int, *, passes: bool) -> None:
    """One case fewer of 36 may be chance, twelve are not: a paired test on the same questions."""
    after = run_with({WHO.question: abstention()}, first=worse)
    verdicts = judge(after, summarise(after), at_least={}, at_most={}, baseline=saved(run_with()))
    assert (exit_code(verdicts) == Exit.PASSED) is passes
    failed = [verdict for verdict in verdicts if not verdict.passed]
    assert all(verdict.cases == tuple(f"who-{n:02}" for n in range(COPIES)) for verdict in failed)


def test_getting_better_is_no_regression() -> None:
    """The test is two-sided, the gate one-sided."""
    before = saved(run_with({WHO.question: abstention()}))
    after = run_with()
    verdicts = judge(after, summarise(after), at_least={}, at_most={}, baseline=before)
    assert exit_code(verdicts) == Exit.PASSED


def test_an_abstention_counts_as_lost_citation_precision() -> None:
    """A case without citations stays in the comparison, with a precision of 0."""
    after = run_with({WHO.question: abstention()})
    verdicts = judge(after, summarise(after), at_least={}, at_most={}, baseline=saved(run_with()))
    (verdict,) = [v for v in verdicts if v.name == "no_regression_citation_precision"]
    assert not verdict.passed
    assert "on 24 pairs" in verdict.summary


def test_cases_that_the_baseline_lacks_are_no_regression() -> None:
    """There is nothing to compare a new case with."""
    before = saved(run(CASES[COPIES:], scripted(script()), corpus=corpus()))
    after = run_with({WHO.question: abstention()})
    assert exit_code(judge(after, summarise(after), at_least={}, at_most={}, baseline=before)) == Exit.PASSED


def test_a_part_of_a_set_is_judged_case_by_case() -> None:
    """Its rates are not those of the set."""
    after = run_with()
    verdicts = judge(after, summarise(after), at_least={"answered_right": 0.9}, at_most={}, partial=True)
    assert [verdict.name for verdict in verdicts] == ["each_case"]


def test_an_answer_that_a_case_does_not_accept_is_wrong() -> None:
    """The fakes answer as they are scripted."""
    wrong = replace(WHO, answers=(Exact("Charles Babbage"),))
    assert not run([wrong], scripted(GOOD)).records[0].scores.right


def form_verdict(figure: str, bound: float, *, is_lower: bool) -> Verdict:
    """The verdict on one bound, over a wrong yes, a cut list, a likely fact, and an answer to no question."""
    outcomes: dict[str, Outcome | Exception] = {
        **forms.GOOD,
        "yes_no": forms.answer("Yes", forms.DOGS),
        "list": forms.answer("a", *forms.ITEMS[:2]),
        "fact": forms.answer("nine", forms.GATE, certainty=Certainty.LIKELY),
        "parking": forms.answer("two", forms.GATE, certainty=Certainty.LIKELY),
    }
    copies_of = [replace(case, id=f"{case.id}-{n}") for case in forms.CASES for n in range(6)]
    after = run(copies_of, forms.scripted(outcomes))
    bounds = {figure: bound}
    (verdict,) = judge(
        after, bounded_figures(after), at_least=bounds if is_lower else {}, at_most={} if is_lower else bounds
    )
    return verdict


@pytest.mark.parametrize(
    ("figure", "bound", "is_lower", "failing"),
    [
        ("answered_right_list", 0.5, True, {"list"}),
        ("answered_right_why", 0.9, True, set()),
        ("shown", 0.9, True, {"yes_no"}),
        ("evidence_coverage_list", 0.9, True, {"list"}),
        ("abstained_list", 0.9, True, {"parking"}),
        ("partly_right", 0.1, False, {"list"}),
        ("answered_wrong", 0.1, False, {"yes_no"}),
        ("answered_wrong_fact", 0.1, False, set()),
        ("unanswered", 0.1, False, set()),
        ("risk", 0.05, False, {"yes_no", "parking"}),
        ("risk_sure", 0.05, False, {"yes_no"}),
        ("coverage_sure", 0.9, True, {"fact"}),
        ("coverage_likely", 0.9, True, {"list", "yes_no", "why"}),
    ],
)
def test_figures_of_verdicts_and_forms_have_bounds(
    figure: str, bound: float, failing: set[str], *, is_lower: bool
) -> None:
    """A missed bound names the cases that lower the figure (or raise a bad one), of its form alone."""
    verdict = form_verdict(figure, bound, is_lower=is_lower)
    assert {name.rpartition("-")[0] for name in verdict.cases} == failing
    assert verdict.passed is not bool(failing)


@pytest.mark.parametrize("figure", ["answered_right_how_to", "ece_short_answer"])
def test_a_figure_that_no_case_measures_fails_its_bound(figure: str) -> None:
    """A form without cases, or a probability that no answer gives."""
    verdict = form_verdict(figure, 0.5, is_lower=True)
    assert (verdict.passed, verdict.summary) == (False, f"{figure} not measured (n=0) >= 0.5")
