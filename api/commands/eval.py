"""``saywhere eval``: asks a set of questions whose answers are known, and holds the figures to limits."""

from __future__ import annotations

import sys
from pathlib import Path

from evals.command import evaluate
from rag.settings import load


def run(dataset: str, *, data: Path | None, json_path: Path | None, junit_path: Path | None) -> int:
    """0 passed, 1 failed, 2 could not run. Without ``data`` the set's own documents are asked."""
    return evaluate(
        dataset,
        load(),
        data=data,
        json_path=json_path,
        junit_path=junit_path,
        progress=sys.stderr.isatty(),
    )
