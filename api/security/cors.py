"""What pages of other sites may call: the widget's script from anywhere, four routes by allow-list.

https://fetch.spec.whatwg.org/#http-cors-protocol, as Starlette has it. Everything else, the listing of
documents and their text among it, stays out of reach of any other site's page.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_SCRIPT = "/widget.js"
_ROUTES = frozenset({"/v1/ask", "/v1/feedback", "/v1/suggestions", "/v1/tokens", "/healthz"})
_SECONDS = 600  # that a browser remembers a preflight's answer


class Cors:
    """ASGI middleware; see the module's first lines."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = origins
        self._script = CORSMiddleware(app, allow_origins=["*"])
        self._routes = CORSMiddleware(
            app,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After", "X-Request-Id"],
            max_age=_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._chosen(scope)(scope, receive, send)

    def _chosen(self, scope: Scope) -> ASGIApp:
        if scope["type"] != "http":
            return self._app
        if scope["path"] == _SCRIPT:
            return self._script
        listed = {Headers(scope=scope).get("origin"), "*"} & set(self._origins)
        return self._routes if listed and scope["path"] in _ROUTES else self._app
