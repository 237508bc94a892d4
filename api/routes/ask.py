"""A question in, an answer or an abstention out."""

from __future__ import annotations

import time
from functools import partial

from fastapi import APIRouter, Depends, Request

from api import problems
from api.backend import UsesBackend
from api.content import requires_json
from api.limits import Turns, while_connected
from api.schemas import AnswerOut, AskIn
from api.wire import answer_out, question_in, trace_out
from rag.errors import Busy, DeadlineExceeded, IndexUnavailable, InvalidQuestion, UnknownCollection

router = APIRouter(prefix="/v1", tags=["answers"])

_FAULTS = problems.documented(
    InvalidQuestion, UnknownCollection, Busy, IndexUnavailable, DeadlineExceeded, statuses=(400, 413, 415)
)


@router.post(
    "/ask",
    dependencies=[Depends(requires_json)],
    responses=_FAULTS,
)
async def ask(asked: AskIn, request: Request, backend: UsesBackend) -> AnswerOut:
    """Answers from the documents, with the exact places; or says why they hold no answer.

    An abstention is a 200 with `answered: false`.
    """
    turns: Turns = request.app.state.turns
    deadline = time.monotonic() + turns.seconds
    work = partial(backend.engine.ask, question_in(asked), deadline=deadline)
    outcome = await while_connected(request, turns.run(work))
    if not asked.trace:
        return answer_out(outcome)
    trace = trace_out(outcome.trace, models=backend.models(), index=backend.catalog.fingerprint())
    return answer_out(outcome, trace=trace)
