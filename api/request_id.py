"""The id of a request, sent back with its response and written to the log with its errors."""

from __future__ import annotations

import re
from contextvars import ContextVar
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-Id"
_SCOPE_KEY = "saywhere.request_id"
_VALID_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CURRENT: ContextVar[str | None] = ContextVar("saywhere_request_id", default=None)


class RequestIds:
    """ASGI middleware that gives each request an id: a proxy's or client's own, if it sent a valid one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent_id = Headers(scope=scope).get(HEADER, "")
        scope[_SCOPE_KEY] = sent_id if _VALID_ID.fullmatch(sent_id) else uuid4().hex

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = scope[_SCOPE_KEY]
            await send(message)

        token = _CURRENT.set(scope[_SCOPE_KEY])
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _CURRENT.reset(token)


def request_id(request: Request) -> str:
    """The id that ``RequestIds`` gave a request."""
    value: str = request.scope.get(_SCOPE_KEY, "unknown")
    return value


def current_request_id() -> str | None:
    """The id of the request that this code runs for, also in its worker's thread; None outside of one."""
    return _CURRENT.get()
