"""Checking a text: whether the documents, or given texts, support each of its sentences."""

from __future__ import annotations

import time

from fastapi import APIRouter, Depends, Request

from api.errors import OriginRefused, RateLimited, TokenNeeded
from api.media_type import requires_json
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.security.access import AskedBackend
from api.security.origins import UsesAskAccess
from api.security.request_limits import ConcurrencyLimiter, while_connected
from rag.errors import (
    Busy,
    DeadlineExceeded,
    IndexUnavailable,
    InvalidText,
    UnknownCollection,
    UnknownDocument,
)
from rag.grounding.service import Grounding, GroundingChecker
from rag.wire.grounding import CheckGroundingIn, GroundingOut, grounding_in, grounding_out

router = APIRouter(prefix="/v1", tags=["answers"])

_PROBLEMS = problem_responses(
    InvalidText, UnknownCollection, UnknownDocument, Busy, IndexUnavailable, DeadlineExceeded,
    *ACCESS_ERRORS, OriginRefused, TokenNeeded, RateLimited, statuses=(400, 413, 415),
)  # fmt: skip


@router.post("/check-grounding", dependencies=[Depends(requires_json)], responses=_PROBLEMS)
async def check_grounding(
    body: CheckGroundingIn, request: Request, backend: AskedBackend, access: UsesAskAccess
) -> GroundingOut:
    """Tells for each sentence of a text whether it is supported, and cites the exact places.

    It is checked against the documents and texts of the request; without any, against passages that are
    retrieved for each sentence. A sentence is supported where none of its numbers, units, dates, names and
    negations is missing in the places it rests on and the score is high enough.
    """
    access.admit(request, body.collection)
    limiter: ConcurrencyLimiter = request.app.state.limiter
    deadline = time.monotonic() + limiter.seconds
    checker = GroundingChecker(
        backend.engine, backend.catalog, characters=backend.settings.limits.checked_characters
    )

    def work() -> Grounding:
        return checker.check(grounding_in(body), deadline=deadline)

    return grounding_out(await while_connected(request, limiter.run(work)))
