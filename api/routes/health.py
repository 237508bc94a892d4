"""Liveness and readiness."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.errors import KeyNeeded, RateLimited
from api.openapi.problem_responses import problem_responses
from api.problems import handlers
from api.problems.kinds import kind_of
from api.readiness import is_ready, parts
from api.schemas.health import Health, PartOut, Readiness
from api.security.access import UsesBackend
from rag.errors import IndexUnavailable, StorageError

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """The process runs. Says nothing about its documents."""
    return Health()


@router.get(
    "/readyz",
    responses=problem_responses(IndexUnavailable, KeyNeeded, RateLimited),
    response_model=Readiness,
)
def readyz(request: Request, backend: UsesBackend) -> Readiness | Response:
    """The service can answer: its models are loaded before it listens, the catalog can be read, and no index
    is broken or being rebuilt. `parts` says of each why it isn't ready, also in the problem."""
    found = parts(backend)
    out = [PartOut(name=part.name, ready=part.ready, reason=part.reason) for part in found]
    if is_ready(found):
        try:
            return Readiness(documents=backend.catalog.count(), parts=out)
        except StorageError as error:
            raise IndexUnavailable(str(error)) from error
    detail = "; ".join(f"{part.name}: {part.reason}" for part in found if part.needed and not part.ready)
    return handlers.response(kind_of(IndexUnavailable), request, detail=detail, parts=out)
