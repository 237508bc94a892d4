"""Errors over HTTP: RFC 9457 problems, from one table. The only place that knows status codes.

A message of ours goes out as ``detail`` where its reader can act on it; one that speaks of this
server's files or models stays in the log, as does every exception that wasn't meant.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.schemas.problems import Fault, Problem
from api.security.origins import AccessDenied, OriginRefused, RateLimited, TokenNeeded
from api.security.write_access import KeyNeeded, WritingOff
from rag import errors

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("saywhere.http")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of problem. ``retry_after`` in seconds; ``tells``: the exception's message goes out."""

    status: int
    slug: str
    title: str
    retry_after: int | None = None
    tells: bool = True

    @property
    def type(self) -> str:
        return f"/problems/{self.slug}"


UNEXPECTED = Kind(status=500, slug="unexpected", title="Something went wrong here", tells=False)
INVALID_REQUEST = Kind(status=422, slug="invalid-request", title="The request can't be understood")
MISDIRECTED = Kind(
    status=421, slug="other-host", title="This service doesn't answer to that name (see serve --allow-host)"
)
_STORAGE = Kind(status=500, slug="storage", title="The stored documents can't be read", tells=False)
_UNAVAILABLE = Kind(status=503, slug="not-ready", title="The index isn't ready", retry_after=5, tells=False)

TABLE: Mapping[type[errors.SaywhereError], Kind] = {
    errors.InvalidQuestion: Kind(status=422, slug="invalid-question", title="The question can't be asked"),
    errors.InvalidSettings: Kind(
        status=500, slug="settings", title="This service is set up wrongly", tells=False
    ),
    errors.UnknownDocument: Kind(status=404, slug="unknown-document", title="There is no such document"),
    errors.UnknownCollection: Kind(
        status=404, slug="unknown-collection", title="There is no such collection"
    ),
    errors.UnknownJob: Kind(status=404, slug="unknown-job", title="There is no such job"),
    errors.UnreadableDocument: Kind(
        status=422, slug="unreadable-document", title="The document can't be read"
    ),
    errors.DocumentTooLarge: Kind(status=413, slug="document-too-large", title="The document is too large"),
    errors.UnsupportedBody: Kind(
        status=415, slug="unsupported-body", title="Documents are not taken in this form"
    ),
    errors.StorageError: _STORAGE,
    errors.StorageFull: Kind(status=507, slug="storage-full", title="No space is left", tells=False),
    errors.DataFolderLocked: _UNAVAILABLE,
    errors.IndexMismatch: _UNAVAILABLE,
    errors.IndexUnavailable: _UNAVAILABLE,
    errors.ModelError: Kind(status=500, slug="model", title="A model can't be used", tells=False),
    errors.DeadlineExceeded: Kind(status=504, slug="deadline", title="The question took too long"),
    errors.Busy: Kind(status=503, slug="busy", title="Too much at once", retry_after=1),
}
_REFUSED: Mapping[type[AccessDenied], Kind] = {
    OriginRefused: Kind(status=403, slug="other-site", title="Pages of that site may not ask this"),
    TokenNeeded: Kind(status=401, slug="token-needed", title="A token is needed"),
    WritingOff: Kind(status=403, slug="writing-off", title="That is off here: no API key is set"),
    KeyNeeded: Kind(status=401, slug="key-needed", title="The API key is needed"),
    RateLimited: Kind(status=429, slug="too-often", title="Too many requests in a minute", retry_after=60),
}
_PHRASES = frozenset(status.phrase for status in HTTPStatus)
_BY_STATUS: Mapping[int, Kind] = {
    400: INVALID_REQUEST,
    404: Kind(status=404, slug="not-found", title="There is nothing at this address"),
    405: Kind(status=405, slug="wrong-method", title="This address isn't used that way"),
    413: Kind(status=413, slug="body-too-large", title="The request is too large"),
    422: INVALID_REQUEST,
    415: Kind(status=415, slug="wrong-content-type", title="The body must be sent as application/json"),
}


def kinds() -> dict[str, Kind]:
    """Every kind by its slug."""
    found = (
        UNEXPECTED,
        INVALID_REQUEST,
        MISDIRECTED,
        *TABLE.values(),
        *_REFUSED.values(),
        *_BY_STATUS.values(),
    )
    return {kind.slug: kind for kind in found}


def kind_of(error: type[BaseException]) -> Kind:
    """The kind of an exception's class: its own entry, or its nearest parent's."""
    known: Mapping[type, Kind] = {**TABLE, **_REFUSED}
    return next((known[cls] for cls in error.__mro__ if cls in known), UNEXPECTED)


def request_id(request: Request) -> str:
    """The id that this request's answer and log lines carry; ``api/security/headers.py`` sets it."""
    found: str = request.scope.get("saywhere.request_id", "unknown")
    return found


