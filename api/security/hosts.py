"""Refuses requests whose Host header names another host.

This is the defence against DNS rebinding: a page whose own name is made to resolve to this machine is
of the same origin as the service, so that the browser lets it read responses. Its requests carry its
own name in the Host header.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api import trail
from api.problems.handlers import response
from api.problems.kinds import MISDIRECTED

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def allowed_hosts(host: str, allow_hosts: Iterable[str] = ()) -> frozenset[str] | None:
    """The host names that a service bound to ``host`` answers to; None: any.

    Bound to more than loopback, its names are unknown: any is allowed unless ``allow_hosts`` gives some.

    >>> sorted(allowed_hosts("127.0.0.1"))
    ['127.0.0.1', '::1', 'localhost']
    """
    allowed = frozenset(name.lower() for name in allow_hosts)
    if is_loopback(host):
        return LOOPBACK | allowed | {host.lower()}
    return allowed | LOOPBACK if allowed else None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address or name."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class AllowedHosts:
    """ASGI middleware that answers requests to other host names with 421."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _host_name(Headers(scope=scope).get("host", "")) in self._names:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        trail.refused(request, MISDIRECTED.status, "another host name")
        await response(MISDIRECTED, request)(scope, receive, send)


def _host_name(host: str) -> str:
    """The name in a Host header, without its port.

    >>> _host_name("[::1]:8000"), _host_name("LocalHost:8000"), _host_name("127.0.0.1")
    ('::1', 'localhost', '127.0.0.1')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()
