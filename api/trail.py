"""What happened, in the log: a line for each request, and one for each write, deletion and refusal.

Neither has a question, an answer or a key in it. Paths are logged as they were sent, percent-encoded and
without their query, other values as JSON strings, so that no line can be forged.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.request_id import request_id

ACCESS, TRAIL = "saywhere.access", "saywhere.trail"
"""Names of the loggers."""
FIELDS = "fields"
"""The attribute of a record that has what its line says, by name."""
_ACCESS, _TRAIL = logging.getLogger(ACCESS), logging.getLogger(TRAIL)
_CLIENT_GONE = 499  # nginx's code: no response was begun


class AccessLog:
    """ASGI middleware that logs each request at its end: client, line, status, bytes, time, id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _ACCESS.isEnabledFor(logging.INFO):
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status, sent = _CLIENT_GONE, 0

        async def watch(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            ms = 1000 * (time.perf_counter() - began)
            request = Request(scope)
            values = {"status": status, "bytes": sent, "ms": round(ms)}
            line = _line(request)
            _ACCESS.info(
                "%s %d %d bytes %.0f ms", line, status, sent, ms, extra=_extra(request, "request", values)
            )


def record(event: str, request: Request, **values: object) -> None:
    """Logs a write or a deletion that a request made."""
    _TRAIL.info("%s %s%s", event, _line(request), _values(values), extra=_extra(request, event, values))


def refused(request: Request, status: int, reason: str) -> None:
    """Logs a request that wasn't allowed."""
    values: dict[str, object] = {"status": status, "reason": reason}
    extra = _extra(request, "refused", values)
    _TRAIL.warning("refused %s%s", _line(request), _values(values), extra=extra)


def _line(request: Request) -> str:
    client, path = _client(request), _path(request)
    return f'{_safe(client)} "{request.method} {_safe(path)}" {request_id(request)}'


def _extra(request: Request, event: str, values: Mapping[str, object]) -> dict[str, object]:
    """The same as values by name, for a log in JSON."""
    request_line = {"client": _client(request), "method": request.method, "path": _path(request)}
    return {FIELDS: {"event": event, **request_line, **values}}


def _client(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _path(request: Request) -> str:
    """As it was sent, percent-encoded and without its query."""
    path: bytes = request.scope.get("raw_path") or request.url.path.encode("ascii", "backslashreplace")
    return path.decode("latin-1")


def _values(values: dict[str, object]) -> str:
    return "".join(f" {name}={json.dumps(value)}" for name, value in values.items())


def _safe(text: str) -> str:
    """The text without what would end or forge a line."""
    return json.dumps(text)[1:-1]
