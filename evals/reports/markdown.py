"""A run as Markdown for a pull request's summary page: verdicts, the comparison, figures, failing cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.reports.labels import FIGURES, FORM_FIGURES, FORMS, STAGES, number, shortened
from evals.run.comparison import Pair, RunComparison
from evals.run.saved_results import SavedCase

LISTED = 25  # cases a table shows before it counts the rest


def markdown(data: Mapping[str, Any], comparison: RunComparison | None = None) -> str:
    """The summary of a run's data; ``comparison`` is with the baseline."""
    word = "passed" if data["passed"] else "**failed**"
    parts = [f"## {'✅' if data['passed'] else '❌'} {_cell(data['dataset'])}: {word}", _counts(data)]
    parts += [data["note"]] if data["note"] else []
    parts += ["\n".join(f"- {_verdict(verdict)}" for verdict in data["verdicts"])] if data["verdicts"] else []
    parts += _comparison(comparison) if comparison is not None else []
    parts += [_figures(data["figures"])]
    parts += [_forms(data["forms"])] if data["forms"] else []
    failing = [case for case in data["cases"] if not case["passed"]]
    if failing:
        parts.append(_collapsed(f"{len(failing)} cases with trouble", _cases(failing)))
    return "\n\n".join(parts) + "\n"


def _counts(data: Mapping[str, Any]) -> str:
    cases = data["cases"]
    passed = sum(case["passed"] for case in cases)
    stages = ", ".join(f"{STAGES[stage]} {n}" for stage, n in data["stages"].items())
    line = f"{passed} of {len(cases)} cases pass."
    return f"{line} Of the others: {stages}." if stages else line


def _verdict(verdict: Mapping[str, Any]) -> str:
    mark = "pass" if verdict["passed"] else "**FAIL**"
    line = f"{mark} {_cell(verdict['told'])}"
    if verdict["passed"] or not verdict["cases"]:
        return line
    stages = ", ".join(f"{STAGES[stage]} {n}" for stage, n in verdict["stages"].items())
    shown = ", ".join(f"`{name}`" for name in verdict["cases"][:LISTED])
    more = len(verdict["cases"]) - LISTED
    return f"{line}: {shown}{f' and {more} more' if more > 0 else ''}{f' ({stages})' if stages else ''}"


def _comparison(comparison: RunComparison) -> list[str]:
    if not comparison:
        return ["No case changed against the baseline."]
    parts = []
    titles = (("Worse", comparison.worse), ("Better", comparison.better), ("Otherwise", comparison.other))
    for title, pairs in titles:
        if pairs:
            parts.append(f"### {title}: {len(pairs)}\n\n{_pairs(pairs)}")
    for title, cases in (("New", comparison.added), ("Gone", comparison.removed)):
        if cases:
            parts.append(f"{title}: " + ", ".join(f"`{_cell(case.id)}`" for case in cases[:LISTED]))
    return parts


def _pairs(pairs: Sequence[Pair]) -> str:
    rows = [
        (f"`{b.id}`", b.question, a.answer or "no answer", b.answer or "no answer", _stage(b))
        for a, b in pairs[:LISTED]
    ]
    return _table(("case", "question", "before", "now", "lost at"), rows, len(pairs))


def _stage(case: SavedCase) -> str:
    return STAGES.get(case.stage, case.stage) if case.stage else ""


def _figures(figures: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for name, figure in figures.items():
        if not figure["n"]:
            continue
        low, high = figure.get("interval", (None, None))
        interval = "" if low is None else f"{low:.3f} – {high:.3f}"
        rows.append((FIGURES.get(name, name), number(name, figure["value"]), interval, str(figure["n"])))
    return _table(("figure", "value", "95 % interval", "n"), rows, len(rows))


def _forms(forms: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for one in forms:
        figures = one["figures"]
        shares = [number(name, figures[name]["value"]) for name in FORM_FIGURES]
        declined = figures["abstained"]
        n, n_unanswerable = str(figures["answered_right"]["n"]), str(declined["n"])
        rows.append((FORMS[one["form"]], *shares, n, number("abstained", declined["value"]), n_unanswerable))
    return _table(("form", *FORM_FIGURES.values(), "n", "declined", "unanswerable"), rows, len(rows))


def _cases(cases: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            f"`{case['id']}`",
            case["question"],
            shortened(case["expected"]),
            case["answer"] or ("an error" if case["error"] else "no answer"),
            f"{STAGES[case['stage']]}: {case['why']}" if case["stage"] else "",
        )
        for case in cases[:LISTED]
    ]
    return _table(("case", "question", "expected", "got", "lost at"), rows, len(cases))


def _collapsed(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], n: int) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    lines += [f"\n… and {n - len(rows)} more"] if n > len(rows) else []
    return "\n".join(lines)


def _cell(text: str) -> str:
    """The text in one line, with Markdown and HTML in it escaped."""
    line = " ".join(text.split())
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("*", "\\*")):
        line = line.replace(character, entity)
    return line
