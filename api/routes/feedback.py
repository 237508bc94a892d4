"""Readers' feedback on answers: stored for the widget, listed for the team."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from api.errors import OriginRefused, RateLimited, TokenNeeded, UnknownAnswer
from api.json_body import BoundedJsonRoute
from api.media_type import requires_json
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.recent_answers import RecentAnswers
from api.schemas.convert import feedback_in, feedback_out
from api.schemas.feedback import FeedbackIn, FeedbackList, FeedbackOut
from api.security.access import AskedBackend, UsesBackend
from api.security.answer_ids import UsesAnswerIds
from api.security.origins import UsesAskAccess
from api.security.write_access import RequiresTeam
from rag.errors import StorageError, StorageFull, UnknownCollection

router = APIRouter(prefix="/v1", tags=["feedback"], route_class=BoundedJsonRoute)


@router.post(
    "/feedback",
    dependencies=[Depends(requires_json)],
    responses=problem_responses(
        *ACCESS_ERRORS, UnknownCollection, UnknownAnswer, OriginRefused, TokenNeeded, RateLimited,
        StorageError, StorageFull,
        statuses=(400, 408, 413, 415),
    ),
)  # fmt: skip
async def put(
    body: FeedbackIn, request: Request, backend: AskedBackend, access: UsesAskAccess, ids: UsesAnswerIds
) -> FeedbackOut:
    """Stores a reader's feedback on an answer of this service; a second one on it replaces the first.

    The answer's `id` and `helpful` are enough. Entries are bounded in number and age: the oldest are deleted
    first.
    """
    recent: RecentAnswers = request.app.state.recent_answers
    known = recent.fields(body.answer_id)
    left_out = {name: value for name, value in known.items() if name not in body.model_fields_set}
    body = body.model_copy(update=left_out)
    access.admit(request, body.collection)
    access.count_feedback(request)
    if not ids.is_issued(body.answer_id):
        raise UnknownAnswer("only answers that this service gave can be rated, by the id that each has")
    feedback = feedback_in(body)
    await run_in_threadpool(backend.feedback.put, feedback)
    if backend.settings.question_log.enabled:
        rate = backend.question_log.rate
        await run_in_threadpool(rate, feedback.answer_id, helpful=feedback.helpful)
    return feedback_out(feedback)


@router.get(
    "/feedback",
    dependencies=[RequiresTeam],
    responses=problem_responses(OriginRefused, *ACCESS_ERRORS, StorageError, statuses=(400,)),
)
async def listing(
    backend: UsesBackend,
    helpful: Annotated[bool | None, Query(description="only praise, or only complaints")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> FeedbackList:
    """Feedback, newest first. For the team: the same access as for writing documents."""
    entries = await run_in_threadpool(backend.feedback.list, helpful=helpful, limit=limit)
    return FeedbackList(feedback=[feedback_out(entry) for entry in entries])
