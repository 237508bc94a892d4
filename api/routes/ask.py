"""Asking: an answer or an abstention, whole or as a stream of events."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from api.asking import ask_engine
from api.audit import note_documents
from api.backend import Backend
from api.errors import OriginRefused, RateLimited, TokenNeeded
from api.json_body import BoundedJsonRoute
from api.media_type import requires_json
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.problems.handlers import stream_problem
from api.recent_answers import RecentAnswers
from api.security.access import AskedBackend
from api.security.answer_ids import UsesAnswerIds
from api.security.origins import UsesAskAccess
from api.security.request_limits import ConcurrencyLimiter, while_connected
from api.streaming import events
from api.streaming.question_steps import final_outcome, follow_steps
from api.telemetry.telemetry import Telemetry
from rag.errors import Busy, DeadlineExceeded, IndexUnavailable, InvalidQuestion, UnknownCollection
from rag.types import Outcome, Progress
from rag.wire.asking import AnswerOut, AskIn
from rag.wire.convert import outcome_out, question_in, trace_out

router = APIRouter(prefix="/v1", tags=["answers"], route_class=BoundedJsonRoute)

_PROBLEMS = problem_responses(
    InvalidQuestion, UnknownCollection, Busy, IndexUnavailable, DeadlineExceeded,
    *ACCESS_ERRORS, OriginRefused, TokenNeeded, RateLimited, statuses=(400, 408, 413, 415),
)  # fmt: skip
_STREAM: dict[int | str, Any] = {
    200: {
        "content": {
            events.MEDIA_TYPE: {
                "schema": events.EVENT_SCHEMA,
                "example": 'event: retrieved\ndata: {"passages":3}\n\n',
            }
        }
    }
}


@router.post(
    "/ask", dependencies=[Depends(requires_json)], responses=_PROBLEMS | _STREAM, response_model=AnswerOut
)
async def ask(
    body: AskIn, request: Request, backend: AskedBackend, access: UsesAskAccess, ids: UsesAnswerIds
) -> AnswerOut | Response:
    """Answers from the documents with exact citations, or abstains with a reason.

    An answer is composed of exact quotes in the unit that the question asks for: a short answer, yes or no,
    sentences, a list, steps, rows of a table, a definition or a section; with `drafted: true` it is in an
    LLM's words, each statement checked against the quotes that it cites. `certainty: likely` marks an answer
    that a person should check. An abstention is a 200 with `answered: false`.

    With `stream`, the response is server-sent events: `retrieved`, then `answer` and a `statement` with
    citations for each of its parts, or `abstained`; then `done` with the whole answer. Where an LLM is set
    that may draft, each of its statements comes as `drafted` once it is verified, before `answer`; the answer
    may still be another one. An error before the first event is a response with its own status; a later one
    is an `error` event with the problem. Closing the connection ends the work.
    """
    access.admit(request, body.collection)
    limiter: ConcurrencyLimiter = request.app.state.limiter
    recent: RecentAnswers = request.app.state.recent_answers
    deadline = time.monotonic() + limiter.seconds
    answer_id = ids.issue()

    def work(observe: Callable[[Progress], None]) -> Outcome:
        question = question_in(body)
        telemetry: Telemetry = request.app.state.telemetry
        return ask_engine(
            backend,
            question,
            deadline=deadline,
            observe=observe,
            answer_id=answer_id,
            telemetry=telemetry,
        )

    def to_wire(outcome: Outcome) -> AnswerOut:
        answer = _answer_out(outcome, body, backend).model_copy(update={"id": answer_id})
        recent.add(body.collection, answer)
        cited = {citation.document_id for citation in answer.citations}
        note_documents(request, cited, collection=body.collection, answer=answer_id)
        return answer

    if not body.stream:
        return to_wire(await while_connected(request, final_outcome(limiter, work)))
    steps = follow_steps(limiter, work)
    first = await while_connected(request, anext(steps))
    return StreamingResponse(
        _events(first, steps, to_wire, request),
        media_type=events.MEDIA_TYPE,
        headers={"X-Accel-Buffering": "no"},  # nginx would buffer them
    )


def _answer_out(outcome: Outcome, body: AskIn, backend: Backend) -> AnswerOut:
    if not body.trace:
        return outcome_out(outcome)
    trace = trace_out(outcome.trace, models=backend.models(), index=backend.catalog.fingerprint())
    return outcome_out(outcome, trace=trace)


async def _events(
    first: Progress | Outcome,
    steps: AsyncGenerator[Progress | Outcome],
    to_wire: Callable[[Outcome], AnswerOut],
    request: Request,
) -> AsyncIterator[str]:
    """The events of the first step, of what is made later, and of the outcome."""
    try:
        item: Progress | Outcome = first
        while isinstance(item, Progress):
            for line in events.of_progress(item):
                yield line
            item = await anext(steps)
        for line in events.of_answer(to_wire(item)):
            yield line
    except Exception as error:  # noqa: BLE001 (logged; the response has begun)
        yield events.event("error", stream_problem(request, error))
    finally:
        await steps.aclose()
