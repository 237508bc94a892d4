"""Whether a request came through a proxy, so that the address it comes from isn't its client's.

A proxy on the same machine reaches a service on loopback as this machine does, for all of its clients. So a
request counts as local only if nothing says that somebody passed it on.
"""

from __future__ import annotations

from starlette.requests import Request

_NAMES = frozenset(
    "forwarded via x-real-ip x-client-ip x-cluster-client-ip x-original-forwarded-for true-client-ip"
    " cf-connecting-ip fastly-client-ip x-envoy-external-address x-envoy-original-path x-forwarded".split()
)
_PREFIX = "x-forwarded-"


def is_forwarded(request: Request) -> bool:
    """Whether a header that proxies add is there, or it is HTTP/1.0, nginx's default towards a service."""
    if request.scope.get("http_version") == "1.0":
        return True
    return any(name in _NAMES or name.startswith(_PREFIX) for name in request.headers)
