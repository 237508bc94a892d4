"""How long a service asks to be left alone: the header ``Retry-After`` (RFC 9110, section 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after(value: str) -> float:
    """Seconds that a service asks to wait: a number, or a date; 0 where it says neither.

    >>> retry_after("7"), retry_after("soon"), retry_after("Mon, 01 Jan 2001 00:00:00 GMT")
    (7.0, 0.0, 0.0)
    """
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0
