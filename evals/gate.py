"""The gate: does a run pass, and if not, which cases fail and at which stage were they lost?

It judges a run in three ways. *Thresholds* bound a figure. Against a *baseline*, a figure must not be worse
on the same questions by more than chance explains (a paired permutation test, corrected by Holm for the
figures tested). With fewer than ``MIN_CASES`` cases neither says enough: then every case must pass, and only
bounds that allow no exception (1.0, 0) hold too. With neither bounds nor a baseline every case must pass too.
In a set that only measures no case is a gate of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from evals.metrics.verdict import AnswerVerdict
from evals.run.by_form import split_form
from evals.run.figures import Figure
from evals.run.runner import Record, Run
from evals.run.saved_results import SavedCase, SavedRun
from evals.statistics import compare_paired, holm
from rag.types import Answer, Certainty

LISTED = 12  # case ids that a verdict lists before it counts the rest
MIN_CASES = 30  # below this rates and paired tests say too little
SIGNIFICANCE = 0.05  # a difference with a lower two-sided p-value is a regression
PAIRED_SCORES = ("right", "citation_recall", "citation_precision")


class Exit(IntEnum):
    """Exit codes of an evaluation."""

    PASSED = 0
    FAILED = 1
    COULD_NOT_RUN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One requirement of a run, passed or failed.

    ``summary`` says what was measured and required. ``cases`` are the ids of those that fail it, ``stages``
    how many of them were lost at each stage, most first. ``bound`` and ``at_least`` are set for a threshold.
    """

    name: str
    passed: bool
    summary: str
    cases: tuple[str, ...] = ()
    stages: tuple[tuple[str, int], ...] = ()
    bound: float | None = None
    at_least: bool | None = None

    def __str__(self) -> str:
        line = f"{'pass' if self.passed else 'FAIL'}  {self.summary}"
        if self.passed or not self.cases:
            return line
        more = f" and {len(self.cases) - LISTED} more" if len(self.cases) > LISTED else ""
        counts = ", ".join(f"{stage} {n}" for stage, n in self.stages)
        lost_at = f" (lost at {counts})" if counts else ""
        return f"{line}: {', '.join(self.cases[:LISTED])}{more}{lost_at}"


def judge(
    run: Run,
    figures: Mapping[str, Figure],
    *,
    at_least: Mapping[str, float],
    at_most: Mapping[str, float],
    baseline: SavedRun | None = None,
    partial: bool = False,
    each_case: bool = True,
) -> list[Verdict]:
    """All verdicts on a run. A figure that is unknown or not measured fails its threshold.

    Args:
        figures: by name, as ``evals.run.summary.bounded_figures`` gives them.
        at_least: the lower bound of a figure, by its name.
        at_most: the upper bound.
        baseline: the accepted run to compare with.
        partial: only some of the set's cases were asked, so that their rates are not the set's: every case
            must pass.
        each_case: False for a set that only measures: where every case must pass, none has to.
    """
    is_unbounded = not at_least and not at_most and baseline is None
    case_by_case = partial or is_unbounded or len(run.records) < MIN_CASES
    verdicts = _judge_thresholds(run, figures, at_least, at_most, case_by_case=case_by_case)
    if case_by_case:
        return [_judge_each_case(run, baseline, is_gate=each_case), *verdicts]
    return verdicts + (_judge_regressions(run, baseline) if baseline is not None else [])


def note(run: Run, *, partial: bool = False, unbounded: bool = False, each_case: bool = True) -> str:
    """Says that every case must pass, and why; empty where the run is judged by its rates.

    Args:
        partial: only some of the set's cases were asked.
        unbounded: there are neither bounds nor a baseline.
        each_case: False for a set that only measures.
    """
    n = len(run.records)
    if not each_case:
        return "the set only measures: no case is a gate of its own"
    if partial:
        return f"{n} of the set's cases were asked: each is a gate of its own"
    if n < MIN_CASES:
        return f"{n} cases are fewer than {MIN_CASES}, too few for rates: each is a gate of its own"
    if unbounded:
        return f"there are neither bounds nor a baseline: each of the {n} cases is a gate of its own"
    return ""


def exit_code(verdicts: Sequence[Verdict]) -> Exit:
    """PASSED where every verdict passed, or where there is none."""
    return Exit.PASSED if all(verdict.passed for verdict in verdicts) else Exit.FAILED


def is_tolerated(record: Record, verdicts: Sequence[Verdict]) -> bool:
    """True where a case fails and these verdicts allow it: it is one of those within the bounds, or known to
    fail, or no worse than in the baseline.
    """
    failed = [verdict for verdict in verdicts if not verdict.passed]
    return bool(verdicts and record.failure) and not any(record.case.id in one.cases for one in failed)


def count_stages(records: Sequence[Record]) -> tuple[tuple[str, int], ...]:
    """How many of these records were lost at each stage, most first."""
    counts = Counter(str(record.diagnosis.stage) for record in records if record.diagnosis)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _judge_thresholds(
    run: Run,
    figures: Mapping[str, Figure],
    at_least: Mapping[str, float],
    at_most: Mapping[str, float],
    *,
    case_by_case: bool,
) -> list[Verdict]:
    bounds = [(name, bound, True) for name, bound in at_least.items()]
    bounds += [(name, bound, False) for name, bound in at_most.items()]
    # A misspelt figure fails whatever its bound: no run could ever meet it.
    return [
        _judge_threshold(run, figures.get(name), name, bound, is_lower=is_lower)
        for name, bound, is_lower in bounds
        if not case_by_case or name not in figures or bound == (1.0 if is_lower else 0.0)
    ]


