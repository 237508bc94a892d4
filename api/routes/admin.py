"""For the team's page: the service's state, and where a question got lost."""

from __future__ import annotations

import time
from importlib.metadata import version

from fastapi import APIRouter, Depends, Request

from api.errors import AccessDenied, OriginRefused
from api.json_body import BoundedJsonRoute
from api.media_type import requires_json
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.schemas.admin import ExplainIn, ExplanationOut, LimitsOut, LossOut, StatusOut
from api.security.access import UsesBackend
from api.security.request_limits import ConcurrencyLimiter, while_connected
from api.security.write_access import RequiresTeam, UsesWriteAccess
from api.source_lines import source_line
from ingest.scheduled import stored_sources
from rag.errors import (
    Busy,
    DeadlineExceeded,
    IndexUnavailable,
    InvalidQuestion,
    SaywhereError,
    StorageError,
    UnknownCollection,
)
from rag.explanation.corpus import Corpus
from rag.explanation.stages import explain_stages
from rag.explanation.why_not import why_not
from rag.types import Question
from rag.wire.convert import outcome_out

router = APIRouter(prefix="/v1", tags=["team"], route_class=BoundedJsonRoute)

_PROBLEMS: tuple[type[SaywhereError | AccessDenied], ...] = (OriginRefused, *ACCESS_ERRORS, StorageError)


@router.get("/status", dependencies=[RequiresTeam], responses=problem_responses(*_PROBLEMS))
def status(backend: UsesBackend, access: UsesWriteAccess) -> StatusOut:
    """The state of the service: readiness, indexes, models, limits. For the team, as writing is."""
    catalog, limits = backend.catalog, backend.settings.limits
    return StatusOut(
        version=version("saywhere"),
        ready=_is_ready(backend),
        writable=access.is_writable,
        documents=catalog.count(),
        collections=len(catalog.collections()),
        generation=catalog.generation(),
        models=backend.models(),
        index=catalog.fingerprint(),
        indexes=backend.index_states(),
        notes=list(backend.notes),
        question_log=backend.settings.question_log.enabled,
        sources=_sources(backend),
        limits=LimitsOut(
            document_bytes=limits.document_bytes,
            upload_bytes=limits.upload_bytes,
            upload_files=limits.upload_files,
        ),
    )


@router.post(
    "/explain",
    dependencies=[RequiresTeam, Depends(requires_json)],
    responses=problem_responses(
        *_PROBLEMS, InvalidQuestion, UnknownCollection, Busy, IndexUnavailable, DeadlineExceeded,
        statuses=(400, 408, 413, 415),
    ),
)  # fmt: skip
async def explain(body: ExplainIn, request: Request, backend: UsesBackend) -> ExplanationOut:
    """How an answer comes about, stage by stage; and at which one an expected passage is lost.

    The question isn't logged.
    """
    limiter: ConcurrencyLimiter = request.app.state.limiter
    deadline = time.monotonic() + limiter.seconds

    def work() -> ExplanationOut:
        question = Question(text=body.question, collection=body.collection)
        outcome = backend.engine.ask(question, deadline=deadline)
        corpus = Corpus(backend.catalog, body.collection)
        loss = None if body.expected is None else why_not(body.expected, outcome, corpus)
        return ExplanationOut(
            answer=outcome_out(outcome),
            stages=explain_stages(outcome, corpus),
            expected=None if loss is None else LossOut(stage=loss.stage, lines=list(loss.lines)),
        )

    return await while_connected(request, limiter.run(work))


def _sources(backend: UsesBackend) -> list[str]:
    try:
        return [source_line(source) for source in stored_sources(backend.settings).list()]
    except StorageError as error:
        return [str(error)]


def _is_ready(backend: UsesBackend) -> bool:
    try:
        backend.check_ready()
    except StorageError:
        return False
    return True
