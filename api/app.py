"""The HTTP face of an opened service: routes, limits, problems and headers put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import openapi, problems
from api.backend import Backend
from api.routes import ask, collections, documents, feedback, health, jobs, pages, search, widget
from api.security.cors import Cors
from api.security.headers import LastResort, SecurityHeaders
from api.security.hosts import KnownHosts
from api.security.origins import Access, AccessDenied
from api.security.request_limits import BodyLimit, ClientGone, ConcurrencyLimiter
from api.security.write_access import WriteAccess
from api.streaming.job_events import Shutdown
from ingest.jobs import Ingestion
from rag.errors import SaywhereError

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
) -> FastAPI:
    """The ASGI application over an opened service. It doesn't close the service.

    Args:
        hosts: the names it answers to; None: to any.
        ingestion: what takes documents in; None: they can't be written over HTTP.
        local: only this machine can reach the service, so that writing needs no API key.
    """
    app = FastAPI(
        title="Saywhere",
        version=version("saywhere"),
        description=_DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,  # both load their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.backend = backend
    app.state.turns = ConcurrencyLimiter(backend.settings.limits)
    app.state.suggestions = {}  # by collection: the generation they were made of, and they
    access = app.state.access = Access(backend.settings.widget)
    key = backend.settings.api_key
    app.state.writing = WriteAccess(
        key=key.get_secret_value() if key else None, local=local, ingestion=ingestion
    )
    app.state.stopping = Shutdown()
    for module in (ask, search, documents, collections, jobs, feedback, health, widget, pages):
        app.include_router(module.router)
    app.add_exception_handler(SaywhereError, problems.on_our_error)
    app.add_exception_handler(AccessDenied, problems.on_refusal)
    app.add_exception_handler(HTTPException, problems.on_http_error)
    app.add_exception_handler(RequestValidationError, problems.on_invalid_request)
    app.add_exception_handler(ClientGone, _nobody_listens)
    limits = backend.settings.limits
    app.add_middleware(BodyLimit, limit=limits.body_bytes, larger={"/v1/documents": limits.upload_bytes})
    if hosts is not None:
        app.add_middleware(KnownHosts, names=hosts)
    app.add_middleware(LastResort)
    app.add_middleware(Cors, origins=access.origins)
    app.add_middleware(SecurityHeaders)  # added last: outermost
    openapi.describe(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.turns.close()


async def _nobody_listens(_request: Request, _error: Exception) -> Response:
    return Response(status_code=499)  # as nginx logs it; it is never received
