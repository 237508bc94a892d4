"""A run as Markdown for a pull request's summary page: verdict first, then what changed, then figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.reports.words import FIGURES, STAGES, number, shortened
from evals.run.comparison import Changes
from evals.run.saved_results import Result

LISTED = 25  # cases a table shows before it counts the rest


def markdown(data: Mapping[str, Any], changes: Changes | None = None) -> str:
    """The summary of a run's data; ``changes`` against what was accepted before."""
    word = "passed" if data["passed"] else "**failed**"
    parts = [f"## {'✅' if data['passed'] else '❌'} {_cell(data['dataset'])}: {word}", _counts(data)]
    parts += [data["note"]] if data["note"] else []
    parts += ["\n".join(f"- {_verdict(verdict)}" for verdict in data["verdicts"])] if data["verdicts"] else []
    parts += _changes(changes) if changes is not None else []
    parts += [_figures(data["figures"])]
    wrong = [case for case in data["cases"] if not case["passed"]]
    if wrong:
        parts.append(_folded(f"{len(wrong)} cases with trouble", _cases(wrong)))
    return "\n\n".join(parts) + "\n"


def _counts(data: Mapping[str, Any]) -> str:
    cases = data["cases"]
    passed = sum(case["passed"] for case in cases)
    lost = ", ".join(f"{STAGES[stage]} {n}" for stage, n in data["stages"].items())
    told = f"{passed} of {len(cases)} cases pass."
    return f"{told} Of the others: {lost}." if lost else told


def _verdict(verdict: Mapping[str, Any]) -> str:
    mark = "pass" if verdict["passed"] else "**FAIL**"
    told = f"{mark} {_cell(verdict['told'])}"
    if verdict["passed"] or not verdict["cases"]:
        return told
    lost = ", ".join(f"{STAGES[stage]} {n}" for stage, n in verdict["stages"].items())
    shown = ", ".join(f"`{name}`" for name in verdict["cases"][:LISTED])
    more = len(verdict["cases"]) - LISTED
    return f"{told}: {shown}{f' and {more} more' if more > 0 else ''}{f' ({lost})' if lost else ''}"


def _changes(changes: Changes) -> list[str]:
    if not changes:
        return ["No case changed against the baseline."]
    parts = []
    for title, pairs in (("Worse", changes.worse), ("Better", changes.better), ("Otherwise", changes.other)):
        if pairs:
            parts.append(f"### {title}: {len(pairs)}\n\n{_pairs(pairs)}")
    for title, cases in (("New", changes.added), ("Gone", changes.removed)):
        if cases:
            parts.append(f"{title}: " + ", ".join(f"`{_cell(case.id)}`" for case in cases[:LISTED]))
    return parts


def _pairs(pairs: Sequence[tuple[Result, Result]]) -> str:
    rows = [
        (f"`{b.id}`", b.question, a.answer or "no answer", b.answer or "no answer", _lost(b))
        for a, b in pairs[:LISTED]
    ]
    return _table(("case", "question", "before", "now", "lost at"), rows, len(pairs))


def _lost(result: Result) -> str:
    return STAGES.get(result.stage, result.stage) if result.stage else ""


def _figures(figures: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for name, figure in figures.items():
        if not figure["n"]:
            continue
        low, high = figure.get("interval", (None, None))
        interval = "" if low is None else f"{low:.3f} – {high:.3f}"
        rows.append((FIGURES.get(name, name), number(name, figure["value"]), interval, str(figure["n"])))
    return _table(("figure", "value", "95 % interval", "n"), rows, len(rows))


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


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], n: int) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    lines += [f"\n… and {n - len(rows)} more"] if n > len(rows) else []
    return "\n".join(lines)


def _cell(text: str) -> str:
    """One line that no table, mark-up or HTML in it can break."""
    flat = " ".join(text.split())
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("*", "\\*")):
        flat = flat.replace(character, entity)
    return flat
