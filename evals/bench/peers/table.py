"""The peers' figures, and as a Markdown table with ratios to Saywhere's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.bench.figures import mean
from evals.datasets.published import Query
from evals.metrics.f1 import f1
from evals.metrics.latency import percentile

OURS = "Saywhere"


def figures(
    told: Mapping[str, Any], queries: Sequence[Query], documents: int, *, busy: bool
) -> dict[str, Any]:
    """One system's row: recall@1 and @5 and F1 with intervals, and times where the machine was quiet."""
    rankings, answers = told["rankings"], told["answers"]
    row: dict[str, Any] = {}
    for k in (1, 5):
        hits = [bool(set(rankings[q.id][:k]) & set(q.relevant)) for q in queries]
        row[f"recall@{k}"] = _of(mean("", "", hits))
    row["F1"] = _of(mean("", "", (f1(answers[q.id], q.answers) for q in queries)))
    row["answered"] = sum(bool(answers[q.id]) for q in queries) / len(queries)
    if not busy:
        row["documents/s"] = documents / told["ingest_s"]
        row["search ms"] = percentile(told["search_ms"], 50)
        row["ask ms"] = percentile(told["ask_ms"], 50)
    row["versions"] = told.get("versions", {})
    return row


def _of(figure: Any) -> list[float | None]:
    return [figure.value, figure.low, figure.high]


def peers_markdown(told: Mapping[str, Any]) -> str:
    """A row a system; in brackets how many times ours, or times ours over theirs for a time."""
    head = ("system", "recall@1", "recall@5", "F1", "answered", "documents/s", "search p50", "ask p50")
    lines = [f"## Side by side on {told['set']}", "", f"{told['told']}. {told['stamp']}", ""]
    lines += [told["note"], ""]
    lines += ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    ours = told["rows"][OURS]
    for name, row in told["rows"].items():
        versions = ", ".join(f"{package} {what}" for package, what in row["versions"].items())
        cells = [f"{name}{f' ({versions})' if versions else ''}"]
        cells += [_quality(row, ours, key) for key in ("recall@1", "recall@5", "F1")]
        cells += [f"{row['answered']:.2f}"]
        cells += [_time(row, ours, key) for key in ("documents/s", "search ms", "ask ms")]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", *(f"- {line}" for line in (*told["left_out"], *_not_led(told["rows"]))), ""]
    return "\n".join(lines)


def _not_led(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Where ours is not shown to lead: for each figure the systems whose interval overlaps ours, for each
    time those that take less.
    """
    lines = []
    for key in ("recall@1", "F1"):
        _, low, high = rows[OURS][key]
        alike = [
            name
            for name, row in rows.items()
            if not name.startswith(OURS) and None not in (low, high, *row[key]) and row[key][2] >= low
        ]
        if alike:
            lines.append(f"No lead in {key} is shown over {', '.join(alike)}: the intervals overlap.")
    for key in ("search ms", "ask ms"):
        ours = rows[OURS].get(key, 0.0)
        faster = [
            name for name, row in rows.items() if not name.startswith(OURS) and row.get(key, ours) < ours
        ]
        if faster:
            lines.append(f"In {key.removesuffix(' ms')} p50 {', '.join(faster)} took less time.")
    return lines


def _quality(row: Mapping[str, Any], ours: Mapping[str, Any], key: str) -> str:
    value, low, high = row[key]
    bounds = "" if low is None else f" ({low:.3f} – {high:.3f})"
    ratio = "" if row is ours or not ours[key][0] else f", x{value / ours[key][0]:.2f}"
    return f"{value:.3f}{bounds}{ratio}"


def _time(row: Mapping[str, Any], ours: Mapping[str, Any], key: str) -> str:
    if key not in row:
        return "not told"
    ratio = "" if row is ours or not ours.get(key) else f", x{row[key] / ours[key]:.2f}"
    return f"{row[key]:.1f}{ratio}"
