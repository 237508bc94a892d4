"""``saywhere ingest``: ingests files, folders, repositories and sites, with a progress bar."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.cli.commands.report import LABELS
from api.cli.commands.terminal import one_line
from ingest.cancellation import Cancellation
from ingest.follow import follow
from ingest.ignore import Patterns
from ingest.report import Progress as IngestProgress
from ingest.report import Report
from ingest.sources.places import Place
from ingest.wiring import dry_run, ingest
from rag.settings import load
from rag.wiring import open_service

_ALWAYS_SHOWN = {"added", "changed", "removed", "unchanged", "failed"}


def run(
    places: Sequence[Place],
    *,
    data: Path | None,
    collection: str,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    rebuild: bool = False,
    watch: bool = False,
) -> int:
    """Prints a summary; 1 if a file failed. The others are ingested all the same."""
    patterns = Patterns(include=tuple(include), exclude=tuple(exclude))
    if watch:
        paths = [place for place in places if isinstance(place, Path)]
        if len(paths) < len(places):
            reason = "--watch follows folders; ingest a site or a revision again when it changes"
            print(f"saywhere: {reason}", file=sys.stderr)
            return 2
        return _watch(paths, data=data, collection=collection, patterns=patterns, rebuild=rebuild)
    with open_service(load(data=data), rebuild=rebuild) as service, progress_bar() as progress:
        report = ingest(service, places, collection=collection, patterns=patterns, progress=progress)
    print(summary(report))
    return print_notes(report)


def _watch(
    paths: Sequence[Path], *, data: Path | None, collection: str, patterns: Patterns, rebuild: bool
) -> int:
    """Prints a summary of each sync that changed something, until a signal ends it."""
    stop = Cancellation()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())

    def on_sync(report: Report) -> None:
        print(summary(report), flush=True)
        print_notes(report)

    with open_service(load(data=data), rebuild=rebuild) as service:
        follow(service, paths, stop=stop, collection=collection, patterns=patterns, on_report=on_sync)
    return 0


def preview(
    places: Sequence[Place],
    *,
    data: Path | None,
    collection: str,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> int:
    """Prints what ``run`` would do, a line for each file that would change; writes nothing."""
    patterns = Patterns(include=tuple(include), exclude=tuple(exclude))
    report = dry_run(load(data=data), places, collection=collection, patterns=patterns)
    for verb, names in (
        ("add", report.added),
        ("change", report.changed),
        ("rename", [f"{old} -> {new}" for old, new in report.renamed]),
        ("remove", report.removed),
        ("skip", [*report.skipped, *(f"{uri}: empty" for uri in report.empty)]),
        ("ignore", report.ignored),
    ):
        for name in names:
            print(f"{verb:7}{one_line(name)}")
    print(f"nothing was written; it would be: {summary(report)}")
    return print_notes(report)


def summary(report: Report) -> str:
    """One line of counts; with passages and seconds if anything was written."""
    counts = report.counts()
    if not any(counts.values()):
        return "nothing was found: there is no file to read"
    shown = [(LABELS.get(name, name), n) for name, n in counts.items() if n or name in _ALWAYS_SHOWN]
    line = ", ".join(f"{count} {name}" for name, count in shown)
    if report.near_duplicates:
        line += f"; {len(report.near_duplicates)} groups of near-duplicates (saywhere report names them)"
    if not report.passages:
        return line
    seconds = report.read_seconds + report.write_seconds
    return f"{line}: {report.passages} passages in {seconds:.1f} s"


def print_notes(report: Report) -> int:
    """Prints what was left out of files that were read, and the reason of each failure; 1 if there is any."""
    for left_out in report.notes:
        print(f"saywhere: {one_line(left_out.uri)}: {one_line(left_out.text)}", file=sys.stderr)
    for failure in report.failed:
        note = " (its earlier version stays)" if failure.has_earlier_version else ""
        print(f"saywhere: {one_line(failure.reason)}{note}", file=sys.stderr)
    return 1 if report.failed else 0


@contextmanager
def progress_bar() -> Iterator[Callable[[IngestProgress], None]]:
    """A bar on standard error with rate and time left; only on a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    start = monotonic()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None, rate="")

        def show(done: IngestProgress) -> None:
            rate = f"{done.passages / max(0.1, monotonic() - start):.0f} passages/s"
            bar.update(task, completed=done.written, total=done.total, rate=rate)

        yield show
