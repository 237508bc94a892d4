"""Mutation testing told: kinds with how many were noticed, and those that were not."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.mutate.command import HELD, Mutant, Mutants
from evals.statistics import bootstrap_interval


def show_mutants(console: Console, mutants: Mutants) -> None:
    """Prints a row a kind, the score, and each break that went unnoticed."""
    table = Table(title="broken on purpose", title_justify="left")
    for column in ("what", "must be", "tried", "was"):
        table.add_column(column, justify="left" if column in {"what", "must be"} else "right")
    for kind, tried in _by_kind(mutants).items():
        table.add_row(escape(kind), tried[0].must, str(len(tried)), str(sum(m.good for m in tried)))
    console.print(table)
    if mutants.score is not None:
        interval = bootstrap_interval([float(m.good) for m in mutants.tried if m.must != HELD])
        console.print(
            f"mutation score {mutants.score:.3f} ({interval.low:.3f} – {interval.high:.3f})", highlight=False
        )
    for mutant in mutants.tried:
        if not mutant.good:
            where = mutant.case or "the whole suite"
            word = "moved" if mutant.must == HELD else "unnoticed"
            line = f"  {word}: {mutant.kind} ({where}): {mutant.told}"
            console.print(escape(line), highlight=False, soft_wrap=True)


def mutants_data(mutants: Mutants) -> dict[str, Any]:
    """As JSON data."""
    return {
        "score": mutants.score,
        "kinds": {
            kind: {"must_be": tried[0].must, "tried": len(tried), "were": sum(m.good for m in tried)}
            for kind, tried in _by_kind(mutants).items()
        },
        "missed": [{"kind": m.kind, "case": m.case, "told": m.told} for m in mutants.tried if not m.good],
    }


def _by_kind(mutants: Mutants) -> dict[str, list[Mutant]]:
    found: dict[str, list[Mutant]] = {}
    for mutant in mutants.tried:
        found.setdefault(mutant.kind, []).append(mutant)
    return found
