"""What the client libraries raise, as LlmError with its reason.

Errors are told apart by their HTTP status and by the httpx error they come from, which both clients (openai,
ollama) leave on them; so neither needs to be imported. What an endpoint writes into an error is never part
of a message: it may repeat the key or the prompt.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from rag.errors import LlmError, LlmFailure

_MAX_RETRY_AFTER = 3_600.0  # seconds
_FILTERED = ("content_filter", "content_policy_violation")
_HINTS = {401: "its key is wrong", 403: "its key is wrong", 404: "its address or model is wrong"}


def to_llm_error(error: Exception, *, has_begun: bool) -> LlmError:
    """The LlmError of an exception that a request raised.

    Args:
        has_begun: whether a part of the text had come.
    """
    if isinstance(error, LlmError):
        return error
    causes = list(_causes(error))
    status = next((s for s in map(_status, causes) if s is not None), None)
    if status is not None:
        return _of_status(status, causes)
    if any(isinstance(cause, httpx.ConnectTimeout) for cause in causes):
        return LlmError(LlmFailure.UNAVAILABLE, "the LLM's endpoint takes no connection")
    if any(isinstance(cause, (TimeoutError, httpx.TimeoutException)) for cause in causes):
        return LlmError(LlmFailure.TIME_OUT, "the LLM took too long")
    if any(isinstance(cause, (httpx.TransportError, ConnectionError)) for cause in causes):
        if has_begun:
            return LlmError(LlmFailure.CUT_OFF, "the LLM's answer broke off")
        return LlmError(LlmFailure.UNAVAILABLE, "the LLM's endpoint can't be reached")
    if any(hasattr(cause, "body") or hasattr(cause, "status_code") for cause in causes):
        return LlmError(LlmFailure.UNAVAILABLE, "the LLM's endpoint reports an error")
    return LlmError(LlmFailure.MALFORMED, f"the LLM's answer can't be read ({type(error).__name__})")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and those it comes from, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None)
    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
    return status if isinstance(status, int) and status >= HTTPStatus.MULTIPLE_CHOICES else None


def _of_status(status: int, causes: list[BaseException]) -> LlmError:
    message = f"the LLM's endpoint answered with status {status}"
    retry_after = _retry_after(causes)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return LlmError(LlmFailure.RATE_LIMITED, message, retry_after=retry_after)
    if status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT):
        return LlmError(LlmFailure.TIME_OUT, message)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return LlmError(LlmFailure.UNAVAILABLE, message, retry_after=retry_after)
    if any(getattr(cause, "code", None) in _FILTERED for cause in causes):
        return LlmError(LlmFailure.REFUSED, "the LLM's endpoint filters this")
    hint = _HINTS.get(status, "it doesn't take this request")
    return LlmError(LlmFailure.REJECTED, f"{message}: {hint}")


def _retry_after(causes: list[BaseException]) -> float | None:
    """Seconds of a Retry-After header: a number, or a date (RFC 9110, 10.2.3); at most an hour."""
    responses = (getattr(cause, "response", None) for cause in causes)
    values = (r.headers.get("retry-after") for r in responses if isinstance(r, httpx.Response))
    value = next((value for value in values if value), None)
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            return None
    return None if math.isnan(seconds) else min(max(0.0, seconds), _MAX_RETRY_AFTER)
