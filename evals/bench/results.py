"""Saves figures as JSON, and writes ``RESULTS.md`` from it. A set measured again replaces its own part."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.bench.figures import Measured

HERE = Path(__file__).parent
RESULTS_JSON, RESULTS_PAGE = HERE / "results.json", HERE / "RESULTS.md"
_HEAD = """# Benchmark results

Written from `results.json` by `make bench` (`python -m evals.bench`, `python -m evals.bench.peers`), not by
hand. Figures are means over questions with 95 % bootstrap intervals. An abstention counts as a wrong answer.
Only the open questions of a set are asked, and its documents may be a part of the published ones: figures of
"all topics" compare with published figures. Times are given only where the machine was quiet.
"""


def save_set(measured: Measured, path: Path = RESULTS_JSON) -> None:
    """Replaces one set's figures."""
    results = load(path)
    results["sets"][measured.name] = measured.data()
    save(results, path)


def load(path: Path = RESULTS_JSON) -> dict[str, Any]:
    """All saved results; without a file, none."""
    if not path.is_file():
        return {"sets": {}, "peers": {}}
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return results


def save(results: Mapping[str, Any], path: Path = RESULTS_JSON) -> None:
    """Writes the JSON and the page beside it."""
    path.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    path.with_name(RESULTS_PAGE.name).write_text(markdown(results), encoding="utf-8")


def markdown(results: Mapping[str, Any]) -> str:
    """The page of all results."""
    from evals.bench.sets import SETS

    parts = [_HEAD]
    parts += [_set(results["sets"][name]) for name in SETS if name in results["sets"]]
    if results.get("peers"):
        from evals.bench.peers.table import peers_markdown

        parts.append(peers_markdown(results["peers"]))
    missing = [name for name in SETS if name not in results["sets"]]
    missing += [] if results.get("peers") else ["the peers, side by side"]
    if missing:
        parts.append(f"## Not measured yet\n\n{', '.join(missing)}: `make bench` on a quiet machine.\n")
    return "\n".join(parts)


def _set(data: Mapping[str, Any]) -> str:
    lines = [f"## {data['name']}", "", f"{data['told']}. {stamp(data)}", ""]
    by_group: dict[str, dict[str, Mapping[str, Any]]] = {}
    for figure in data["figures"]:
        by_group.setdefault(figure["group"], {})[figure["name"]] = figure
    for groups in _groups_alike(by_group):
        lines += [*_table(groups, by_group), ""]
    return "\n".join(lines)


def _groups_alike(by_group: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Lists of groups that have the same figures: each is one table."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for group, figures in by_group.items():
        groups.setdefault(tuple(figures), []).append(group)
    return list(groups.values())


def _table(groups: Sequence[str], by_group: Mapping[str, Mapping[str, Any]]) -> list[str]:
    first_group = by_group[groups[0]]
    head = groups if len(groups) > 1 else [f"{groups[0]}: value"]
    lines = [f"| figure | {' | '.join(head)} | n |", "|---" * (len(groups) + 2) + "|"]
    for name, first in first_group.items():
        cells = [f"{number(by_group[g][name])}{interval(by_group[g][name])}" for g in groups]
        lines.append(f"| {name} | {' | '.join(cells)} | {first['n']} |")
    return lines


def stamp(data: Mapping[str, Any]) -> str:
    """Date, machine, and versions of a measurement."""
    versions = ", ".join(f"{name} {version}" for name, version in data["versions"].items())
    busy = " The machine was busy: no times." if data["busy"] else ""
    return f"{data['date']}, {data['machine']}; {versions}.{busy}"


def number(figure: Mapping[str, Any]) -> str:
    """A figure's value with its unit."""
    if figure["value"] is None:
        return "–"
    if figure["unit"]:
        return f"{figure['value']:,.1f} {figure['unit']}"
    return f"{figure['value']:.3f}"


def interval(figure: Mapping[str, Any]) -> str:
    """A figure's interval in brackets, where it has one."""
    return "" if figure["low"] is None else f" ({figure['low']:.3f} – {figure['high']:.3f})"


def terminal_lines(measured: Measured) -> Sequence[str]:
    """One set as it is shown on a terminal."""
    return _set(measured.data()).splitlines()
