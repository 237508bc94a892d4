"""``saywhere ingest``: files and folders into the data folder, with a bar while it works."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.commands.terminal import plain
from ingest.report import Progress as Done
from ingest.report import Report
from ingest.wiring import ingest
from rag.settings import load
from rag.wiring import open_service


def run(paths: Sequence[Path], *, data: Path | None, collection: str, rebuild: bool) -> int:
    """Prints what became of the files; 1 where one failed, the others being done."""
    with open_service(load(data=data), rebuild=rebuild) as service, _bar() as progress:
        report = ingest(service, paths, collection=collection, progress=progress)
    print(summary(report))
    for failure in report.failed:
        kept = " (its earlier version stays)" if failure.kept else ""
        print(f"saywhere: {plain(failure.reason)}{kept}", file=sys.stderr)
    return 1 if report.failed else 0


def summary(report: Report) -> str:
    """One line of counts, with the time it took where something was written."""
    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "renamed": len(report.renamed),
        "removed": len(report.removed),
        "unchanged": len(report.unchanged),
        "skipped": len(report.skipped),
        "failed": len(report.failed),
    }
    always = {"added", "changed", "removed", "unchanged", "failed"}
    line = ", ".join(f"{count} {name}" for name, count in counts.items() if count or name in always)
    if not report.passages:
        return line
    seconds = report.read_seconds + report.write_seconds
    return f"{line}: {report.passages} passages in {seconds:.1f} s"


@contextmanager
def _bar() -> Iterator[Callable[[Done], None]]:
    """A bar on standard error, drawn only where a person sees it."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda done: bar.update(task, completed=done.written, total=done.total)
