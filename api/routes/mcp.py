"""The Model Context Protocol over HTTP at ``/mcp``: streamable HTTP, stateless, answers in JSON.

For programs: a page of another site is refused. Where the SDK (the extra ``mcp``) isn't installed, there is
nothing at this address.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from api.backend import Backend
from api.errors import OriginRefused
from api.links import Links
from api.security.access import access_of
from api.security.caller import caller_of
from api.security.origins import foreign_origin
from rag.ports.access_keys import Scope as AccessScope

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

router = APIRouter(include_in_schema=False)

_REQUEST: ContextVar[Request] = ContextVar("saywhere.mcp.request")
"""The request that is handled: the SDK's own tasks have the context of the one that starts them."""


@router.post("/mcp")
async def mcp(request: Request) -> Response:
    """One message of a client, answered by itself."""
    if foreign_origin(request.headers) is not None:
        raise OriginRefused("this is for programs, not for pages of other sites")
    access = access_of(request)
    caller = await access.identify(request)
    access.require(caller, request, AccessScope.ASK, AccessScope.SEARCH)
    manager: StreamableHTTPSessionManager | None = getattr(request.app.state, "mcp", None)
    if manager is None:
        raise HTTPException(404)
    return _Handled(manager, request)


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[None]:
    """Answers at ``/mcp`` while the block runs, if the SDK is installed."""
    app.state.mcp = None
    if find_spec("mcp") is None:
        yield
        return
    manager = _manager(app)
    async with manager.run():
        app.state.mcp = manager
        yield
    app.state.mcp = None


def _manager(app: FastAPI) -> StreamableHTTPSessionManager:
    from mcp.server.transport_security import TransportSecuritySettings

    from api.mcp.server import build_server
    from api.mcp.service import LocalService

    backend: Backend = app.state.backend

    def links(request: Request | None) -> Links:
        here = str(request.base_url) if request is not None else None
        return Links(backend.settings.public_url or here)

    server = build_server(LocalService(partial(_seen, app), app.state.limiter, app.state.telemetry), links)
    server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        max_request_body_size=backend.settings.limits.body_bytes,
        # Host and Origin are checked for every route alike (api/security).
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return server.session_manager


def _seen(app: FastAPI, collection: str | None, *scopes: AccessScope) -> Backend:
    """The service as the caller of the request that is handled may see it."""
    request = _REQUEST.get()
    caller = caller_of(request)
    access_of(request).require(caller, request, *scopes)
    if collection is not None:
        caller.require_collection(collection)
    return cast(Backend, app.state.backend).seen_by(caller.view)


class _Handled(Response):
    """A response that the SDK writes."""

    def __init__(self, manager: StreamableHTTPSessionManager, request: Request) -> None:
        super().__init__()
        self._manager = manager
        self._request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _REQUEST.set(self._request)
        try:
            await self._manager.handle_request(scope, receive, send)
        finally:
            _REQUEST.reset(token)
