"""Permission to ask for requests from pages of other sites, and their rate.

Requests that come from no page, or from a page of this service, need no permission. A page of another
site needs a token for the collection, or its origin is on the allow-list and the collection is public.
"""

from __future__ import annotations

from typing import Annotated, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers

from api.errors import OriginRefused, RateLimited, TokenNeeded
from api.security.caller import caller_of
from api.security.rate_limit import RateLimit
from api.security.tokens import Token, Tokens
from rag.settings import FeedbackSettings, WidgetSettings


class AskAccess:
    """Decides whether a request may ask. One per application; not thread-safe: for the event loop.

    Args:
        token_key: the secret that widget tokens are signed by; None: a random one.
    """

    def __init__(
        self, settings: WidgetSettings, feedback: FeedbackSettings, *, token_key: bytes | None = None
    ) -> None:
        self._settings = settings
        self._feedback = RateLimit(feedback.per_minute)
        self._tokens = Tokens(settings.token_seconds, key=token_key)
        self._requests = RateLimit(settings.per_minute)
        self._issued_tokens = RateLimit(settings.tokens_per_minute)

    @property
    def origins(self) -> frozenset[str]:
        """Every origin whose pages may call at all; ``*`` stands for any."""
        keyed = (origin for key in self._settings.keys.values() for origin in key.origins)
        return frozenset((*self._settings.origins, *keyed))

    def admit(self, request: Request, collection: str) -> None:
        """Returns if the request may ask the collection, and counts it where another site's page sent it.

        Raises:
            UnknownCollection, KeyNeeded: the caller may not use the collection.
            OriginRefused: pages of its origin may not, or the token is for other collections.
            TokenNeeded: the token is missing, invalid, or of another origin.
            RateLimited: its token, or its address without one, has used up its allowance.
        """
        origin, caller = foreign_origin(request.headers), caller_of(request)
        if origin is None:
            caller.require_collection(collection)
            return
        if caller.is_known:  # by a credential that the page sent itself
            if not {origin, "*"} & self.origins:
                raise OriginRefused(f"pages of {origin} may not ask this service")
            caller.require_collection(collection)
            return
        token = self._token(request.headers)
        if token is None:
            self._admit_public(origin, collection)
            _count(self._requests, f"{_address(request)} {origin}")
            return
        if token.origin != origin or token.scope != "ask":
            raise TokenNeeded("the token is another page's")
        if collection not in token.collections:
            raise OriginRefused(f"the token is not for the collection {collection!r}")
        _count(self._requests, token.id)

    def count_feedback(self, request: Request) -> None:
        """Counts an entry of feedback. Raises RateLimited: the address has used up its allowance."""
        _count(self._feedback, _address(request))

    def issue_token(self, request: Request, public_key: str) -> tuple[str, int]:
        """A token for the requesting page, and the seconds it is valid.

        Raises:
            OriginRefused: there is no such key, or it isn't for pages of this origin.
            RateLimited: the address has used up its allowance of tokens.
        """
        _count(self._issued_tokens, _address(request))
        site = self._settings.keys.get(public_key)
        origin = request.headers.get("origin", "")
        if site is None or origin not in site.origins:
            raise OriginRefused("this key is not for pages of this site")
        return self._tokens.issue(origin, site.collections), self._tokens.seconds

    def token(self, text: str) -> Token | None:
        """The content of a token that was issued here and is valid."""
        return self._tokens.verify(text)

    def _token(self, headers: Headers) -> Token | None:
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = self._tokens.verify(credentials.strip())
        if token is None:
            raise TokenNeeded("the token is forged, damaged, or too old")
        return token

    def _admit_public(self, origin: str, collection: str) -> None:
        if not {origin, "*"} & self.origins:
            raise OriginRefused(f"pages of {origin} may not ask this service")
        listed = {origin, "*"} & set(self._settings.origins)
        if not listed or collection not in self._settings.public:
            raise TokenNeeded(f"the collection {collection!r} is not public")


def foreign_origin(headers: Headers) -> str | None:
    """The origin of the other site's page that sent a request; None: no page did, or one of this service.

    ``null`` where the browser gives no origin, but says that the page is another site's (``Sec-Fetch-Site``,
    https://www.w3.org/TR/fetch-metadata/).
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site == "same-origin":
        return None
    if origin is None:
        return "null" if site in ("cross-site", "same-site") else None
    return None if urlsplit(origin).netloc == headers.get("host") else origin


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _count(limit: RateLimit, name: str) -> None:
    seconds = limit.take(name)
    if seconds:
        raise RateLimited(seconds)


async def _ask_access(request: Request) -> AskAccess:
    return cast(AskAccess, request.app.state.ask_access)


UsesAskAccess = Annotated[AskAccess, Depends(_ask_access)]
