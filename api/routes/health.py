"""Liveness and readiness."""

from __future__ import annotations

from fastapi import APIRouter

from api.errors import KeyNeeded, RateLimited
from api.openapi.problem_responses import problem_responses
from api.schemas.health import Health, Readiness
from api.security.access import UsesBackend
from rag.errors import IndexUnavailable, StorageError

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """The process runs. Says nothing about its documents."""
    return Health()


@router.get("/readyz", responses=problem_responses(IndexUnavailable, KeyNeeded, RateLimited))
def readyz(backend: UsesBackend) -> Readiness:
    """The service can answer: its models are loaded before it listens, the catalog can be read, and no index
    is broken or being rebuilt."""
    try:
        backend.check_ready()
        return Readiness(documents=backend.catalog.count())
    except StorageError as error:
        raise IndexUnavailable(str(error)) from error
