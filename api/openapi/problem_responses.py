"""The ``responses`` of a route that fails with problems, for its OpenAPI entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.errors import AccessDenied, AccessOff, KeyNeeded, NotAllowed, RateLimited
from api.problems.handlers import MEDIA_TYPE
from api.problems.kinds import UNEXPECTED, ProblemKind, kind_of, kind_of_status
from api.schemas.problems import Problem
from rag.errors import SaywhereError

ACCESS_ERRORS: tuple[type[AccessDenied], ...] = (KeyNeeded, AccessOff, NotAllowed, RateLimited)
"""What every route raises that is for those who may use it."""


def problem_responses(
    *errors: type[SaywhereError | AccessDenied], statuses: Sequence[int] = ()
) -> dict[int | str, Any]:
    """OpenAPI responses by status, each with an example for every kind that shares the status.

    Args:
        errors: what the route can raise.
        statuses: further statuses, of errors that are known by status code alone.
    """
    kinds = [*map(kind_of, errors), *map(kind_of_status, statuses), UNEXPECTED]
    by_status: dict[int | str, Any] = {}
    for kind in kinds:
        entry = by_status.setdefault(kind.status, {"description": kind.title, "content": {MEDIA_TYPE: {}}})
        media = entry["content"][MEDIA_TYPE]
        media["schema"] = {"$ref": "#/components/schemas/Problem"}
        media.setdefault("examples", {})[kind.slug] = {"value": _example(kind)}
        if kind.retry_after is not None:
            entry["headers"] = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
    return by_status


def _example(kind: ProblemKind) -> dict[str, Any]:
    return Problem(type=kind.type, title=kind.title, status=kind.status, request_id="5f0c6c1e9a").model_dump(
        exclude_none=True
    )
