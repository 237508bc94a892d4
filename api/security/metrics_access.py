"""Who may read metrics: the one place that decides it."""

from __future__ import annotations

from fastapi import Depends, Request

from api.security.write_access import WriteAccess


async def _admit_to_metrics(request: Request) -> None:
    """As for the team's API: the API key, or this machine where there is none."""
    access: WriteAccess = request.app.state.write_access
    access.admit_team(request)


RequiresMetrics = Depends(_admit_to_metrics)
"""The dependency of a route that gives metrics."""
