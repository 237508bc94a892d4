"""Keys: made once, shown once, and known again by the hash of their secret."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex, token_urlsafe

from rag.errors import InvalidSettings
from rag.ports.access_keys import AccessKey, KeyStore, Scope

_FORM = re.compile(r"sw_(?P<id>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_-]{40,60})")
_ID_BYTES, _SECRET_BYTES = 6, 32


def make_key(
    store: KeyStore,
    name: str,
    scopes: Iterable[Scope],
    *,
    collections: Iterable[str] | None = None,
    groups: Iterable[str] = (),
    per_minute: int | None = None,
    expires_at: datetime | None = None,
) -> tuple[AccessKey, str]:
    """Makes a key and stores it; the key itself is in the result only.

    Raises:
        InvalidSettings: it has no scope, an admin key is bounded, or it expires before it is made.
        StorageError: it can't be stored.
    """
    now = datetime.now(UTC)
    key = AccessKey(
        id=token_hex(_ID_BYTES),
        name=name,
        scopes=frozenset(scopes),
        collections=None if collections is None else frozenset(collections),
        groups=frozenset(groups),
        per_minute=per_minute,
        created_at=now,
        expires_at=expires_at,
    )
    if not key.scopes:
        raise InvalidSettings(f"a key needs a scope: {', '.join(Scope)}")
    if Scope.ADMIN in key.scopes and (key.collections is not None or key.groups):
        raise InvalidSettings("a key with the scope admin is for all collections and documents")
    if expires_at is not None and expires_at <= now:
        raise InvalidSettings("a key can't have expired before it is made")
    secret = token_urlsafe(_SECRET_BYTES)
    store.add(key, _hash(secret))
    return key, f"sw_{key.id}_{secret}"


def find_key(store: KeyStore, text: str) -> AccessKey | None:
    """The key, if it is one of the store and valid now. Raises StorageError."""
    match = _FORM.fullmatch(text)
    found = store.find(match["id"]) if match else None
    if match is None or found is None:
        return None
    key, expected = found
    is_right = compare_digest(_hash(match["secret"]).encode(), expected.encode())
    return key if is_right and key.is_valid(datetime.now(UTC)) else None


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
