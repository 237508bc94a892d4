"""When the client asks again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from rag.client.retries import Retries, retry_after_seconds


@pytest.mark.parametrize(
    ("status", "retry_after", "tried", "wait"),
    [
        (503, 2.0, 1, 2.0),
        (429, 60.0, 2, 60.0),
        (503, None, 1, 1.0),
        (503, 2.0, 3, None),
        (429, 61.0, 1, None),
        (500, 2.0, 1, None),
        (200, None, 1, None),
    ],
)
def test_only_a_busy_service_is_asked_again(
    status: int, retry_after: float | None, tried: int, wait: float | None
) -> None:
    """After what it said, at most as often and as late as is set."""
    assert Retries().wait(status, retry_after, tried) == wait


def test_retry_after_may_be_a_date() -> None:
    """As RFC 9110 has it; one in the past means now."""
    soon = datetime.now(UTC) + timedelta(seconds=30)
    seconds = retry_after_seconds(format_datetime(soon, usegmt=True))
    assert seconds is not None
    assert 25 < seconds <= 30
    assert retry_after_seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


@pytest.mark.parametrize("header", [None, "", "soon", "-1", "1.5"])
def test_another_retry_after_is_none(header: str | None) -> None:
    """Then the client waits as long as it would without one."""
    assert retry_after_seconds(header) is None
