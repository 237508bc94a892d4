"""What pages of other sites may request: the widget's script, and a few routes by allow-list.

The protocol is https://fetch.spec.whatwg.org/#http-cors-protocol, by Starlette's middleware. All other
routes, such as those that list and read documents, can't be used by pages of other sites.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_SCRIPT = "/widget.js"
_ROUTES = frozenset(
    {
        "/v1/ask", "/v1/chat/completions", "/v1/responses",
        "/v1/feedback", "/v1/suggestions", "/v1/tokens", "/healthz",
    }
)  # fmt: skip
_PREFLIGHT_SECONDS = 600  # that a browser caches a preflight's response


class Cors:
    """ASGI middleware. ``origins``: those whose pages may use the routes; ``*`` is any."""

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
            max_age=_PREFLIGHT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app_for(scope)(scope, receive, send)

    def _app_for(self, scope: Scope) -> ASGIApp:
        if scope["type"] != "http":
            return self._app
        if scope["path"] == _SCRIPT:
            return self._script
        allowed = {Headers(scope=scope).get("origin"), "*"} & set(self._origins)
        return self._routes if allowed and scope["path"] in _ROUTES else self._app
