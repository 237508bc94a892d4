"""Signs requests by AWS Signature Version 4, in the header ``Authorization``.

Source: "AWS Signature Version 4 for API requests" (docs.aws.amazon.com/IAM/latest/UserGuide), and its form
for S3, in which a path is encoded once and ``x-amz-content-sha256`` is signed.
"""

from __future__ import annotations

import hmac
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote, unquote

import httpx

ALGORITHM = "AWS4-HMAC-SHA256"
NO_BODY = sha256(b"").hexdigest()
_UNRESERVED = "-_.~"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The keys of an account; ``session_token`` belongs to keys that expire."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], body_sha256: str = NO_BODY
) -> str:
    """A request in the one form that both sides compute.

    Args:
        path: as it is sent, encoded.
        query: as it is sent, without ``?``.
        headers: those to be signed.
        body_sha256: in hex.
    """
    signed = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    return "\n".join((method, path or "/", _canonical_query(query), lines, _names(headers), body_sha256))


def authorization(
    request: str,
    headers: Mapping[str, str],
    credentials: Credentials,
    *,
    at: datetime,
    region: str,
    service: str = "s3",
) -> str:
    """The header ``Authorization``.

    Args:
        request: the canonical one, with these headers signed.
        at: UTC; as in ``x-amz-date``.
    """
    scope = f"{at:%Y%m%d}/{region}/{service}/aws4_request"
    text = "\n".join((ALGORITHM, f"{at:%Y%m%dT%H%M%SZ}", scope, sha256(request.encode()).hexdigest()))
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    signed = f"SignedHeaders={_names(headers)}"
    return f"{ALGORITHM} Credential={credentials.access_key}/{scope}, {signed}, Signature={signature}"


class SignedRequests(httpx.Auth):
    """Signs each request without a body as it is sent, a repeated one anew."""

    def __init__(self, credentials: Credentials, *, region: str) -> None:
        self._credentials = credentials
        self._region = region

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        now = datetime.now(UTC)
        token = self._credentials.session_token
        headers = {
            "host": request.headers["host"],
            "x-amz-content-sha256": NO_BODY,
            "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}",
            **({"x-amz-security-token": token} if token else {}),
        }
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        canonical = canonical_request(request.method, path, query, headers)
        request.headers.update(headers)
        request.headers["authorization"] = authorization(
            canonical, headers, self._credentials, at=now, region=self._region
        )
        yield request


def encoded(text: str, *, safe: str = "") -> str:
    """A text as it stands in a signed address: all but letters, digits and ``-_.~`` as ``%XX``.

    >>> encoded("a b/é.md", safe="/"), encoded("a/b")
    ('a%20b/%C3%A9.md', 'a%2Fb')
    """
    return quote(text, safe=_UNRESERVED + safe)


def _canonical_query(query: str) -> str:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return "&".join(
        f"{name}={value}"
        for name, value in sorted((encoded(unquote(n)), encoded(unquote(v))) for n, _, v in pairs)
    )


def _names(headers: Mapping[str, str]) -> str:
    return ";".join(sorted(name.lower() for name in headers))
