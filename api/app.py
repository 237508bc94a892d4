"""Builds the HTTP application: routes, middleware and exception handlers over an opened service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.audit import Audit, AuditLog, ServiceAuditLog
from api.backend import Backend
from api.errors import AccessDenied, ClientGone
from api.gap_watch import watching_gaps
from api.openapi.document import complete_openapi
from api.page_views import page_view_limits
from api.problems import handlers
from api.problems.middleware import UnexpectedErrors
from api.recent_answers import RecentAnswers
from api.request_id import RequestIds
from api.routes import (
    admin,
    ask,
    check_grounding,
    collections,
    documents,
    feedback,
    health,
    jobs,
    keys,
    mcp,
    metrics,
    openai,
    originals,
    pages,
    question_log,
    search,
    widget,
)
from api.security.access import Access
from api.security.answer_ids import AnswerIds
from api.security.cors import Cors
from api.security.headers import SecurityHeaders
from api.security.hosts import AllowedHosts
from api.security.origins import AskAccess
from api.security.request_limits import BodyLimit, BodyTimeout, ConcurrencyLimiter, ResponseChunks
from api.security.write_access import WriteAccess
from api.streaming.document_text import Sending
from api.streaming.job_events import Shutdown
from api.suggestion_cache import SuggestionCache
from api.telemetry.requests import Observed
from api.telemetry.state import ServiceState
from api.telemetry.telemetry import Telemetry
from api.telemetry.traces import open_traces
from api.trail import AccessLog
from ingest.jobs import Ingestion
from rag.errors import SaywhereError
from rag.question_log.vectors import RememberedVectors

_ROUTES = (
    ask,
    check_grounding,
    search,
    documents,
    originals,
    collections,
    jobs,
    feedback,
    question_log,
    admin,
    keys,
    openai,
    mcp,
    health,
    metrics,
    widget,
    pages,
)
_FEEDBACK_BYTES = 64_000
_DESCRIPTION = (
    "Answers questions from your documents and says exactly where: every answer is a checkable quote. "
    "Offsets are code points into a document's text. Errors are RFC 9457 problems; each response "
    "carries an X-Request-Id."
)


def create_app(
    backend: Backend,
    *,
    hosts: frozenset[str] | None = None,
    ingestion: Ingestion | None = None,
    local: bool = False,
    open_reading: bool = False,
    audit_log: AuditLog | ServiceAuditLog | None = None,
    worker: int | None = None,
) -> FastAPI:
    """The ASGI application over an opened service, which it doesn't close.

    Args:
        hosts: the host names it answers to; None: any.
        ingestion: the queue of documents to write; None: none can be written over HTTP.
        local: only this machine can reach the service: it may do everything while no credential is set.
        open_reading: whoever reaches the service may ask, search and read, documents with readers excepted.
        audit_log: None: there is none.
        worker: which of several processes at one address this is, for its metrics; None: it is the only one.
    """
    app = FastAPI(
        title="Saywhere",
        version=version("saywhere"),
        description=_DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,  # both pages load scripts from other hosts; /docs is one of ours
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.backend = backend
    app.state.worker = worker
    app.state.limiter = ConcurrencyLimiter(backend.settings.limits)
    telemetry = app.state.telemetry = Telemetry(traces=open_traces(backend.settings.telemetry))
    telemetry.metrics.add(ServiceState(backend, app.state.limiter, ingestion))
    if worker is not None:
        telemetry.metrics.of_worker(worker)
    if ingestion is not None:
        ingestion.ends.subscribe(telemetry.metrics.ingested)
    app.state.sending = Sending()
    app.state.drawing = ConcurrencyLimiter(page_view_limits(backend.settings.limits))
    app.state.question_vectors = RememberedVectors(backend.embedder)
    app.state.suggestions = SuggestionCache(app.state.limiter)
    shared_key = backend.feedback.key()
    ask_access = app.state.ask_access = AskAccess(
        backend.settings.widget,
        backend.settings.feedback,
        token_key=shared_key if backend.settings.database_url is not None else None,
    )
    app.state.recent_answers = RecentAnswers()
    app.state.answer_ids = AnswerIds(shared_key)
    app.state.access = Access(
        backend.settings, backend.access_keys, ask_access, local=local, open_reading=open_reading
    )
    app.state.write_access = WriteAccess(ingestion)
    app.state.shutdown = Shutdown()
    app.state.routes = []
    for module in _ROUTES:
        app.include_router(module.router)
        app.state.routes += module.router.routes
    app.add_exception_handler(SaywhereError, handlers.core_error)
    app.add_exception_handler(AccessDenied, handlers.access_denied)
    app.add_exception_handler(HTTPException, handlers.http_exception)
    app.add_exception_handler(RequestValidationError, handlers.invalid_request)
    app.add_exception_handler(ClientGone, _client_gone)
    limits = backend.settings.limits
    # From the innermost to the outermost: the last one added sees a request first.
    feedback_bytes = min(limits.body_bytes, _FEEDBACK_BYTES)
    limits_by_path = {"/v1/documents": limits.upload_bytes, "/v1/feedback": feedback_bytes}
    app.add_middleware(BodyLimit, limit=limits.body_bytes, limits_by_path=limits_by_path)
    app.add_middleware(BodyTimeout, seconds=limits.body_seconds)
    if hosts is not None:
        app.add_middleware(AllowedHosts, names=hosts)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(Cors, origins=ask_access.origins)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ResponseChunks)
    app.add_middleware(Observed, telemetry=telemetry)
    app.add_middleware(AccessLog)
    if audit_log is not None:
        app.add_middleware(Audit, log=audit_log)
    app.add_middleware(RequestIds)
    is_open = open_reading or bool(backend.settings.access.public)
    complete_openapi(app, backend.settings, has_key=app.state.access.is_protected(), is_open=is_open)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with mcp.serving(app), watching_gaps(app):
        yield
    app.state.suggestions.close()
    app.state.limiter.close()
    app.state.drawing.close()
    app.state.telemetry.close()


async def _client_gone(_request: Request, _error: Exception) -> Response:
    return Response(status_code=499)  # nginx's code for it; no client receives it
