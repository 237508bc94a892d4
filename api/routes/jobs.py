"""Jobs of ingestion: their state, by polling or as server-sent events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api import trail
from api.errors import OriginRefused
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.schemas.convert import job_out
from api.security.caller import caller_of
from api.security.write_access import Writer
from api.streaming.events import EVENT_SCHEMA, MEDIA_TYPE
from api.streaming.job_events import job_events
from ingest.jobs import Ingestion
from rag.errors import JobOver, StorageFull, UnknownJob
from rag.ports.jobs import Job
from rag.wire.jobs import JobList, JobOut

router = APIRouter(prefix="/v1", tags=["jobs"])


@router.get("/jobs", responses=problem_responses(OriginRefused, *ACCESS_ERRORS, statuses=(400,)))
def listing(request: Request, ingestion: Writer, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> JobList:
    """The latest jobs, newest first, those of the command line included. Without their results."""
    view = caller_of(request).view
    jobs = [job for job in ingestion.store.list(limit=limit) if view.has(job.collection)]
    return JobList(jobs=[job_out(job, results=False) for job in jobs])


@router.get(
    "/jobs/{job_id}",
    responses=problem_responses(UnknownJob, OriginRefused, *ACCESS_ERRORS, statuses=(400,)),
)
def job(job_id: str, request: Request, ingestion: Writer) -> JobOut:
    """A job's progress, and the result of each document so far."""
    return job_out(_job(job_id, request, ingestion))


@router.delete(
    "/jobs/{job_id}",
    status_code=202,
    responses=problem_responses(
        UnknownJob, JobOver, OriginRefused, *ACCESS_ERRORS, StorageFull, statuses=(400,)
    ),
)
def cancel(job_id: str, request: Request, ingestion: Writer) -> JobOut:
    """Cancels a job: at once if it is queued, before its next write if it runs.

    Its `state` becomes `cancelled`. Documents that it has written stay, and its `results` name them.
    """
    _job(job_id, request, ingestion)
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
        **problem_responses(UnknownJob, OriginRefused, *ACCESS_ERRORS),
    },
)
async def events(job_id: str, request: Request, ingestion: Writer) -> StreamingResponse:
    """The job as server-sent events: `progress` after each batch, `done` at the end."""
    await run_in_threadpool(_job, job_id, request, ingestion)
    states = job_events(ingestion, job_id, request.app.state.shutdown)
    return StreamingResponse(states, media_type=MEDIA_TYPE)


def _job(job_id: str, request: Request, ingestion: Ingestion) -> Job:
    """The job. Raises UnknownJob, also where it is of a collection that the caller isn't for."""
    job = ingestion.store.get(job_id)
    if not caller_of(request).view.has(job.collection):
        raise UnknownJob(f"there is no job {job_id!r}")
    return job
