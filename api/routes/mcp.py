"""The Model Context Protocol over HTTP at ``/mcp``: streamable HTTP, stateless, answers in JSON.

For programs: a page of another site is refused. Where the SDK (the extra ``mcp``) isn't installed, there is
nothing at this address.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from api.backend import Backend
from api.errors import OriginRefused
from api.links import Links
from api.security.origins import foreign_origin

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

router = APIRouter(include_in_schema=False)


@router.post("/mcp")
async def mcp(request: Request) -> Response:
    """One message of a client, answered by itself."""
    if foreign_origin(request.headers) is not None:
        raise OriginRefused("this is for programs, not for pages of other sites")
    manager: StreamableHTTPSessionManager | None = getattr(request.app.state, "mcp", None)
    if manager is None:
        raise HTTPException(404)
    return _Handled(manager)


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

    server = build_server(LocalService(backend, app.state.limiter, app.state.telemetry), links)
    server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        max_request_body_size=backend.settings.limits.body_bytes,
        # Host and Origin are checked for every route alike (api/security).
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return server.session_manager


class _Handled(Response):
    """A response that the SDK writes."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        super().__init__()
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._manager.handle_request(scope, receive, send)
