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
    output: Mapping[str, Any], queries: Sequence[Query], documents: int, *, busy: bool
) -> dict[str, Any]:
    """One system's row: recall@1 and @5 and F1 with intervals, and times where the machine was quiet.

    Args:
        output: what the system's program wrote (``scripts/common.py``).
        documents: how many documents it indexed.
    """
    rankings, answers = output["rankings"], output["answers"]
    row: dict[str, Any] = {}
    for k in (1, 5):
        hits = [bool(set(rankings[q.id][:k]) & set(q.relevant)) for q in queries]
        row[f"recall@{k}"] = _with_interval(mean("", "", hits))
    row["F1"] = _with_interval(mean("", "", (f1(answers[q.id], q.answers) for q in queries)))
    row["answered"] = sum(bool(answers[q.id]) for q in queries) / len(queries)
    if not busy:
        row["documents/s"] = documents / output["ingest_s"]
        row["search ms"] = percentile(output["search_ms"], 50)
        row["ask ms"] = percentile(output["ask_ms"], 50)
    row["versions"] = output.get("versions", {})
    return row


def _with_interval(figure: Any) -> list[float | None]:
    return [figure.value, figure.low, figure.high]


def peers_markdown(peers: Mapping[str, Any]) -> str:
    """A row a system; behind x each figure as a multiple of Saywhere's."""
    head = ("system", "recall@1", "recall@5", "F1", "answered", "documents/s", "search p50", "ask p50")
    lines = [f"## Side by side on {peers['set']}", "", f"{peers['told']}. {peers['stamp']}", ""]
    lines += [peers["note"], ""]
    lines += ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    ours = peers["rows"][OURS]
    for name, row in peers["rows"].items():
        versions = ", ".join(f"{package} {version}" for package, version in row["versions"].items())
        cells = [f"{name}{f' ({versions})' if versions else ''}"]
        cells += [_quality(row, ours, key) for key in ("recall@1", "recall@5", "F1")]
        cells += [f"{row['answered']:.2f}"]
        cells += [_time(row, ours, key) for key in ("documents/s", "search ms", "ask ms")]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", *(f"- {line}" for line in (*peers["left_out"], *_lines_without_lead(peers["rows"]))), ""]
    return "\n".join(lines)


def _lines_without_lead(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The systems that Saywhere doesn't lead: by interval those that overlap in a figure, and those that take
    less time."""
    lines = []
    for key in ("recall@1", "F1"):
        _, low, high = rows[OURS][key]
        overlapping = [
            name
            for name, row in rows.items()
            if not name.startswith(OURS) and None not in (low, high, *row[key]) and row[key][2] >= low
        ]
        if overlapping:
            lines.append(f"No lead in {key} is shown over {', '.join(overlapping)}: the intervals overlap.")
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
        return "not measured"
    ratio = "" if row is ours or not ours.get(key) else f", x{row[key] / ours[key]:.2f}"
    return f"{row[key]:.1f}{ratio}"
