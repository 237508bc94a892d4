"""Which requests from other sites' pages are let in, and how many.

What comes from no page, or from a page of this service, is as free as the service is to reach. A page
of another site needs a token for the collection, or the collection is public to its site.
"""

from __future__ import annotations

from typing import Annotated, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers

from api.security.rate_limit import Rate
from api.security.tokens import Token, Tokens
from rag.settings import WidgetSettings


class AccessDenied(Exception):
    """A request that isn't let in. Its class says why."""


class OriginRefused(AccessDenied):
    """Pages of this site may not ask that."""


class TokenNeeded(AccessDenied):
    """There is no token, or it is not, or no longer, good for this."""


class RateLimited(AccessDenied):
    """The allowance is used up for ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"the next one is let in in {seconds} s")
        self.seconds = seconds


class Access:
    """Lets requests in or raises Refused. One an application; used from the event loop alone."""

    def __init__(self, settings: WidgetSettings) -> None:
        self._settings = settings
        self._tokens = Tokens(settings.token_seconds)
        self._uses = Rate(settings.per_minute)
        self._gifts = Rate(settings.tokens_per_minute)

    @property
    def origins(self) -> frozenset[str]:
        """Every origin whose pages may call at all; ``*`` stands for any."""
        keyed = (origin for key in self._settings.keys.values() for origin in key.origins)
        return frozenset((*self._settings.origins, *keyed))

    def admit(self, request: Request, collection: str) -> None:
        """Lets a request about a collection in."""
        origin = foreign_origin(request.headers)
        if origin is None:
            return
        token = self._token(request.headers)
        if token is None:
            self._admit_public(origin, collection)
            _count(self._uses, f"{_address(request)} {origin}")
            return
        if token.origin != origin or token.scope != "ask":
            raise TokenNeeded("the token is another page's")
        if collection not in token.collections:
            raise OriginRefused(f"the token is not for the collection {collection!r}")
        _count(self._uses, token.id)

    def give(self, request: Request, key: str) -> tuple[str, int]:
        """A token for the page that asks, and the seconds it holds."""
        _count(self._gifts, _address(request))
        found = self._settings.keys.get(key)
        origin = request.headers.get("origin", "")
        if found is None or origin not in found.origins:
            raise OriginRefused("this key is not for pages of this site")
        return self._tokens.give(origin, found.collections), self._tokens.seconds

    def _token(self, headers: Headers) -> Token | None:
        kind, _, sent = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = self._tokens.read(sent.strip())
        if token is None:
            raise TokenNeeded("the token is forged, damaged, or too old")
        return token

    def _admit_public(self, origin: str, collection: str) -> None:
        if not {origin, "*"} & self.origins:
            raise OriginRefused(f"pages of {origin} may not ask this service")
        known = {origin, "*"} & set(self._settings.origins)
        if not known or collection not in self._settings.public:
            raise TokenNeeded(f"the collection {collection!r} is not public")


def foreign_origin(headers: Headers) -> str | None:
    """The origin of another site's page that sent this; None where no page did, or one of ours."""
    origin = headers.get("origin")
    if origin is None or headers.get("sec-fetch-site") == "same-origin":
        return None
    return None if urlsplit(origin).netloc == headers.get("host") else origin


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _count(rate: Rate, name: str) -> None:
    seconds = rate.wait(name)
    if seconds:
        raise RateLimited(seconds)


async def _access(request: Request) -> Access:
    return cast(Access, request.app.state.access)


UsesAccess = Annotated[Access, Depends(_access)]
