"""What readers thought of answers: put in by the widget, read by the team."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from api import problems
from api.backend import UsesBackend
from api.media_type import requires_json
from api.schemas.convert import feedback_in, feedback_out
from api.schemas.feedback import FeedbackIn, FeedbackList, FeedbackOut
from api.security.origins import OriginRefused, RateLimited, TokenNeeded, UsesAccess
from api.security.write_access import IsTrusted, KeyNeeded, WritingOff
from rag.errors import StorageError, StorageFull

router = APIRouter(prefix="/v1", tags=["feedback"])


@router.post(
    "/feedback",
    dependencies=[Depends(requires_json)],
    responses=problems.documented(
        OriginRefused, TokenNeeded, RateLimited, StorageError, StorageFull, statuses=(400, 413, 415)
    ),
)
async def put(sent: FeedbackIn, request: Request, backend: UsesBackend, access: UsesAccess) -> FeedbackOut:
    """Keeps what a reader thought of an answer; sent again, it takes the earlier one's place."""
    access.admit(request, sent.collection)
    feedback = feedback_in(sent)
    await run_in_threadpool(backend.feedback.put, feedback)
    return feedback_out(feedback)


@router.get(
    "/feedback",
    dependencies=[IsTrusted],
    responses=problems.documented(OriginRefused, WritingOff, KeyNeeded, StorageError, statuses=(400,)),
)
async def listing(
    backend: UsesBackend,
    helpful: Annotated[bool | None, Query(description="only praise, or only complaints")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> FeedbackList:
    """What readers thought, the newest first. For the team, as writing documents is."""
    found = await run_in_threadpool(backend.feedback.list, helpful=helpful, limit=limit)
    return FeedbackList(feedback=[feedback_out(f) for f in found])
