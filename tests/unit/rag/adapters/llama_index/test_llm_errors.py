"""Retry-After, and errors without a request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from rag.adapters.llama_index.llm_errors import to_llm_error
from rag.errors import LlmFailure


def busy(retry_after: str) -> httpx.HTTPStatusError:
    """A status error of httpx with this header."""
    request = httpx.Request("POST", "http://127.0.0.1")
    response = httpx.Response(429, headers={"retry-after": retry_after}, request=request)
    return httpx.HTTPStatusError("busy", request=request, response=response)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("999999", 3600.0),
        ("inf", 3600.0),
        ("nan", None),
        ("soon", None),
    ],
)
def test_retry_after_is_seconds_within_an_hour(value: str, seconds: float | None) -> None:
    """What can't be read says nothing."""
    error = to_llm_error(busy(value), has_begun=False)
    assert (error.reason, error.retry_after) == (LlmFailure.RATE_LIMITED, seconds)


def test_retry_after_may_be_a_date() -> None:
    """As RFC 9110 allows."""
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    error = to_llm_error(busy(later), has_begun=False)
    assert error.retry_after == pytest.approx(60, abs=5)


def test_a_connection_that_is_not_taken_is_no_slow_answer() -> None:
    """An endpoint behind a firewall that drops packets is gone, not slow."""
    gone = to_llm_error(httpx.ConnectTimeout("timed out"), has_begun=False)
    slow = to_llm_error(httpx.ReadTimeout("timed out"), has_begun=False)
    assert (gone.reason, slow.reason) == (LlmFailure.UNAVAILABLE, LlmFailure.TIME_OUT)