def response(
    kind: Kind,
    request: Request,
    *,
    detail: str | None = None,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The problem as an HTTP response."""
    problem = Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=request.url.path,
        request_id=request_id(request),
        errors=list(faults) or None,
    )
    sent = {} if kind.retry_after is None else {"Retry-After": str(kind.retry_after)}
    sent |= headers or {}
    return Response(
        problem.model_dump_json(exclude_none=True), kind.status, headers=sent, media_type=MEDIA_TYPE
    )


async def on_refusal(request: Request, error: Exception) -> Response:
    """Any Refused."""
    headers = {}
    if isinstance(error, TokenNeeded):
        headers = {"WWW-Authenticate": "Bearer"}
    if isinstance(error, RateLimited):
        headers = {"Retry-After": str(error.seconds)}
    return response(kind_of(type(error)), request, detail=str(error), headers=headers)


def late(request: Request, error: Exception) -> Problem:
    """The problem of an answer that was begun: there is no other status to give any more."""
    if isinstance(error, errors.SaywhereError):
        kind = _logged(request, error)
        detail = str(error) if kind.tells else None
    else:
        _LOG.error("%s failed", request_id(request), exc_info=error)
        kind, detail = UNEXPECTED, _see_log(request)
    return Problem(
        type=kind.type, title=kind.title, status=kind.status, detail=detail, request_id=request_id(request)
    )


def _logged(request: Request, error: errors.SaywhereError) -> Kind:
    kind = kind_of(type(error))
    if kind.status >= 500 and not isinstance(error, errors.Busy):  # a full house would flood the log
        _LOG.error("%s %s: %s", request_id(request), type(error).__name__, error)
    return kind


async def on_our_error(request: Request, error: Exception) -> Response:
    """Any SaywhereError."""
    assert isinstance(error, errors.SaywhereError)  # noqa: S101 (registered for this class alone)
    kind = _logged(request, error)
    faults = []
    if isinstance(error, errors.InvalidQuestion):
        faults = [
            Fault(pointer="#/question", detail=str(error))
            if request.method == "POST"
            else Fault(parameter="q", detail=str(error))
        ]
    return response(kind, request, detail=str(error) if kind.tells else None, faults=faults)


async def on_http_error(request: Request, error: Exception) -> Response:
    """What Starlette, FastAPI and our own limits raise by status."""
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class alone)
    kind = _BY_STATUS.get(error.status_code) or Kind(
        status=error.status_code, slug="http", title=HTTPStatus(error.status_code).phrase
    )
    # Starlette's own words, where it has more to say than the status.
    said = None if error.detail in _PHRASES or error.status_code != HTTPStatus.BAD_REQUEST else error.detail
    return response(kind, request, detail=said, headers=error.headers)


async def on_invalid_request(request: Request, error: Exception) -> Response:
    """A body or parameter that doesn't fit its schema, each fault with its place."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this class alone)
    return response(INVALID_REQUEST, request, faults=[_fault(e) for e in error.errors()])


def _fault(found: Mapping[str, Any]) -> Fault:
    where, *path = found["loc"]
    if where != "body":
        return Fault(parameter=str(path[0]) if path else str(where), detail=found["msg"])
    if found["type"] == "json_invalid":
        return Fault(pointer="#", detail=f"not JSON: {found['ctx']['error']} at character {path[0]}")
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return Fault(pointer="#" + "".join(f"/{step}" for step in steps), detail=found["msg"])


def unexpected(request: Request, error: BaseException) -> Response:
    """Anything else: the request id goes out, the exception to the log alone."""
    _LOG.error("%s failed", request_id(request), exc_info=error)
    return response(UNEXPECTED, request, detail=_see_log(request))


def _see_log(request: Request) -> str:
    return f"The server's log has more under {request_id(request)}."


def documented(
    *classes: type[errors.SaywhereError | AccessDenied], statuses: Sequence[int] = ()
) -> dict[int | str, Any]:
    """The OpenAPI ``responses`` of a route that can fail in these ways; several may share a status."""
    found = [kind_of(cls) for cls in classes] + [_BY_STATUS[status] for status in statuses] + [UNEXPECTED]
    by_status: dict[int | str, Any] = {}
    for kind in found:
        entry = by_status.setdefault(kind.status, {"description": kind.title, "content": {MEDIA_TYPE: {}}})
        media = entry["content"][MEDIA_TYPE]
        media["schema"] = {"$ref": "#/components/schemas/Problem"}
        media.setdefault("examples", {})[kind.slug] = {"value": _example(kind)}
        if kind.retry_after is not None:
            entry["headers"] = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
    return by_status


def _example(kind: Kind) -> dict[str, Any]:
    return Problem(type=kind.type, title=kind.title, status=kind.status, request_id="5f0c6c1e9a").model_dump(
        exclude_none=True
    )
