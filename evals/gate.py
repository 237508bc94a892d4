"""Thresholds to verdicts: does a run pass, and if not, which cases are to blame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from evals.run import Record, Run
from evals.summary import Figure

NAMED = 12  # case ids a verdict lists before it counts the rest


class Exit(IntEnum):
    """Exit codes of an evaluation."""

    PASSED = 0
    FAILED = 1
    COULD_NOT_RUN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One threshold beside what was measured; ``cases`` are ids that pull the figure down."""

    figure: Figure | None
    name: str
    bound: float
    at_least: bool
    passed: bool
    cases: tuple[str, ...] = ()

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        value = None if self.figure is None else self.figure.value
        n = 0 if self.figure is None else self.figure.n
        got = "not measured" if value is None else f"{value:.3f}"
        line = f"{'pass' if self.passed else 'FAIL'}  {self.name} {got} (n={n}) {sign} {self.bound:g}"
        if self.passed or not self.cases:
            return line
        more = f" and {len(self.cases) - NAMED} more" if len(self.cases) > NAMED else ""
        return f"{line}: {', '.join(self.cases[:NAMED])}{more}"


def judge(
    run: Run,
    figures: Mapping[str, Figure],
    *,
    at_least: Mapping[str, float],
    at_most: Mapping[str, float],
) -> list[Verdict]:
    """A verdict a threshold. A figure that is unknown or was not measured fails, never passes."""
    bounds = [(name, bound, True) for name, bound in at_least.items()]
    bounds += [(name, bound, False) for name, bound in at_most.items()]
    verdicts = []
    for name, bound, up in bounds:
        figure = figures.get(name)
        value = None if figure is None else figure.value
        passed = value is not None and (value >= bound if up else value <= bound)
        blamed = () if passed else _blamed(run, name)
        verdicts.append(
            Verdict(name=name, figure=figure, bound=bound, at_least=up, passed=passed, cases=blamed)
        )
    return verdicts


def exit_code(verdicts: list[Verdict]) -> Exit:
    """PASSED where every verdict passed (also where there are none)."""
    return Exit.PASSED if all(verdict.passed for verdict in verdicts) else Exit.FAILED


_BLAME: dict[str, Callable[[Record], bool]] = {
    "answered_right": lambda r: r.case.answerable and not r.scores.right,
    "abstained": lambda r: not r.case.answerable and not r.scores.right,
    "abstention_recall": lambda r: not r.case.answerable and not r.abstained,
    "abstention_precision": lambda r: r.case.answerable and r.abstained,
    "balanced_accuracy": lambda r: r.abstained == r.case.answerable,
    "citations_exact": lambda r: not all(r.exact or ()),
    "citation_recall": lambda r: _below(r.scores.citation_recall),
    "citation_precision": lambda r: _below(r.scores.citation_precision),
    "answer_in_citation": lambda r: _below(r.scores.answer_in_citation),
    "em": lambda r: _below(r.scores.em),
    "f1": lambda r: _below(r.scores.f1),
    "errors": lambda r: bool(r.error),
}


def _below(value: float | None) -> bool:
    return value is not None and value < 1


def _blamed(run: Run, name: str) -> tuple[str, ...]:
    blame = _BLAME.get(name)
    return tuple(r.case.id for r in run.records if blame and blame(r))
