"""The outcome of mutation tests: the mutants of each operator, and those that didn't come out as expected."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.mutate.runner import MUST_SURVIVE, Mutant, MutationResult
from evals.statistics import bootstrap_interval


def show_mutation(console: Console, result: MutationResult) -> None:
    """Prints a row an operator, the mutation score, and each mutant that didn't come out as expected."""
    table = Table(title="broken on purpose", title_justify="left")
    for column in ("what", "must be", "tried", "was"):
        table.add_column(column, justify="left" if column in {"what", "must be"} else "right")
    for operator, mutants in _by_operator(result).items():
        as_expected = sum(mutant.as_expected for mutant in mutants)
        table.add_row(escape(operator), mutants[0].expected, str(len(mutants)), str(as_expected))
    console.print(table)
    if result.score is not None:
        killed = [float(m.as_expected) for m in result.mutants if m.expected != MUST_SURVIVE]
        interval = bootstrap_interval(killed)
        console.print(
            f"mutation score {result.score:.3f} ({interval.low:.3f} – {interval.high:.3f})", highlight=False
        )
    for mutant in result.mutants:
        if not mutant.as_expected:
            where = mutant.case or "the whole suite"
            word = "moved" if mutant.expected == MUST_SURVIVE else "unnoticed"
            line = f"  {word}: {mutant.operator} ({where}): {mutant.detail}"
            console.print(escape(line), highlight=False, soft_wrap=True)


def mutation_data(result: MutationResult) -> dict[str, Any]:
    """As JSON data."""
    return {
        "score": result.score,
        "kinds": {
            operator: {
                "must_be": mutants[0].expected,
                "tried": len(mutants),
                "were": sum(mutant.as_expected for mutant in mutants),
            }
            for operator, mutants in _by_operator(result).items()
        },
        "missed": [
            {"kind": mutant.operator, "case": mutant.case, "told": mutant.detail}
            for mutant in result.mutants
            if not mutant.as_expected
        ],
    }


def _by_operator(result: MutationResult) -> dict[str, list[Mutant]]:
    groups: dict[str, list[Mutant]] = {}
    for mutant in result.mutants:
        groups.setdefault(mutant.operator, []).append(mutant)
    return groups
