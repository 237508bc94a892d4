"""Metrics in Prometheus' form."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from api.errors import OriginRefused
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.security.metrics_access import RequiresMetrics
from api.telemetry.telemetry import Telemetry

router = APIRouter(tags=["health"])


@router.get(
    "/metrics",
    dependencies=[RequiresMetrics],
    response_class=PlainTextResponse,
    responses=problem_responses(OriginRefused, *ACCESS_ERRORS),
)
def metrics(request: Request) -> Response:
    """Metrics in the text form of Prometheus, or of OpenMetrics where `Accept` names it. Needs the scope
    `metrics`."""
    telemetry: Telemetry = request.app.state.telemetry
    body, media_type = telemetry.metrics.exposition(request.headers.get("accept", ""))
    return Response(body, headers={"Content-Type": media_type})
