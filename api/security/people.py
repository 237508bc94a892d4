"""People, known by an identity provider's token (JWT, RFC 7519) or by a trusted proxy's header."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import httpx
import jwt
from starlette.datastructures import Headers

from api.errors import KeyNeeded
from rag.settings import AccessSettings

_LOG = logging.getLogger("saywhere.access.people")
_FETCH_SECONDS = 5.0
_PAUSE_SECONDS = 30.0  # between two fetches for keys that aren't known
_LEEWAY_SECONDS = 30  # between two machines' clocks
_MAX_TOKEN = 16_000  # characters
_MAX_GROUPS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, by the provider's name for them, and the groups that they are in."""

    subject: str
    groups: frozenset[str]


class ProviderKeys:
    """The signing keys of an identity provider (JWKS, RFC 7517), fetched when they are needed. Thread-safe.

    Keys that were fetched once stay in use while the provider can't be reached.

    Args:
        fetch: the JSON at the provider's address. Raises httpx.HTTPError or ValueError.
    """

    def __init__(
        self,
        fetch: Callable[[], Mapping[str, Any]],
        *,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._keys: Sequence[jwt.PyJWK] = ()
        self._fetched = self._tried = float("-inf")

    def get(self, key_id: str | None) -> jwt.PyJWK:
        """The key with this id; without an id the only key. Raises KeyNeeded."""
        with self._lock:
            if self._clock() - self._fetched > self._seconds:
                self._refresh()
            key = self._find(key_id)
            if key is None:
                self._refresh()  # a provider's new key
                key = self._find(key_id)
        if key is None:
            raise KeyNeeded("the token is signed with no key of the identity provider")
        return key

    def _find(self, key_id: str | None) -> jwt.PyJWK | None:
        if key_id is None:
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.key_id == key_id), None)

    def _refresh(self) -> None:
        now = self._clock()
        if now - self._tried < min(_PAUSE_SECONDS, self._seconds):
            return
        self._tried = now
        try:
            keys = jwt.PyJWKSet.from_dict(dict(self._fetch())).keys
        except (httpx.HTTPError, ValueError, TypeError, jwt.PyJWTError) as error:
            _LOG.error("the identity provider's keys can't be fetched: %s", type(error).__name__)
            return
        self._keys = [key for key in keys if key.public_key_use in (None, "sig")]
        self._fetched = now


class People:
    """Finds out who a token's or a proxy's person is, by these settings."""

    def __init__(self, settings: AccessSettings, keys: ProviderKeys | None = None) -> None:
        self._settings = settings
        self._keys = keys or ProviderKeys(self._fetch, seconds=settings.jwks_seconds)

    @property
    def by_token(self) -> bool:
        """Whether people are known by tokens."""
        return self._settings.jwks_url is not None

    def of_token(self, token: str) -> Person:
        """The person of a token; may fetch the provider's keys. Raises KeyNeeded where it isn't valid."""
        settings = self._settings
        try:
            if len(token) > _MAX_TOKEN:
                raise jwt.InvalidTokenError
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in settings.jwt_algorithms:
                raise jwt.InvalidAlgorithmError
            claims = jwt.decode(
                token,
                self._keys.get(header.get("kid")).key,
                algorithms=list(settings.jwt_algorithms),
                issuer=settings.jwt_issuer,
                audience=settings.jwt_audience,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise KeyNeeded(f"the token isn't valid here ({type(error).__name__})") from None
        groups = _names(_claim(claims, settings.jwt_groups_claim))
        return Person(subject=str(claims["sub"]), groups=groups)

    def of_headers(self, headers: Headers) -> Person | None:
        """The person whom a trusted proxy names; None where it names nobody.

        Raises:
            KeyNeeded: a header is there twice: the proxy lets through what its clients send.
        """
        settings = self._settings
        if settings.user_header is None:
            return None
        users = headers.getlist(settings.user_header)
        groups = headers.getlist(settings.groups_header) if settings.groups_header else []
        if len(users) > 1 or len(groups) > 1:
            raise KeyNeeded("the proxy must replace the header that names a person, and not add to it")
        subject = users[0].strip() if users else ""
        if not subject:
            return None
        return Person(subject=subject, groups=_names(groups[0] if groups else ""))

    def _fetch(self) -> Mapping[str, Any]:
        url = self._settings.jwks_url or ""
        response = httpx.get(url, timeout=_FETCH_SECONDS).raise_for_status()
        value = response.json()
        if not isinstance(value, dict):
            raise ValueError("no JSON object")
        return value


def _claim(claims: Mapping[str, Any], name: str) -> object:
    """The claim of this name; of one within another where the name has dots."""
    if name in claims:
        return claims[name]
    value: object = claims
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _names(value: object) -> frozenset[str]:
    """The names of groups in a list, or in a text with commas."""
    items = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    names = (item.strip() for item in items[:_MAX_GROUPS] if isinstance(item, str))
    return frozenset(name for name in names if name)