def _judge_threshold(run: Run, figure: Figure | None, name: str, bound: float, *, is_lower: bool) -> Verdict:
    value = None if figure is None else figure.value
    passed = value is not None and (value >= bound if is_lower else value <= bound)
    failing = [] if passed else _failing_records(run, name)
    measured = "not measured" if value is None else f"{value:.3f}"
    n = 0 if figure is None else figure.n
    return Verdict(
        name=name,
        passed=passed,
        summary=f"{name} {measured} (n={n}) {'>=' if is_lower else '<='} {bound:g}",
        cases=tuple(record.case.id for record in failing),
        stages=count_stages(failing),
        bound=bound,
        at_least=is_lower,
    )


def _judge_each_case(run: Run, baseline: SavedRun | None, *, is_gate: bool) -> Verdict:
    """Every case that passed in the baseline must pass; without one, every case; if it is no gate, none."""
    known_failures = {case.id for case in baseline.cases if not case.passed} if baseline else set()
    failing = [record for record in run.records if record.failure]
    failing_anew = [record for record in failing if is_gate and record.case.id not in known_failures]
    known = len(failing) - len(failing_anew)
    known_text = f", {known} known to fail" if known and is_gate else ""
    passing = len(run.records) - len(failing)
    return Verdict(
        name="each_case",
        passed=not failing_anew,
        summary=f"each case: {passing} of {len(run.records)} pass{known_text}",
        cases=tuple(record.case.id for record in failing_anew),
        stages=count_stages(failing_anew),
    )


def _judge_regressions(run: Run, baseline: SavedRun) -> list[Verdict]:
    """A verdict for each paired score: is it worse than the baseline's, and significantly so?"""
    cases_before = {case.id: case for case in baseline.cases}
    pairs = {name: _pairs(run, cases_before, name) for name in PAIRED_SCORES}
    p_values = {
        name: compare_paired([a for _, a, _ in rows], [b for _, _, b in rows]).p_value
        for name, rows in pairs.items()
        if rows
    }
    corrected = holm(p_values)
    return [_judge_regression(name, rows, corrected[name]) for name, rows in pairs.items() if rows]


def _judge_regression(name: str, pairs: Sequence[tuple[Record, float, float]], p_value: float) -> Verdict:
    difference = sum(now - before for _, before, now in pairs) / len(pairs)
    worse = [record for record, before, now in pairs if now < before]
    passed = difference >= 0 or p_value >= SIGNIFICANCE
    return Verdict(
        name=f"no_regression_{name}",
        passed=passed,
        summary=f"{name} against the baseline {difference:+.3f} on {len(pairs)} pairs, p={p_value:.4f}",
        cases=() if passed else tuple(record.case.id for record in worse),
        stages=() if passed else count_stages(worse),
    )


def _pairs(run: Run, cases_before: Mapping[str, SavedCase], name: str) -> list[tuple[Record, float, float]]:
    """Records with this score before and now, for the cases that had it before.

    A score that no longer applies counts as 0: a case that the system abstains from now has no citation
    precision, and must not leave the comparison for that.
    """
    pairs = []
    for record in run.records:
        case = cases_before.get(record.case.id)
        before = None if case is None else _score(case, name)
        if before is not None:
            now = getattr(record.scores, name)
            pairs.append((record, before, 0.0 if now is None else float(now)))
    return pairs


def _score(case: SavedCase, name: str) -> float | None:
    return float(case.right) if name == "right" else case.scores.get(name)


_FAILS: dict[str, Callable[[Record], bool]] = {
    "answered_right": lambda r: r.case.answerable and not r.scores.right,
    "partly_right": lambda r: r.scores.verdict is AnswerVerdict.PARTLY,
    "answered_wrong": lambda r: r.scores.verdict is AnswerVerdict.WRONG,
    "unanswered": lambda r: r.scores.verdict is AnswerVerdict.ABSTAINED,
    "risk": lambda r: _misleads(r),
    "risk_sure": lambda r: _misleads(r) and _certainty(r) is Certainty.SURE,
    "coverage_sure": lambda r: r.case.answerable and _certainty(r) is not Certainty.SURE,
    "coverage_likely": lambda r: r.case.answerable and _certainty(r) is not Certainty.LIKELY,
    "abstained": lambda r: not r.case.answerable and not r.scores.right,
    "abstention_recall": lambda r: not r.case.answerable and not r.abstained,
    "abstention_precision": lambda r: r.case.answerable and r.abstained,
    "balanced_accuracy": lambda r: r.abstained == r.case.answerable,
    "citations_exact": lambda r: not all(r.exact or ()),
    "errors": lambda r: bool(r.error),
}


def _failing_records(run: Run, figure: str) -> list[Record]:
    """The records that lower a figure, or that raise one which is best low."""
    name, form = split_form(figure)
    records = [record for record in run.records if form is None or record.case.form is form]
    fails = _FAILS.get(name)
    if fails is not None:
        return [record for record in records if fails(record)]
    return [record for record in records if _is_below_one(getattr(record.scores, name, None))]


def _misleads(record: Record) -> bool:
    return record.scores.verdict is not None and record.scores.verdict.is_wrong_answer


def _certainty(record: Record) -> Certainty | None:
    return record.outcome.certainty if isinstance(record.outcome, Answer) else None


def _is_below_one(score: float | None) -> bool:
    return score is not None and score < 1
