"""The passages nearest to a question, without reading them for an answer."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request

from api import problems
from api.backend import UsesBackend
from api.routes.documents import Filters, filters_in
from api.security.request_limits import ConcurrencyLimiter, while_connected
from rag.errors import Busy, DeadlineExceeded, IndexUnavailable, InvalidQuestion, UnknownCollection
from rag.types import DEFAULT_COLLECTION, Question
from rag.wire.convert import passage_out
from rag.wire.searching import SearchOut

router = APIRouter(prefix="/v1", tags=["search"])

_FAULTS = problems.documented(
    InvalidQuestion, UnknownCollection, Busy, IndexUnavailable, DeadlineExceeded, statuses=(400,)
)


@router.get("/search", responses=_FAULTS)
async def search(
    request: Request,
    backend: UsesBackend,
    q: Annotated[str, Query(description="a question or a few words", examples=["who demanded an apology?"])],
    k: Annotated[int, Query(ge=1, le=100, description="how many passages at most")] = 10,
    collection: str = DEFAULT_COLLECTION,
    filters: Filters = [],  # noqa: B006 (FastAPI copies it)
) -> SearchOut:
    """The best passages for a question, best first."""
    turns: ConcurrencyLimiter = request.app.state.turns
    work = partial(
        backend.engine.search, Question(text=q, collection=collection, filters=filters_in(filters)), k
    )
    found = await while_connected(request, turns.run(work))
    return SearchOut(query=q, collection=collection, results=[passage_out(c) for c in found])
