"""Counts, times and traces every request."""

from __future__ import annotations

import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.telemetry.telemetry import Telemetry

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CLIENT_GONE = 499  # nginx's code: no response was begun
_OTHER = "other"  # the route of a path that there is none for, and any method of no standard
_UNTRACED = frozenset({"/healthz", "/readyz", "/metrics"})


class Observed:
    """ASGI middleware that tells the telemetry of each request at its end, by the route's template."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] in _UNTRACED:
            await self._measured(scope, receive, send)
            return
        headers = dict(Headers(scope=scope))
        with self._telemetry.traces.request(headers) as describe:
            status = await self._measured(scope, receive, send)
            describe("http.request.method", _method(scope))
            describe("http.response.status_code", status)
            describe("http.route", route_of(scope))

    async def _measured(self, scope: Scope, receive: Receive, send: Send) -> int:
        """Answers the request; its status."""
        metrics = self._telemetry.metrics
        began = time.perf_counter()
        status = _CLIENT_GONE

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        metrics.requests_running.inc()
        try:
            await self._app(scope, receive, watch)
        finally:
            metrics.requests_running.dec()
            seconds = time.perf_counter() - began
            metrics.request(_method(scope), route_of(scope), status, seconds=seconds)
        return status


def route_of(scope: Scope) -> str:
    """The template of the route that took the request, such as ``/v1/documents/{document_id}``."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else _OTHER


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in _METHODS else _OTHER
