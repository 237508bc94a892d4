"""The question log, for the team: gaps, their evaluation cases, and what is asked most."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api import trail
from api.backend import Backend
from api.errors import AccessDenied, OriginRefused
from api.gap_cases import FILE, add_case
from api.json_body import BoundedJsonRoute
from api.media_type import requires_json
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.schemas.convert import gap_out, usage_out
from api.schemas.question_log import CaseIn, CaseOut, GapList, UsageOut
from api.security.access import UsesBackend
from api.security.write_access import RequiresTeam
from evals.cases.add import ExpectedAnswer
from rag.errors import SaywhereError, StorageError, StorageFull
from rag.question_log.gaps import Gap, find_gap, find_gaps
from rag.question_log.usage import usage_of
from rag.question_log.vectors import RememberedVectors
from rag.types import DEFAULT_COLLECTION

router = APIRouter(prefix="/v1", tags=["question log"], route_class=BoundedJsonRoute)

_PROBLEMS: tuple[type[SaywhereError | AccessDenied], ...] = (OriginRefused, *ACCESS_ERRORS, StorageError)


@router.get("/gaps", dependencies=[RequiresTeam], responses=problem_responses(*_PROBLEMS, statuses=(400,)))
def gaps(
    request: Request,
    backend: UsesBackend,
    collection: Annotated[str | None, Query(description="only this collection")] = None,
    is_open: Annotated[bool | None, Query(alias="open", description="only open ones, or only closed")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> GapList:
    """Questions that were not answered, grouped by meaning. Empty where questions aren't logged.

    Once documents have changed, open questions are asked again: a gap closes when each of its wordings is
    answered.
    """
    found = [gap for gap in _gaps(request, backend, collection) if is_open in (None, gap.is_open)]
    settings = backend.settings.question_log
    return GapList(
        enabled=settings.enabled,
        days=settings.days,
        gaps=[gap_out(gap, backend.catalog) for gap in found[:limit]],
    )


@router.post(
    "/gaps/{gap_id}/case",
    dependencies=[RequiresTeam, Depends(requires_json)],
    responses=problem_responses(*_PROBLEMS, StorageFull, statuses=(400, 404, 408, 413, 415)),
)
async def make_case(gap_id: str, body: CaseIn, request: Request, backend: UsesBackend) -> CaseOut:
    """Makes a gap an evaluation case in the file `cases.jsonl` of the data folder."""

    def work() -> CaseOut:
        gap = find_gap(_gaps(request, backend, None), gap_id)
        if gap is None:
            raise HTTPException(404, "there is no such gap")
        expected = ExpectedAnswer(answers=body.answers, unanswerable_kind=body.unanswerable)
        row, added = add_case(backend.settings.data / FILE, gap, expected)
        return CaseOut(case=row, added=added, file=FILE)

    made = await run_in_threadpool(work)
    trail.record("case", request, gap=gap_id, added=made.added)
    return made


@router.get("/usage", dependencies=[RequiresTeam], responses=problem_responses(*_PROBLEMS, statuses=(400,)))
def usage(request: Request, backend: UsesBackend, collection: str = DEFAULT_COLLECTION) -> UsageOut:
    """What is asked of a collection most, what readers disliked, and documents that no answer cited.

    Empty where questions aren't logged.
    """
    log = backend.question_log.list(collection)
    figures = usage_of(log, backend.catalog.list(collection) if log else [], _vectors(request))
    return usage_out(figures, collection, backend.settings.question_log)


def _gaps(request: Request, backend: Backend, collection: str | None) -> list[Gap]:
    log = backend.question_log.list(collection)
    return find_gaps(log, _vectors(request), now=datetime.now(UTC))


def _vectors(request: Request) -> RememberedVectors:
    return cast(RememberedVectors, request.app.state.question_vectors)
