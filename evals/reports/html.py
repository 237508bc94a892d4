"""A run as one self-contained HTML file: figures, plots, and every question to browse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from evals.reports.labels import FIGURES, FORM_FIGURES, FORMS, STAGES, VERDICTS, number
from evals.reports.plots import latency_plot, recall_plot, reliability_plot, risk_coverage_plot
from evals.run.comparison import RunComparison

_HEADLINE = ("answered_right", "abstained", "citations_exact", "citation_recall", "recall_5", "auroc", "ece")
STAGE_ORDER = ("ingest", "retrieve", "rank", "read", "trust", "cite")
# Stages at which a case is lost within one of these steps.
_STEPS = {"unread": "retrieve", "polarity": "read", "cut": "cite"}


def html(data: Mapping[str, Any], comparison: RunComparison | None = None) -> str:
    """The page for a run's data; ``comparison`` is with the baseline. All texts are escaped."""
    from jinja2 import Environment, StrictUndefined

    here = files("evals.reports")
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = page.from_string((here / "page.html").read_text(encoding="utf-8"))
    page_text: str = template.render(
        data=data,
        style=(here / "page.css").read_text(encoding="utf-8"),
        script=(here / "page.js").read_text(encoding="utf-8"),
        headline=[(name, data["figures"][name]) for name in _HEADLINE if data["figures"][name]["n"]],
        names=FIGURES,
        stages=STAGES,
        stage_order=STAGE_ORDER,
        forms=FORMS,
        form_figures=FORM_FIGURES,
        verdict_names=VERDICTS,
        number=number,
        case_changes=_case_changes(comparison),
        plots=_plots(data),
        confusion=_confusion(data["cases"]),
        stage_counts=_stage_counts(data),
        passed=sum(case["passed"] for case in data["cases"]),
        stage_state=_stage_state,
    )
    return page_text + "\n"


def _case_changes(comparison: RunComparison | None) -> dict[str, tuple[str, str | None]]:
    """By case: better, worse, new or otherwise, with the answer it had before."""
    if comparison is None:
        return {}
    groups = (("better", comparison.better), ("worse", comparison.worse), ("otherwise", comparison.other))
    changed = {now.id: (word, before.answer) for word, pairs in groups for before, now in pairs}
    return {**changed, **{case.id: ("new", None) for case in comparison.added}}


def _plots(data: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Title, a line that says how to read it, and the SVG."""
    cases = [case for case in data["cases"] if case["outcome"]]
    confidence = [case["outcome"]["confidence"] for case in cases]
    # Of an abstention it isn't known whether its best span is right: it counts as right where the case is
    # answerable.
    right = [case["right"] if case["outcome"]["answered"] else case["answerable"] for case in cases]
    answered = [case for case in cases if case["outcome"]["answered"]]
    thresholds = [case["trace"]["threshold"] for case in cases if case["trace"]["threshold"] is not None]
    ranks = [rank for case in data["cases"] for rank in case["ranks"] or ()]
    times = list(data.get("times", {}).get("ms", {}).values())
    plots = (
        (
            "Risk and coverage",
            "What share would be wrong if only the surest answers were given.",
            risk_coverage_plot(confidence, right, max(thresholds, default=None)),
        ),
        (
            "Reliability",
            "Does the evidence of answers told with 80 % hold what was asked in 80 % of cases? On the line is"
            " honest.",
            _reliability(answered, "confidence", "evidence_holds"),
        ),
        (
            "Reliability of short answers",
            "The same of short answers, yes and no: is each right as often as it says?",
            _reliability(answered, "short_answer_confidence", "short_answer_right"),
        ),
        ("Recall at k", "Is what must be cited among the first k passages?", recall_plot(ranks)),
        ("Latency", "Time of a question; the last bar holds all that took longer.", latency_plot(times)),
    )
    return [plot for plot in plots if plot[2]]


def _reliability(answered: Sequence[Mapping[str, Any]], probability: str, score: str) -> str:
    """A probability of answers against the score that it is of; empty where no answer has both."""
    pairs = [(case["outcome"][probability], case["scores"].get(score)) for case in answered]
    measured = [(p, bool(label)) for p, label in pairs if p is not None and label is not None]
    return reliability_plot([p for p, _ in measured], [label for _, label in measured])


def _confusion(cases: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[tuple[str, int, bool]]]]:
    """Answerable and unanswerable cases; of each the outcomes (name, count, is it the right outcome)."""
    counts: Counter[tuple[bool, str]] = Counter()
    for case in cases:
        outcome = case["outcome"]
        result = "broke" if outcome is None else "answered" if outcome["answered"] else "abstained"
        if result == "answered" and case["answerable"]:
            result = case["verdict"]
        counts[(case["answerable"], result)] += 1
    rows = [
        ("Has an answer", [("answered right", counts[True, "right"], True)]),
        ("Has none", [("abstained", counts[False, "abstained"], True)]),
    ]
    if counts[True, "partly"]:
        rows[0][1].append(("answered partly", counts[True, "partly"], False))
    rows[0][1].extend(
        [("answered wrong", counts[True, "wrong"], False), ("abstained", counts[True, "abstained"], False)]
    )
    rows[1][1].append(("answered", counts[False, "answered"], False))
    for answerable, (_, cells) in zip((True, False), rows, strict=True):
        if counts[answerable, "broke"]:
            cells.append(("broke", counts[answerable, "broke"], False))
    return rows


def _stage_counts(data: Mapping[str, Any]) -> list[tuple[str, int, float]]:
    """Stage, count, and its share of the greatest count, in the order of the stages."""
    most = max(data["stages"].values(), default=0)
    return [(s, data["stages"][s], data["stages"][s] / most) for s in STAGES if s in data["stages"]]


def _stage_state(case: Mapping[str, Any], stage: str) -> str:
    """The state of a stage of a case: ``ok``, ``failed``, or ``after`` the stage that failed."""
    lost_at = _STEPS.get(case["stage"], case["stage"])
    if lost_at not in STAGE_ORDER:
        return "after" if lost_at else "ok"
    position, failed = STAGE_ORDER.index(stage), STAGE_ORDER.index(lost_at)
    return "ok" if position < failed else "failed" if position == failed else "after"
