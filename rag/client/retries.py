"""When a request is sent again: only where the service said that it is busy, and after as long as it said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_STATUSES = frozenset({429, 503})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often, and how long at most.

    Attributes:
        tries: how often a request is sent in all; 1: never again.
        seconds: to wait where the service doesn't say how long.
        max_seconds: a service that wants a longer wait isn't asked again.
    """

    tries: int = 3
    seconds: float = 1.0
    max_seconds: float = 60.0

    def wait(self, status: int, retry_after: float | None, tried: int) -> float | None:
        """Seconds to wait before the next try; None: there is none.

        >>> Retries().wait(503, 2.0, tried=1), Retries().wait(503, 2.0, tried=3)
        (2.0, None)
        """
        seconds = self.seconds if retry_after is None else retry_after
        if status not in _STATUSES or tried >= self.tries or seconds > self.max_seconds:
            return None
        return seconds


def retry_after_seconds(header: str | None) -> float | None:
    """The seconds of a ``Retry-After`` header, which is a number or a date (RFC 9110, 10.2.3).

    >>> retry_after_seconds("7"), retry_after_seconds(None), retry_after_seconds("soon")
    (7.0, None, None)
    """
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
