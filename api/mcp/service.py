"""The service as the MCP tools use it: in this process, or a running one through the client."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from starlette.concurrency import run_in_threadpool

from api.asking import ask_engine
from api.backend import Backend
from api.security.request_limits import ConcurrencyLimiter
from api.streaming.question_steps import final_outcome
from api.telemetry.telemetry import Telemetry
from rag.ports.access_keys import Scope
from rag.types import Outcome, Progress, Question
from rag.wire.asking import AnswerOut
from rag.wire.convert import document_out, outcome_out, passage_out
from rag.wire.documents import DocumentOut
from rag.wire.searching import SearchOut


class SeenBackend(Protocol):
    """Gives the service to somebody who has one of these scopes, and may use this collection."""

    def __call__(self, collection: str | None, *scopes: Scope) -> Backend: ...


class Service(Protocol):
    """Answers questions, searches, and reads documents. ``rag.client.AsyncSaywhere`` is one, too."""

    async def ask(self, question: str, *, collection: str) -> AnswerOut: ...

    async def search(self, query: str, k: int, *, collection: str) -> SearchOut: ...

    async def document(self, document_id: str) -> DocumentOut: ...


class LocalService:
    """An opened service in this process; raises SaywhereError, and AccessDenied of some backends.

    Args:
        backend: the service as the caller may see it, who needs one of these scopes and this collection.
        limiter: bounds the work; shared with the other interfaces of the process.
        telemetry: told of each question; None: nobody is.
    """

    def __init__(
        self, backend: SeenBackend, limiter: ConcurrencyLimiter, telemetry: Telemetry | None = None
    ) -> None:
        self._backend = backend
        self._limiter = limiter
        self._telemetry = telemetry

    async def ask(self, question: str, *, collection: str) -> AnswerOut:
        backend = self._backend(collection, Scope.ASK)
        asked = Question(text=question, collection=collection)
        deadline = time.monotonic() + self._limiter.seconds

        def work(observe: Callable[[Progress], None]) -> Outcome:
            return ask_engine(backend, asked, deadline=deadline, observe=observe, telemetry=self._telemetry)

        return outcome_out(await final_outcome(self._limiter, work))

    async def search(self, query: str, k: int, *, collection: str) -> SearchOut:
        backend = self._backend(collection, Scope.SEARCH)
        question = Question(text=query, collection=collection)
        candidates = await self._limiter.run(partial(backend.engine.search, question, k))
        return SearchOut(query=query, collection=collection, results=[passage_out(c) for c in candidates])

    async def document(self, document_id: str) -> DocumentOut:
        catalog = self._backend(None, Scope.ASK, Scope.SEARCH).catalog
        return document_out(await run_in_threadpool(catalog.document, document_id))
