"""Retrieval alone: the passages for a question, without an answer."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.audit import note_documents
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.routes.documents import Filters, parse_filters
from api.security.access import SearchedBackend
from api.security.caller import caller_of
from api.security.request_limits import ConcurrencyLimiter, while_connected
from rag.errors import Busy, DeadlineExceeded, IndexUnavailable, InvalidQuestion, UnknownCollection
from rag.types import DEFAULT_COLLECTION, Question
from rag.wire.convert import passage_out
from rag.wire.searching import SearchOut

router = APIRouter(prefix="/v1", tags=["search"])

_PROBLEMS = problem_responses(
    *ACCESS_ERRORS, InvalidQuestion, UnknownCollection, Busy, IndexUnavailable, DeadlineExceeded,
    statuses=(400,),
)  # fmt: skip


@router.get("/search", responses=_PROBLEMS)
async def search(
    request: Request,
    backend: SearchedBackend,
    q: Annotated[str, Query(description="a question or a few words", examples=["who demanded an apology?"])],
    k: Annotated[int, Query(ge=1, le=100, description="how many passages at most")] = 10,
    collection: str = DEFAULT_COLLECTION,
    filters: Filters = [],  # noqa: B006 (FastAPI copies it)
) -> SearchOut:
    """The best passages for a question, best first."""
    caller_of(request).require_collection(collection)
    limiter: ConcurrencyLimiter = request.app.state.limiter
    question = Question(text=q, collection=collection, filters=parse_filters(filters))
    work = partial(backend.engine.search, question, k)
    candidates = await while_connected(request, limiter.run(work))
    found = {candidate.document.id for candidate in candidates}
    note_documents(request, found, collection=collection)
    return SearchOut(query=q, collection=collection, results=[passage_out(c) for c in candidates])
