"""Does a run pass, and if not, which cases are to blame and at which stage were they lost?

Three gates. *Thresholds* bound a figure. Against a *baseline*, a figure must not have become worse on
the same questions by more than chance explains (a paired permutation test, corrected by Holm for the
figures tested). Fewer than ``FEW`` pairs say too little for either: then each case is a gate of its
own, and only bounds that allow no exception (1.0, 0) hold beside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from evals.run.runner import Record, Run
from evals.run.saved_results import Result, Results
from evals.run.summary import Figure
from evals.statistics import compare_paired, holm

NAMED = 12  # case ids a verdict lists before it counts the rest
FEW = 30  # pairs below which rates and tests say too little
LEVEL = 0.05  # two-sided p-value under which a difference is no accident
PAIRED = ("right", "citation_recall", "citation_precision")


class Exit(IntEnum):
    """Exit codes of an evaluation."""

    PASSED = 0
    FAILED = 1
    COULD_NOT_RUN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One thing a run was held to.

    ``told`` says what was measured and wanted, ``cases`` are the ids to blame, ``stages`` where they
    were lost, most first. ``bound`` and ``at_least`` are set for a threshold.
    """

    name: str
    passed: bool
    told: str
    cases: tuple[str, ...] = ()
    stages: tuple[tuple[str, int], ...] = ()
    bound: float | None = None
    at_least: bool | None = None

    def __str__(self) -> str:
        line = f"{'pass' if self.passed else 'FAIL'}  {self.told}"
        if self.passed or not self.cases:
            return line
        more = f" and {len(self.cases) - NAMED} more" if len(self.cases) > NAMED else ""
        lost = ", ".join(f"{stage} {n}" for stage, n in self.stages)
        at = f" (lost at {lost})" if lost else ""
        return f"{line}: {', '.join(self.cases[:NAMED])}{more}{at}"


def judge(
    run: Run,
    figures: Mapping[str, Figure],
    *,
    at_least: Mapping[str, float],
    at_most: Mapping[str, float],
    baseline: Results | None = None,
    only: bool = False,
) -> list[Verdict]:
    """All verdicts on a run. A figure that is unknown or was not measured fails, never passes.

    Args:
        baseline: what was accepted before.
        only: the run is a part of the set, so that its rates are not the set's: each case is a gate.
    """
    few = only or len(run.records) < FEW
    verdicts = _thresholds(run, figures, at_least, at_most, few=few)
    if few and (at_least or at_most or baseline is not None):
        return [_each(run, baseline), *verdicts]
    return verdicts + (_regressions(run, baseline) if baseline is not None else [])


def note(run: Run, *, only: bool = False) -> str:
    """What a reader must know of how this run is judged; empty where it is judged by its rates."""
    n = len(run.records)
    if only:
        return f"{n} of the set's cases were asked: each is a gate of its own"
    if n < FEW:
        return f"{n} cases are fewer than {FEW}, too few for rates: each is a gate of its own"
    return ""


def exit_code(verdicts: Sequence[Verdict]) -> Exit:
    """PASSED where every verdict passed (also where there are none)."""
    return Exit.PASSED if all(verdict.passed for verdict in verdicts) else Exit.FAILED


def _thresholds(
    run: Run,
    figures: Mapping[str, Figure],
    at_least: Mapping[str, float],
    at_most: Mapping[str, float],
    *,
    few: bool,
) -> list[Verdict]:
    bounds = [(name, bound, True) for name, bound in at_least.items()]
    bounds += [(name, bound, False) for name, bound in at_most.items()]
    # A misspelt figure fails whatever the bound: it would never be met by anything.
    return [
        _threshold(run, figures.get(name), name, bound, up=up)
        for name, bound, up in bounds
        if not few or name not in figures or bound == (1.0 if up else 0.0)
    ]


