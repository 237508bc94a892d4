"""Exceptions to problem responses (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457).

A message goes out as ``detail`` where the client can act on it; see ``ProblemKind.exposes_message``.
Unexpected exceptions are logged under the request's id, and the client is told that id only.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from api import trail
from api.errors import KeyNeeded, RateLimited, TokenNeeded
from api.openai import errors as openai_errors
from api.problems.kinds import INVALID_REQUEST, UNEXPECTED, ProblemKind, kind_of, kind_of_status
from api.request_id import request_id
from api.schemas.health import PartOut
from api.schemas.problems import Fault, Problem
from rag import errors

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("saywhere.http")
_MAX_FAULTS = 20  # of a request that are told
_MAX_POINTER = 200  # code points; a name in a request may be as long as its body
_PHRASES = frozenset(status.phrase for status in HTTPStatus)


def response(
    kind: ProblemKind,
    request: Request,
    *,
    detail: str | None = None,
    faults: Sequence[Fault] = (),
    parts: Sequence[PartOut] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The problem as an HTTP response; in OpenAI's form on the paths that have it."""
    problem = Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=request.url.path,
        request_id=request_id(request),
        errors=list(faults) or None,
        parts=list(parts) or None,
    )
    retry = {} if kind.retry_after is None else {"Retry-After": str(kind.retry_after)}
    all_headers = {**retry, **(headers or {})}
    if openai_errors.applies_to(request.url.path):
        return Response(
            openai_errors.error_of(problem, request.url.path).model_dump_json(),
            openai_errors.status_of(problem),
            headers=all_headers,
            media_type=openai_errors.MEDIA_TYPE,
        )
    return Response(
        problem.model_dump_json(exclude_none=True), kind.status, headers=all_headers, media_type=MEDIA_TYPE
    )


async def access_denied(request: Request, error: Exception) -> Response:
    """Handles AccessDenied."""
    headers = {}
    if isinstance(error, TokenNeeded):
        challenge = 'Basic realm="Saywhere", Bearer' if _can_sign_in(request, error) else "Bearer"
        headers = {"WWW-Authenticate": challenge}
    if isinstance(error, RateLimited):
        headers = {"Retry-After": str(error.seconds)}
    kind = kind_of(type(error))
    trail.refused(request, kind.status, str(error))
    return response(kind, request, detail=str(error), headers=headers)


async def core_error(request: Request, error: Exception) -> Response:
    """Handles SaywhereError."""
    assert isinstance(error, errors.SaywhereError)  # noqa: S101 (registered for this class alone)
    kind = _logged_kind(request, error)
    faults = []
    if isinstance(error, errors.InvalidQuestion):
        faults = [
            Fault(pointer="#/question", detail=str(error))
            if request.method == "POST"
            else Fault(parameter="q", detail=str(error))
        ]
    if isinstance(error, errors.InvalidText):
        faults = [Fault(pointer="#/text", detail=str(error))]
    detail = str(error) if kind.exposes_message else None
    headers = {}
    if isinstance(error, errors.Busy) and request.app.state.worker is not None:
        headers = {"Connection": "close"}  # a new connection may reach a worker that is free
    return response(kind, request, detail=detail, faults=faults, headers=headers)


async def http_exception(request: Request, error: Exception) -> Response:
    """Handles what Starlette, FastAPI and the request limits raise by status code."""
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class alone)
    # Starlette's own message, where it says more than the status does.
    says_more = error.status_code == HTTPStatus.BAD_REQUEST and error.detail not in _PHRASES
    detail = error.detail if says_more else None
    headers = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"Allow": ", ".join(allowed_methods(request))}
    return response(kind_of_status(error.status_code), request, detail=detail, headers=headers)


def allowed_methods(request: Request) -> list[str]:
    """The methods of all routes that have the request's path; Starlette gives those of the first alone."""
    methods: set[str] = set()
    for route in request.app.state.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            methods |= route.methods
    return sorted(methods)


async def invalid_request(request: Request, error: Exception) -> Response:
    """Handles a body or parameter that doesn't fit its schema; the first faults come with their places."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this class alone)
    faults = [_fault(e) for e in error.errors()[:_MAX_FAULTS]]
    return response(INVALID_REQUEST, request, faults=faults)


def unexpected(request: Request, error: BaseException) -> Response:
    """Any other exception: the log has it, the client gets the request's id."""
    _LOG.error("%s failed", request_id(request), exc_info=error)
    return response(UNEXPECTED, request, detail=_see_log(request))


def stream_problem(request: Request, error: Exception) -> Problem:
    """The problem for a stream that fails after its response began, when no status can be sent."""
    if isinstance(error, errors.SaywhereError):
        kind = _logged_kind(request, error)
        detail = str(error) if kind.exposes_message else None
    else:
        _LOG.error("%s failed", request_id(request), exc_info=error)
        kind, detail = UNEXPECTED, _see_log(request)
    return Problem(
        type=kind.type, title=kind.title, status=kind.status, detail=detail, request_id=request_id(request)
    )


def _can_sign_in(request: Request, error: Exception) -> bool:
    """Whether a page of this service, in a browser, needs a key: the browser then asks for it.

    Not where the page asks itself: it says so with X-Requested-With.
    """
    is_own_page = request.headers.get("sec-fetch-site") in ("same-origin", "none")
    return isinstance(error, KeyNeeded) and is_own_page and "x-requested-with" not in request.headers


def _logged_kind(request: Request, error: errors.SaywhereError) -> ProblemKind:
    kind = kind_of(type(error))
    if kind.status >= 500 and not isinstance(error, errors.Busy):  # a busy service would flood the log
        _LOG.error("%s %s: %s", request_id(request), type(error).__name__, error)
    return kind


def _fault(error: Mapping[str, Any]) -> Fault:
    """One error of pydantic as a fault with an RFC 6901 pointer or a parameter's name."""
    where, *path = error["loc"]
    if where != "body":
        parameter = str(path[0]) if path else str(where)
        return Fault(parameter=parameter[:_MAX_POINTER], detail=error["msg"])
    if error["type"] == "json_invalid":
        return Fault(pointer="#", detail=f"not JSON: {error['ctx']['error']} at character {path[0]}")
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    pointer = "#" + "".join(f"/{step[:_MAX_POINTER]}" for step in steps)
    return Fault(pointer=pointer[:_MAX_POINTER], detail=error["msg"])


def _see_log(request: Request) -> str:
    return f"The server's log has more under {request_id(request)}."
