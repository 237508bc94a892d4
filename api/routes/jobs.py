"""Jobs of ingestion: their state, by polling or as server-sent events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api import trail
from api.errors import KeyNeeded, OriginRefused, WritingOff
from api.openapi.problem_responses import problem_responses
from api.schemas.convert import job_out
from api.security.write_access import JobReader, Writer
from api.streaming.events import EVENT_SCHEMA, MEDIA_TYPE
from api.streaming.job_events import job_events
from rag.errors import JobOver, StorageFull, UnknownJob
from rag.wire.jobs import JobList, JobOut

router = APIRouter(prefix="/v1", tags=["jobs"])


@router.get("/jobs", responses=problem_responses(WritingOff, statuses=(400,)))
def listing(ingestion: JobReader, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> JobList:
    """The latest jobs, newest first, those of the command line included. Without their results."""
    return JobList(jobs=[job_out(job, results=False) for job in ingestion.store.list(limit=limit)])


@router.get("/jobs/{job_id}", responses=problem_responses(UnknownJob, WritingOff, statuses=(400,)))
def job(job_id: str, ingestion: JobReader) -> JobOut:
    """A job's progress, and the result of each document so far."""
    return job_out(ingestion.store.get(job_id))


@router.delete(
    "/jobs/{job_id}",
    status_code=202,
    responses=problem_responses(
        UnknownJob, JobOver, OriginRefused, WritingOff, KeyNeeded, StorageFull, statuses=(400,)
    ),
)
def cancel(job_id: str, request: Request, ingestion: Writer) -> JobOut:
    """Cancels a job: at once if it is queued, before its next write if it runs.

    Its `state` becomes `cancelled`. Documents that it has written stay, and its `results` name them.
    """
    job = ingestion.cancel(job_id)
    trail.record("cancellation", request, job=job_id)
    return job_out(job)


@router.get(
    "/jobs/{job_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {MEDIA_TYPE: {"schema": EVENT_SCHEMA}},
            "description": "`progress` events, then one `done`",
        },
        **problem_responses(UnknownJob, WritingOff),
    },
)
async def events(job_id: str, request: Request, ingestion: JobReader) -> StreamingResponse:
    """The job as server-sent events: `progress` after each batch, `done` at the end."""
    await run_in_threadpool(ingestion.store.get, job_id)
    states = job_events(ingestion, job_id, request.app.state.shutdown)
    return StreamingResponse(states, media_type=MEDIA_TYPE)
