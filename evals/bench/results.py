"""Keeps what was measured as JSON, and writes ``RESULTS.md`` from it: one set measured anew changes its
own part and no other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.bench.figures import Measured

HERE = Path(__file__).parent
KEPT, TOLD = HERE / "results.json", HERE / "RESULTS.md"
_HEAD = """# Benchmark results

Written from `results.json` by `make bench` (`python -m evals.bench`, `python -m evals.bench.peers`), not by
hand. Figures are means over questions with 95 % bootstrap intervals. An abstention counts as a wrong answer.
Only questions of a set's open part are asked, and corpora may be cut down: what says "all topics" compares
with published figures. Times are told only where the machine was quiet.
"""


def keep(found: Measured, path: Path = KEPT) -> None:
    """Puts one set's figures in place of those that were there."""
    known = load(path)
    known["sets"][found.name] = found.data()
    save(known, path)


def load(path: Path = KEPT) -> dict[str, Any]:
    """All that is kept."""
    if not path.is_file():
        return {"sets": {}, "peers": {}}
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def save(told: Mapping[str, Any], path: Path = KEPT) -> None:
    """Writes the JSON and the page beside it."""
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    path.with_name(TOLD.name).write_text(markdown(told), encoding="utf-8")


def markdown(told: Mapping[str, Any]) -> str:
    """The page."""
    from evals.bench.sets import SETS

    parts = [_HEAD]
    parts += [_set(told["sets"][name]) for name in SETS if name in told["sets"]]
    if told.get("peers"):
        from evals.bench.peers.table import peers_markdown

        parts.append(peers_markdown(told["peers"]))
    missing = [name for name in SETS if name not in told["sets"]]
    missing += [] if told.get("peers") else ["the peers, side by side"]
    if missing:
        parts.append(f"## Not measured yet\n\n{', '.join(missing)}: `make bench` on a quiet machine.\n")
    return "\n".join(parts)


def _set(data: Mapping[str, Any]) -> str:
    lines = [f"## {data['name']}", "", f"{data['told']}. {stamp(data)}", ""]
    by_group: dict[str, dict[str, Mapping[str, Any]]] = {}
    for figure in data["figures"]:
        by_group.setdefault(figure["group"], {})[figure["name"]] = figure
    for alike in _alike(by_group):
        lines += [*_table(alike, by_group), ""]
    return "\n".join(lines)


def _alike(by_group: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Groups of the same figures stand side by side in one table."""
    found: dict[tuple[str, ...], list[str]] = {}
    for group, figures in by_group.items():
        found.setdefault(tuple(figures), []).append(group)
    return list(found.values())


def _table(groups: Sequence[str], by_group: Mapping[str, Mapping[str, Any]]) -> list[str]:
    rows = by_group[groups[0]]
    head = groups if len(groups) > 1 else [f"{groups[0]}: value"]
    made = [f"| figure | {' | '.join(head)} | n |", "|---" * (len(groups) + 2) + "|"]
    for name, first in rows.items():
        cells = [f"{number(by_group[g][name])}{interval(by_group[g][name])}" for g in groups]
        made.append(f"| {name} | {' | '.join(cells)} | {first['n']} |")
    return made


def stamp(data: Mapping[str, Any]) -> str:
    """When, where and with what."""
    versions = ", ".join(f"{name} {what}" for name, what in data["versions"].items())
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


def lines(found: Measured) -> Sequence[str]:
    """One set as it is shown on a terminal."""
    return _set(found.data()).splitlines()
