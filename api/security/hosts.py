"""Refuses requests that were sent to another name than this service's.

A service on a reader's own machine is safe from other sites' pages only as long as a browser takes
it for another origin. A page whose own name is made to point here ("DNS rebinding") is of the same
origin; but its requests carry that name.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def answered_names(host: str, also: Iterable[str] = ()) -> frozenset[str] | None:
    """The names that a service bound to ``host`` answers to; None: to any.

    Bound to more than this machine, it can't know its names: any will do unless some are given.

    >>> sorted(answered_names("127.0.0.1"))
    ['127.0.0.1', '::1', 'localhost']
    """
    given = frozenset(name.lower() for name in also)
    if is_loopback(host):
        return LOOPBACK | given | {host.lower()}
    return given | LOOPBACK if given else None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address or name."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class KnownHosts:
    """ASGI middleware that answers requests to other names with 421."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _name(Headers(scope=scope).get("host", "")) in self._names:
            await self._app(scope, receive, send)
            return
        await problems.response(problems.MISDIRECTED, Request(scope))(scope, receive, send)


def _name(host: str) -> str:
    """The name of a Host header, without its port.

    >>> _name("[::1]:8000"), _name("LocalHost:8000"), _name("127.0.0.1")
    ('::1', 'localhost', '127.0.0.1')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()
