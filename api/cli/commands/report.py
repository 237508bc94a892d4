"""``saywhere report``: what the latest ingests did, as it was kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.cli.commands.terminal import plain
from rag.errors import StorageError
from rag.ports.jobs import Job
from rag.settings import load
from rag.wiring import open_jobs

_VERBS = {"added": "add", "changed": "change", "removed": "remove", "skipped": "skip", "ignored": "ignore"}


def run(*, data: Path | None, number: int, as_json: bool) -> None:
    """Prints the latest runs, newest first; works beside a running server.

    Raises:
        StorageError: nothing was ever ingested there.
    """
    settings = load(data=data)
    with closing(open_jobs(settings)) as jobs:
        found = jobs.list(limit=number)
    if not found:
        raise StorageError(f"no documents have been ingested into {settings.data}")
    if as_json:
        print(json.dumps([asdict(job) for job in found], ensure_ascii=False, indent=1))
    else:
        print("\n\n".join("\n".join(_lines(job)) for job in found))


def _lines(job: Job) -> Iterator[str]:
    when = job.ended_at or job.started_at or job.created_at
    yield f"{job.kind} of collection {plain(job.collection)}, {job.state} {when[:19].replace('T', ' ')} UTC"
    if job.error:
        yield f"  {plain(job.error)}"
    report: Mapping[str, Any] = job.report
    counts = report.get("counts", {})
    if counts:
        yield "  " + ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    for name, verb in _VERBS.items():
        yield from (f"  {verb:7}{plain(uri)}" for uri in report.get(name, ()))
    yield from (f"  rename {plain(old)} -> {plain(new)}" for old, new in report.get("renamed", ()))
    for group in report.get("alike", ()):
        names = ", ".join(map(plain, group["uris"]))
        yield f"  alike  {names} ({group['similarity']:.2f})"
    for failure in report.get("failed", ()):
        kept = " (its earlier version stays)" if failure["kept"] else ""
        yield f"  fail   {plain(failure['uri'])}: {plain(failure['reason'])}{kept}"
