"""Who may read metrics: the one place that decides it."""

from __future__ import annotations

from typing import cast

from fastapi import Depends, Request

from api.security.write_access import WriteAccess
from rag.ports.access_keys import Scope


async def _admit_to_metrics(request: Request) -> None:
    """Who has the scope ``metrics``, or this machine where no credential is set."""
    await cast(WriteAccess, request.app.state.write_access).admit(request, Scope.METRICS)


RequiresMetrics = Depends(_admit_to_metrics)
"""The dependency of a route that gives metrics."""
