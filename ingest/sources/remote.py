"""Asks a service with an API for one address at a time, within bounds.

Redirects aren't followed, so that credentials reach no other host, and cookies aren't kept. Proxies and
certificate authorities are those of the environment (``HTTPS_PROXY``, ``SSL_CERT_FILE``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from ingest.cancellation import Cancellation
from ingest.sources.connections import Connections
from ingest.sources.contract import SourceUnavailable
from ingest.sources.retry_after import retry_after

_CONNECT_SECONDS, _READ_SECONDS = 10.0, 30.0
_TRIES = 4
_LONGEST_WAIT = 60.0  # seconds, that a service may ask for before another try
_BUSY = frozenset({429, 500, 502, 503, 504})
_MOST_FAILURES = 5  # in a row, after which a service counts as gone
_ERROR_BYTES = 100_000  # of a body that tells what is wrong
_CHUNK = 65_536


class RequestFailed(Exception):
    """An address gave nothing that can be used; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A service's answer, its body unpacked."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)


class Remote:
    """A service. Not safe to use from two threads.

    Args:
        name: the service in messages.
        auth: signs each request, or adds what says who asks; None asks as anybody.
        seconds: that one request may take.
        pause_seconds: before the first repetition of a request; twice that before the next.
    """

    def __init__(
        self,
        name: str,
        auth: httpx.Auth | None = None,
        *,
        seconds: float = 60.0,
        pause_seconds: float = 0.5,
        headers: Mapping[str, str] | None = None,
        cancellation: Cancellation | None = None,
    ) -> None:
        self._name = name
        self._seconds = seconds
        self._pause = pause_seconds
        self._cancellation = cancellation or Cancellation()
        self._connections = Connections()
        self._failures = 0
        self._client = httpx.Client(
            auth=auth,
            timeout=httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
            headers={"User-Agent": "Saywhere", "Accept-Encoding": "identity", **(headers or {})},
            follow_redirects=False,
        )

    def close(self) -> None:
        self._client.close()

    def get(self, url: str, *, max_bytes: int) -> Reply:
        """The answer of one address. What the service is too busy for, or fails at, is asked again.

        Args:
            max_bytes: of the body of an answer with status 200.

        Raises:
            RequestFailed: no answer, or one that is broken, too slow or too large.
            SourceUnavailable: so it went with several addresses, one after the other.
            Cancelled: the work was asked to stop.
        """
        for attempt in range(1, _TRIES + 1):
            self._cancellation.raise_if_set()
            wait = self._pause * 2 ** (attempt - 1)
            try:
                reply = self._ask(url, max_bytes)
            except RequestFailed as error:
                if attempt == _TRIES:
                    self._count_failure(str(error))
                    raise
            else:
                if reply.status not in _BUSY:
                    self._failures = 0
                    return reply
                wait = max(wait, retry_after(reply.headers.get("retry-after", "")))
                if attempt == _TRIES or wait > _LONGEST_WAIT:
                    reason = f"{self._name} is too busy or fails: it answers {reply.status}"
                    self._count_failure(reason)
                    raise RequestFailed(reason)
            self._cancellation.wait(wait)
        raise AssertionError("the last attempt returns or raises")

    def _count_failure(self, reason: str) -> None:
        self._failures += 1
        if self._failures >= _MOST_FAILURES:
            raise SourceUnavailable(f"{reason}; nothing more was asked for") from None

    def _ask(self, url: str, max_bytes: int) -> Reply:
        self._client.cookies.clear()
        with self._connections.within(self._seconds, self._cancellation) as late:
            try:
                with self._client.stream(
                    "GET", url, extensions={"trace": self._connections.trace}
                ) as response:
                    return Reply(
                        status=response.status_code,
                        headers=response.headers,
                        body=self._body(response, max_bytes),
                    )
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                self._cancellation.raise_if_set()
                reason = f"took longer than {self._seconds:g} seconds" if late.is_set() else ""
                reason = reason or f"can't be reached: {error or type(error).__name__}"
                raise RequestFailed(f"{self._name} {reason}") from None

    def _body(self, response: httpx.Response, max_bytes: int) -> bytes:
        """What is read of the body: all of a good answer, the beginning of another."""
        if response.headers.get("content-encoding", "identity").lower() not in (
            "identity",
            "aws-chunked",
            "",
        ):
            coding = response.headers["content-encoding"][:40]
            raise RequestFailed(f"{self._name} sends what is packed as {coding}, which wasn't asked for")
        is_good = response.status_code == 200
        limit = max_bytes if is_good else _ERROR_BYTES
        parts, size = [], 0
        for part in response.iter_raw(_CHUNK):
            self._cancellation.raise_if_set()
            parts.append(part)
            size += len(part)
            if size > limit and is_good:
                raise RequestFailed(f"{self._name} sends more than {limit:,} bytes")
            if size > limit:
                break
        return b"".join(parts)
