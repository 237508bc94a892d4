"""``saywhere eval run``: runs an evaluation, or compares two reports."""

from __future__ import annotations

import sys
from pathlib import Path

from api.cli.options import service_token
from evals.evaluation import Options, evaluate
from rag.settings import load


def run(dataset: str, options: Options) -> int:
    """The exit status: 0 passed, 1 failed, 2 could not run."""
    return evaluate(dataset, load(), options, progress=sys.stderr.isatty())


def token() -> str | None:
    """The token for a running service; from the environment, so that it appears in no log of commands."""
    return service_token()


def compare(before: Path, now: Path) -> int:
    """Prints what differs between two reports: 0 nothing is worse, 1 something is, 2 can't compare."""
    from rich.console import Console

    from evals.reports.terminal import show_comparison
    from evals.run.comparison import compare_runs
    from evals.run.saved_results import load_run
    from rag.errors import SaywhereError

    try:
        comparison = compare_runs(load_run(before), load_run(now))
    except SaywhereError as error:
        print(f"could not compare: {error}", file=sys.stderr)
        return 2
    show_comparison(Console(), comparison, before=str(before))
    return 1 if comparison.worse else 0
