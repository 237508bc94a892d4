"""Errors in OpenAI's form, which its clients turn into their own exceptions.

https://platform.openai.com/docs/guides/error-codes
"""

from __future__ import annotations

import re

from pydantic import Field

from api.schemas.problems import Fault, Problem
from rag.wire.base import Out

MEDIA_TYPE = "application/json"
_ASKING = {"/v1/chat/completions": "messages", "/v1/responses": "input"}  # the field with the question
_MODELS = "/v1/models"
_INVALID_REQUEST = "invalid_request_error"
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES = {"unknown-collection": "model_not_found"}
_MODEL_NOT_FOUND = "model_not_found"


class ErrorBody(Out):
    """An error. Its message can be shown to a user."""

    message: str
    type: str = Field(description="the class of error, such as `invalid_request_error`")
    param: str | None = Field(description="the field of the request that is wrong")
    code: str | None = Field(description="what went wrong, such as `model_not_found`")


class ErrorOut(Out):
    """An error as OpenAI's clients read it."""

    error: ErrorBody


def applies_to(path: str) -> bool:
    """Whether the errors of this path have OpenAI's form.

    >>> applies_to("/v1/chat/completions"), applies_to("/v1/ask")
    (True, False)
    """
    return path in _ASKING or path == _MODELS or path.startswith(f"{_MODELS}/")


def error_of(problem: Problem, path: str) -> ErrorOut:
    """The problem in OpenAI's form.

    Args:
        path: of the request; it decides what the field with the question is called.
    """
    slug = problem.type.rpartition("/")[2]
    code = _CODES.get(slug, slug.replace("-", "_"))
    faults = problem.errors or []
    param = _param(faults[0], path) if faults else ("model" if code == _MODEL_NOT_FOUND else None)
    details = [problem.detail] if problem.detail else [_explained(fault, path) for fault in faults]
    message = ": ".join([problem.title, *filter(None, ["; ".join(details)])])
    body = ErrorBody(message=message, type=_type(problem.status), param=param, code=code)
    return ErrorOut(error=body)


def status_of(problem: Problem) -> int:
    """The HTTP status: OpenAI has 400 where a request that can be parsed can't be processed."""
    return 400 if problem.status == 422 else problem.status


def _type(status: int) -> str:
    return _TYPES.get(status, _INVALID_REQUEST if status < 500 else "server_error")


def _explained(fault: Fault, path: str) -> str:
    param = _param(fault, path)
    return f"{param}: {fault.detail}" if param else fault.detail


def _param(fault: Fault, path: str) -> str | None:
    """The field's name, as in ``messages[0].role``."""
    if fault.pointer is None:
        return fault.parameter
    name = re.sub(r"/(\d+)(?=/|$)", r"[\1]", fault.pointer.removeprefix("#"))
    name = name.removeprefix("/").replace("/", ".")
    return _ASKING.get(path, name) if name == "question" else name or None
