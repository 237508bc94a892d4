"""A stored source in one line, for the command line and the team's page."""

from __future__ import annotations

from datetime import datetime

from ingest.sources.interval import interval_text
from ingest.sources.stored import Outcome, StoredSource


def source_line(source: StoredSource) -> str:
    """Where a source is, how its last sync went, and when the next one is due."""
    return "; ".join(
        (f"{source.name}: {source.place} into {source.collection}", _last(source), _next(source))
    )


def _last(source: StoredSource) -> str:
    last = source.last
    if last is None:
        return "never synced"
    at = _time(last.ended_at or last.started_at)
    counts = ", ".join(f"{count} {name}" for name, count in last.counts.items()) or "nothing found"
    match last.outcome:
        case Outcome.DONE:
            return f"synced {at}: {counts}"
        case Outcome.FAILED:
            return f"failed {at}: {last.error}"
        case _:
            return f"{last.outcome} {at}"


def _next(source: StoredSource) -> str:
    if source.wanted is not None:
        return f"{source.wanted} asked for"
    if source.every is None or source.next_at is None:
        return "synced when asked for"
    return f"every {interval_text(source.every)}, next {_time(source.next_at)}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
