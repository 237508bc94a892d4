"""Ingestion under way and done: by polling, or as events while it goes on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api import problems
from api.schemas.convert import job_out
from api.schemas.jobs import JobList, JobOut
from api.security.write_access import ReadsJobs, WritingOff
from api.streaming.job_events import MEDIA_TYPE, follow
from rag.errors import UnknownJob

router = APIRouter(prefix="/v1", tags=["jobs"])


@router.get("/jobs", responses=problems.documented(WritingOff, statuses=(400,)))
def listing(ingestion: ReadsJobs, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> JobList:
    """The latest jobs, newest first, those of the command line among them. Without their results."""
    return JobList(jobs=[job_out(job, results=False) for job in ingestion.store.list(limit=limit)])


@router.get("/jobs/{job_id}", responses=problems.documented(UnknownJob, WritingOff, statuses=(400,)))
def job(job_id: str, ingestion: ReadsJobs) -> JobOut:
    """How far a job is, and what became of each document so far."""
    return job_out(ingestion.store.get(job_id))


@router.get(
    "/jobs/{job_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {"content": {MEDIA_TYPE: {}}, "description": "`progress` events, then one `done`"},
        **problems.documented(UnknownJob, WritingOff),
    },
)
async def events(job_id: str, request: Request, ingestion: ReadsJobs) -> StreamingResponse:
    """The job as server-sent events: `progress` with each batch written, `done` at its end."""
    await run_in_threadpool(ingestion.store.get, job_id)
    return StreamingResponse(follow(ingestion, job_id, request.app.state.stopping), media_type=MEDIA_TYPE)
