"""The outermost handler of exceptions, for what no other handler took."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import handlers


class UnexpectedErrors:
    """ASGI middleware that answers an unhandled exception with a 500 that reveals nothing of it.

    FastAPI's own handler for ``Exception`` sits outside all middleware, so its response would lack the
    headers that they add.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            await handlers.unexpected(Request(scope), error)(scope, receive, send)