def _threshold(run: Run, figure: Figure | None, name: str, bound: float, *, up: bool) -> Verdict:
    value = None if figure is None else figure.value
    passed = value is not None and (value >= bound if up else value <= bound)
    blamed = [] if passed else _blamed(run, name)
    got = "not measured" if value is None else f"{value:.3f}"
    n = 0 if figure is None else figure.n
    return Verdict(
        name=name,
        passed=passed,
        told=f"{name} {got} (n={n}) {'>=' if up else '<='} {bound:g}",
        cases=tuple(record.case.id for record in blamed),
        stages=stages(blamed),
        bound=bound,
        at_least=up,
    )


def _each(run: Run, baseline: Results | None) -> Verdict:
    """Every case that passed before must pass; without a baseline, every case."""
    allowed = {case.id for case in baseline.cases if not case.passed} if baseline else set()
    broken = [r for r in run.records if r.trouble and r.case.id not in allowed]
    known = sum(bool(r.trouble) for r in run.records) - len(broken)
    beside = f", {known} known to fail" if known else ""
    return Verdict(
        name="each_case",
        passed=not broken,
        told=f"each case: {len(run.records) - len(broken) - known} of {len(run.records)} pass{beside}",
        cases=tuple(r.case.id for r in broken),
        stages=stages(broken),
    )


def _regressions(run: Run, baseline: Results) -> list[Verdict]:
    """A verdict for each paired figure: worse than the baseline, and not by accident?"""
    before = {case.id: case for case in baseline.cases}
    pairs = {name: _pairs(run, before, name) for name in PAIRED}
    p_values = {
        name: compare_paired([a for _, a, _ in rows], [b for _, _, b in rows]).p_value
        for name, rows in pairs.items()
        if rows
    }
    corrected = holm(p_values)
    return [_regression(name, rows, corrected[name]) for name, rows in pairs.items() if rows]


def _regression(name: str, pairs: Sequence[tuple[Record, float, float]], p_value: float) -> Verdict:
    difference = sum(b - a for _, a, b in pairs) / len(pairs)
    worse = [record for record, a, b in pairs if b < a]
    passed = difference >= 0 or p_value >= LEVEL
    return Verdict(
        name=f"no_regression_{name}",
        passed=passed,
        told=f"{name} against the baseline {difference:+.3f} on {len(pairs)} pairs, p={p_value:.4f}",
        cases=() if passed else tuple(record.case.id for record in worse),
        stages=() if passed else stages(worse),
    )


def _pairs(run: Run, before: Mapping[str, Result], name: str) -> list[tuple[Record, float, float]]:
    """Records with this score before and now; a score that no longer applies counts as 0.

    Where the system kept silent there are no citations to be precise about: such a case has lost what
    it had, and doesn't drop out.
    """
    found = []
    for record in run.records:
        known = before.get(record.case.id)
        then = None if known is None else _score(known, name)
        if then is None:
            continue
        now = getattr(record.scores, name)
        found.append((record, then, 0.0 if now is None else float(now)))
    return found


def _score(result: Result, name: str) -> float | None:
    return float(result.right) if name == "right" else result.scores.get(name)


def stages(records: Sequence[Record]) -> tuple[tuple[str, int], ...]:
    """How many of these were lost at each stage, most first."""
    counts = Counter(str(record.diagnosis.stage) for record in records if record.diagnosis)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


_BLAME: dict[str, Callable[[Record], bool]] = {
    "answered_right": lambda r: r.case.answerable and not r.scores.right,
    "abstained": lambda r: not r.case.answerable and not r.scores.right,
    "abstention_recall": lambda r: not r.case.answerable and not r.abstained,
    "abstention_precision": lambda r: r.case.answerable and r.abstained,
    "balanced_accuracy": lambda r: r.abstained == r.case.answerable,
    "citations_exact": lambda r: not all(r.exact or ()),
    "errors": lambda r: bool(r.error),
}


def _blamed(run: Run, name: str) -> list[Record]:
    blame = _BLAME.get(name)
    if blame is not None:
        return [record for record in run.records if blame(record)]
    return [record for record in run.records if _below(getattr(record.scores, name, None))]


def _below(value: float | None) -> bool:
    return value is not None and value < 1
