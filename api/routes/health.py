"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter

from api import problems
from api.backend import UsesBackend
from api.schemas.health import Health, Readiness
from rag.errors import IndexUnavailable, StorageError

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """The process lives; says nothing of its documents."""
    return Health()


@router.get("/readyz", responses=problems.documented(IndexUnavailable))
def readyz(backend: UsesBackend) -> Readiness:
    """Questions can be answered: models are loaded before anything listens, the catalog can be read."""
    try:
        return Readiness(documents=backend.catalog.count())
    except StorageError as error:
        raise IndexUnavailable(str(error)) from error
