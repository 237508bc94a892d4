"""What became better and worse between two runs, question by question and figure by figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.run.saved_results import Result, Results
from evals.statistics import compare_paired

PAIRED = ("right", "em", "f1", "citation_recall", "citation_precision", "recall_1", "reciprocal_rank")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange:
    """A figure before and now. Where it is a mean over the same questions, how sure the difference is."""

    name: str
    before: float | None
    now: float | None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Pairs of a case before and now; ``other`` still pass or still fail, with another answer."""

    figures: tuple[FigureChange, ...]
    better: tuple[tuple[Result, Result], ...]
    worse: tuple[tuple[Result, Result], ...]
    other: tuple[tuple[Result, Result], ...]
    added: tuple[Result, ...]
    removed: tuple[Result, ...]

    def __bool__(self) -> bool:
        return bool(self.better or self.worse or self.other or self.added or self.removed)


def changes(before: Results, now: Results) -> Changes:
    """From one run to another; cases are the same where their ids are."""
    known = {case.id: case for case in before.cases}
    current = {case.id: case for case in now.cases}
    pairs = [(known[name], case) for name, case in current.items() if name in known]
    return Changes(
        figures=tuple(_figures(before, now, pairs)),
        better=tuple((a, b) for a, b in pairs if b.passed and not a.passed),
        worse=tuple((a, b) for a, b in pairs if a.passed and not b.passed),
        other=tuple((a, b) for a, b in pairs if a.passed == b.passed and a.answer != b.answer),
        added=tuple(case for name, case in current.items() if name not in known),
        removed=tuple(case for name, case in known.items() if name not in current),
    )


def _figures(before: Results, now: Results, pairs: Sequence[tuple[Result, Result]]) -> list[FigureChange]:
    """Every figure that differs, paired ones with their test."""
    found = []
    for name in dict.fromkeys((*now.figures, *before.figures)):
        one, other = before.value(name), now.value(name)
        if one != other:
            found.append(FigureChange(name=name, before=one, now=other, **_tested(name, pairs)))
    return found


def _tested(name: str, pairs: Sequence[tuple[Result, Result]]) -> Mapping[str, float]:
    score = {"answered_right": "right", "abstained": "right"}.get(name, name)
    if score not in PAIRED:
        return {}
    both = [(_score(a, score, name), _score(b, score, name)) for a, b in pairs]
    kept = [(one, other) for one, other in both if one is not None and other is not None]
    if not kept:
        return {}
    found = compare_paired([one for one, _ in kept], [other for _, other in kept])
    return {"low": found.difference.low, "high": found.difference.high, "p_value": found.p_value}


def _score(result: Result, score: str, figure: str) -> float | None:
    """``right`` is two figures, by whether there is an answer."""
    if score != "right":
        return result.scores.get(score)
    return float(result.right) if result.answerable == (figure == "answered_right") else None
