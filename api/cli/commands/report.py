"""``saywhere report``: prints the stored reports of the latest ingests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.cli.commands.terminal import one_line
from rag.errors import StorageError
from rag.ports.jobs import Job
from rag.settings import load
from rag.wiring import open_jobs, place_of

LABELS = {"empty": "skipped: empty"}  # of counts whose names say too little
_VERBS = {"added": "add", "changed": "change", "removed": "remove", "skipped": "skip", "ignored": "ignore"}


def run(*, data: Path | None, number: int, as_json: bool) -> None:
    """Prints the latest runs, newest first; also while a server runs on the folder.

    Raises:
        StorageError: nothing has been ingested there.
    """
    settings = load(data=data)
    with closing(open_jobs(settings)) as store:
        jobs = store.list(limit=number)
    if not jobs:
        raise StorageError(f"no documents have been ingested into {place_of(settings)}")
    if as_json:
        print(json.dumps([asdict(job) for job in jobs], ensure_ascii=False, indent=1))
    else:
        print("\n\n".join("\n".join(_lines(job)) for job in jobs))


def _lines(job: Job) -> Iterator[str]:
    time = (job.ended_at or job.started_at or job.created_at)[:19].replace("T", " ")
    yield f"{job.kind} of collection {one_line(job.collection)}, {job.state} {time} UTC"
    if job.error:
        yield f"  {one_line(job.error)}"
    report: Mapping[str, Any] = job.report
    counts = report.get("counts", {})
    if counts:
        yield "  " + ", ".join(f"{count} {LABELS.get(name, name)}" for name, count in counts.items() if count)
    for name, verb in _VERBS.items():
        yield from (f"  {verb:7}{one_line(uri)}" for uri in report.get(name, ()))
    yield from (f"  skip   {one_line(uri)}: empty" for uri in report.get("empty", ()))
    yield from (f"  rename {one_line(old)} -> {one_line(new)}" for old, new in report.get("renamed", ()))
    for group in report.get("alike", ()):
        names = ", ".join(map(one_line, group["uris"]))
        yield f"  alike  {names} ({group['similarity']:.2f})"
    for note in report.get("notes", ()):
        yield f"  note   {one_line(note['uri'])}: {one_line(note['text'])}"
    for failure in report.get("failed", ()):
        note = " (its earlier version stays)" if failure["kept"] else ""
        yield f"  fail   {one_line(failure['uri'])}: {one_line(failure['reason'])}{note}"
