"""Whether a request's connection is a trusted proxy's, told before the proxy's client takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_MARK = "saywhere.trusted_peer"


class TrustedPeer:
    """ASGI middleware, the outermost: believes X-Forwarded-For and the like of these networks alone."""

    def __init__(self, app: ASGIApp, networks: Sequence[str]) -> None:
        self._networks = [ip_network(network) for network in networks]
        # uvicorn's types are its own, of the same shape.
        self._app: ASGIApp = ProxyHeadersMiddleware(app, list(networks))  # type: ignore[arg-type,assignment]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[_MARK] = self._is_trusted(scope.get("client"))
        await self._app(scope, receive, send)

    def _is_trusted(self, client: tuple[str, int] | None) -> bool:
        try:
            address = ip_address(client[0]) if client else None
        except ValueError:  # a socket's path
            return False
        return address is not None and any(address in network for network in self._networks)


def is_from_trusted_peer(request: Request) -> bool:
    """Whether a trusted proxy sent the request; never where ``TrustedPeer`` isn't there."""
    return request.scope.get(_MARK) is True
