"""Types of values that settings share: origins, URLs and networks, each checked."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, SecretStr

FROZEN = ConfigDict(frozen=True, extra="forbid")


def _origin(value: str) -> str:
    """The value in lower case. Raises ValueError if it isn't an origin (RFC 6454)."""
    parts = urlsplit(value)
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or value != f"{parts.scheme}://{parts.netloc}"
    ):
        raise ValueError(f"{value!r} is no origin: give scheme and host, as in https://docs.example.com")
    return value.lower()


def _http_url(value: str) -> str:
    """The value without a slash at its end. Raises ValueError if it isn't a URL with scheme and host."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{value!r} is no address of a service: give it as in https://docs.example.com")
    return value.rstrip("/")


def _database_url(value: SecretStr) -> SecretStr:
    """The value. Raises ValueError, without showing it, if it is no URL of a PostgreSQL database."""
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ValueError("it is no URL of a database: give it as in postgresql://user:password@host/name")
    return value


def _network(value: str) -> str:
    """The value. Raises ValueError if it is no IP address or network in CIDR form."""
    ip_network(value)
    return value


Origin = Annotated[str, AfterValidator(_origin)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
Network = Annotated[str, AfterValidator(_network)]
