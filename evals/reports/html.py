"""A run as one HTML file that needs nothing beside it: figures, plots, and every question to browse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from evals.reports.plots import latency_plot, recall_plot, reliability_plot, risk_coverage_plot
from evals.reports.words import FIGURES, STAGES, number
from evals.run.comparison import Changes

_HEADLINE = ("answered_right", "abstained", "citations_exact", "citation_recall", "recall_5", "auroc", "ece")
WAY = ("ingest", "retrieve", "read", "trust", "cite")


def html(data: Mapping[str, Any], changes: Changes | None = None) -> str:
    """The page for a run's data; ``changes`` against what was accepted before. Texts are escaped."""
    from jinja2 import Environment, StrictUndefined

    here = files("evals.reports")
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = page.from_string((here / "page.html").read_text(encoding="utf-8"))
    told: str = template.render(
        data=data,
        style=(here / "page.css").read_text(encoding="utf-8"),
        script=(here / "page.js").read_text(encoding="utf-8"),
        headline=[(name, data["figures"][name]) for name in _HEADLINE if data["figures"][name]["n"]],
        names=FIGURES,
        stages=STAGES,
        way=WAY,
        number=number,
        changes=changes,
        became=_became(changes),
        plots=_plots(data),
        confusion=_confusion(data["cases"]),
        lost=_lost(data),
        passed=sum(case["passed"] for case in data["cases"]),
        reached=_reached,
    )
    return told + "\n"


def _became(changes: Changes | None) -> dict[str, tuple[str, str | None]]:
    """By case: better, worse, new or otherwise, with the answer it had before."""
    if changes is None:
        return {}
    groups = (("better", changes.better), ("worse", changes.worse), ("otherwise", changes.other))
    found = {now.id: (word, before.answer) for word, pairs in groups for before, now in pairs}
    return {**found, **{case.id: ("new", None) for case in changes.added}}


def _plots(data: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Title, a line that says how to read it, and the SVG."""
    cases = [case for case in data["cases"] if case["outcome"]]
    sure = [case["outcome"]["confidence"] for case in cases]
    # Below the threshold nothing was said, so what counts is whether the best candidate's case is
    # one with an answer; above it, whether the answer was right.
    good = [case["right"] if case["outcome"]["answered"] else case["answerable"] for case in cases]
    given = [case for case in cases if case["outcome"]["answered"]]
    limits = [case["trace"]["threshold"] for case in cases if case["trace"]["threshold"] is not None]
    ranks = [rank for case in data["cases"] for rank in case["ranks"] or ()]
    times = list(data.get("times", {}).get("ms", {}).values())
    drawn = (
        (
            "Risk and coverage",
            "What share would be wrong if only the surest answers were given.",
            risk_coverage_plot(sure, good, max(limits, default=None)),
        ),
        (
            "Reliability",
            "Answers given: is 80 % sure right in 80 % of cases? On the line is honest.",
            reliability_plot([c["outcome"]["confidence"] for c in given], [c["right"] for c in given]),
        ),
        ("Recall at k", "Is what must be cited among the first k passages?", recall_plot(ranks)),
        ("Latency", "Time of a question; the last bar holds all that took longer.", latency_plot(times)),
    )
    return [one for one in drawn if one[2]]


def _confusion(cases: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[tuple[str, int, bool]]]]:
    """Rows of (what, count, is it good): what was asked against what was done."""
    counts: Counter[tuple[bool, str]] = Counter()
    for case in cases:
        outcome = case["outcome"]
        done = "broke" if outcome is None else "answered" if outcome["answered"] else "abstained"
        if done == "answered" and case["answerable"]:
            done = "right" if case["right"] else "wrong"
        counts[(case["answerable"], done)] += 1
    rows = [
        ("Has an answer", [("answered right", counts[True, "right"], True)]),
        ("Has none", [("abstained", counts[False, "abstained"], True)]),
    ]
    rows[0][1].extend(
        [("answered wrong", counts[True, "wrong"], False), ("abstained", counts[True, "abstained"], False)]
    )
    rows[1][1].append(("answered", counts[False, "answered"], False))
    for answerable, (_, cells) in zip((True, False), rows, strict=True):
        if counts[answerable, "broke"]:
            cells.append(("broke", counts[answerable, "broke"], False))
    return rows


def _lost(data: Mapping[str, Any]) -> list[tuple[str, int, float]]:
    """Stage, count, and its share of the greatest count; in the order of a question's way."""
    most = max(data["stages"].values(), default=0)
    return [(s, data["stages"][s], data["stages"][s] / most) for s in STAGES if s in data["stages"]]


def _reached(case: Mapping[str, Any], stage: str) -> str:
    """How a stage of a case is drawn: ``ok``, ``failed``, or ``after`` the stage it was lost at."""
    if case["stage"] not in WAY:
        return "after" if case["stage"] else "ok"
    at, lost = WAY.index(stage), WAY.index(case["stage"])
    return "ok" if at < lost else "failed" if at == lost else "after"
