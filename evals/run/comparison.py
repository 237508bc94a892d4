"""Two runs compared: what became better and worse, question by question and figure by figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.run.saved_results import SavedCase, SavedRun
from evals.statistics import compare_paired

PAIRED_SCORES = (
    "right",
    "shown",
    "evidence_coverage",
    "em",
    "f1",
    "citation_recall",
    "citation_precision",
    "recall_1",
    "reciprocal_rank",
)
Pair = tuple[SavedCase, SavedCase]  # the same case before and now


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureDifference:
    """A figure before and now; of a mean over the same questions, interval and p-value of the difference."""

    name: str
    before: float | None
    now: float | None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """Pairs of a case before and now; ``other`` still pass or still fail, with another answer."""

    figures: tuple[FigureDifference, ...]
    better: tuple[Pair, ...]
    worse: tuple[Pair, ...]
    other: tuple[Pair, ...]
    added: tuple[SavedCase, ...]
    removed: tuple[SavedCase, ...]

    def __bool__(self) -> bool:
        return bool(self.better or self.worse or self.other or self.added or self.removed)


def compare_runs(before: SavedRun, now: SavedRun) -> RunComparison:
    """What differs from one run to another; cases are the same where their ids are."""
    cases_before = {case.id: case for case in before.cases}
    cases_now = {case.id: case for case in now.cases}
    pairs = [(cases_before[name], case) for name, case in cases_now.items() if name in cases_before]
    return RunComparison(
        figures=tuple(_figures(before, now, pairs)),
        better=tuple((a, b) for a, b in pairs if b.passed and not a.passed),
        worse=tuple((a, b) for a, b in pairs if a.passed and not b.passed),
        other=tuple((a, b) for a, b in pairs if a.passed == b.passed and a.answer != b.answer),
        added=tuple(case for name, case in cases_now.items() if name not in cases_before),
        removed=tuple(case for name, case in cases_before.items() if name not in cases_now),
    )


def _figures(before: SavedRun, now: SavedRun, pairs: Sequence[Pair]) -> list[FigureDifference]:
    """Every figure of both runs that differs, paired ones with their test."""
    differences = []
    for name in (name for name in now.figures if name in before.figures):
        a, b = before.value(name), now.value(name)
        if a != b:
            differences.append(FigureDifference(name=name, before=a, now=b, **_paired_test(name, pairs)))
    return differences


def _paired_test(figure: str, pairs: Sequence[Pair]) -> Mapping[str, float]:
    score = {"answered_right": "right", "abstained": "right"}.get(figure, figure)
    if score not in PAIRED_SCORES:
        return {}
    scores = [(_score(a, score, figure), _score(b, score, figure)) for a, b in pairs]
    measured = [(a, b) for a, b in scores if a is not None and b is not None]
    if not measured:
        return {}
    comparison = compare_paired([a for a, _ in measured], [b for _, b in measured])
    interval = comparison.difference
    return {"low": interval.low, "high": interval.high, "p_value": comparison.p_value}


def _score(case: SavedCase, score: str, figure: str) -> float | None:
    """A case's score; ``right`` is two figures, of answerable and of unanswerable cases."""
    if score != "right":
        return case.scores.get(score)
    return float(case.right) if case.answerable == (figure == "answered_right") else None
