"""A question in, an answer or an abstention out; at once, or as it comes about."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from api import problems
from api.backend import Backend, UsesBackend
from api.media_type import requires_json
from api.security.origins import OriginRefused, RateLimited, TokenNeeded, UsesAccess
from api.security.request_limits import ConcurrencyLimiter, while_connected
from api.streaming import events
from api.streaming.question_steps import follow, outcome
from rag.errors import Busy, DeadlineExceeded, IndexUnavailable, InvalidQuestion, UnknownCollection
from rag.types import Outcome, Step
from rag.wire.asking import AnswerOut, AskIn
from rag.wire.convert import outcome_out, question_in, trace_out

router = APIRouter(prefix="/v1", tags=["answers"])

_FAULTS = problems.documented(
    InvalidQuestion, UnknownCollection, Busy, IndexUnavailable, DeadlineExceeded,
    OriginRefused, TokenNeeded, RateLimited, statuses=(400, 413, 415),
)  # fmt: skip
_STREAM: dict[int | str, Any] = {
    200: {
        "content": {
            events.MEDIA_TYPE: {
                "schema": {"type": "string"},
                "example": 'event: retrieved\ndata: {"passages":3}\n\n',
            }
        }
    }
}


@router.post(
    "/ask", dependencies=[Depends(requires_json)], responses=_FAULTS | _STREAM, response_model=AnswerOut
)
async def ask(
    asked: AskIn, request: Request, backend: UsesBackend, access: UsesAccess
) -> AnswerOut | Response:
    """Answers from the documents, with the exact places; or says why they hold no answer.

    An abstention is a 200 with `answered: false`. With `stream`, server-sent events tell `retrieved`,
    then `answer` and each `statement` with its citations, or `abstained`; `done` holds the answer
    whole. What goes wrong before the first of them is a status as ever, later an `error` event with the
    problem. A client that goes away ends the work on its question.
    """
    access.admit(request, asked.collection)
    turns: ConcurrencyLimiter = request.app.state.turns
    deadline = time.monotonic() + turns.seconds

    def work(observe: Callable[[Step], None]) -> Outcome:
        return backend.engine.ask(question_in(asked), deadline=deadline, observe=observe)

    def told(found: Outcome) -> AnswerOut:
        return _told(found, asked, backend)

    if not asked.stream:
        return told(await while_connected(request, outcome(turns, work)))
    steps = follow(turns, work)
    first = await while_connected(request, anext(steps))
    return StreamingResponse(
        _events(first, steps, told, request),
        media_type=events.MEDIA_TYPE,
        headers={"X-Accel-Buffering": "no"},  # nginx would hold them back
    )


def _told(found: Outcome, asked: AskIn, backend: Backend) -> AnswerOut:
    if not asked.trace:
        return outcome_out(found)
    trace = trace_out(found.trace, models=backend.models(), index=backend.catalog.fingerprint())
    return outcome_out(found, trace=trace)


async def _events(
    first: Step | Outcome,
    steps: AsyncGenerator[Step | Outcome],
    told: Callable[[Outcome], AnswerOut],
    request: Request,
) -> AsyncIterator[str]:
    """What is told of the first step and of those after it."""
    try:
        found: Step | Outcome = first
        while isinstance(found, Step):
            for line in events.of_step(found):
                yield line
            found = await anext(steps)
        for line in events.of_answer(told(found)):
            yield line
    except Exception as error:  # noqa: BLE001 (logged; the response has begun)
        yield events.event("error", problems.late(request, error))
    finally:
        await steps.aclose()
