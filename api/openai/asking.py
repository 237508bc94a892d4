"""Asks the engine for a request in OpenAI's form, under the same limits as ``/v1/ask``."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from functools import partial

from starlette.requests import Request

from api.asking import ask_engine
from api.backend import Backend
from api.security.request_limits import ConcurrencyLimiter, while_connected
from api.streaming.question_steps import final_outcome, follow_steps
from api.telemetry.telemetry import Telemetry
from rag.types import Outcome, Progress, Question
from rag.wire.asking import AnswerOut
from rag.wire.convert import outcome_out


async def whole_answer(request: Request, backend: Backend, question: Question) -> AnswerOut:
    """The answer or abstention.

    Raises:
        ClientGone: the client disconnected.
        SaywhereError: whatever the engine or the limits raise.
    """
    limiter: ConcurrencyLimiter = request.app.state.limiter
    work = partial(_work, backend, question, time.monotonic() + limiter.seconds, request.app.state.telemetry)
    return outcome_out(await while_connected(request, final_outcome(limiter, work)))


class AnswerSteps:
    """The answer to a question whose first step has ended, so that it can be asked."""

    def __init__(self, first: Progress | Outcome, steps: AsyncGenerator[Progress | Outcome]) -> None:
        self._first = first
        self._steps = steps

    @classmethod
    async def begin(cls, request: Request, backend: Backend, question: Question) -> AnswerSteps:
        """Waits for the first step; raises as ``whole_answer`` does."""
        limiter: ConcurrencyLimiter = request.app.state.limiter
        work = partial(
            _work, backend, question, time.monotonic() + limiter.seconds, request.app.state.telemetry
        )
        steps = follow_steps(limiter, work)
        return cls(await while_connected(request, anext(steps)), steps)

    async def answer(self) -> AnswerOut:
        """Waits for the answer; raises SaywhereError."""
        item = self._first
        while isinstance(item, Progress):
            item = await anext(self._steps)
        return outcome_out(item)

    async def close(self) -> None:
        """Ends the work, where it isn't over."""
        await self._steps.aclose()


def _work(
    backend: Backend,
    question: Question,
    deadline: float,
    telemetry: Telemetry,
    observe: Callable[[Progress], None],
) -> Outcome:
    return ask_engine(backend, question, deadline=deadline, observe=observe, telemetry=telemetry)
