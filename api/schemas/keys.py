"""Keys as the team makes and lists them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from rag.ports.access_keys import AccessKey, Scope
from rag.wire.base import CollectionName, In, Out

GroupName = Annotated[str, Field(min_length=1, max_length=200)]

_ScopeName = Annotated[Scope, Field(strict=False)]  # JSON has its name


class KeyIn(In):
    """A key to make."""

    name: str = Field(min_length=1, max_length=200, description="who or what it is for")
    scopes: list[_ScopeName] = Field(min_length=1, max_length=len(Scope))
    collections: list[CollectionName] | None = Field(
        None, min_length=1, max_length=1_000, description="null: all"
    )
    groups: list[GroupName] = Field(
        default=[], max_length=1_000, description="whose documents it may also see"
    )
    per_minute: int | None = Field(None, ge=1, le=1_000_000, description="null: any number")
    expires_at: AwareDatetime | None = Field(None, strict=False, description="null: never")


class KeyOut(Out):
    """What is known of a key; the key itself isn't."""

    id: str
    name: str
    scopes: list[Scope]
    collections: list[str] | None = Field(description="null: all")
    groups: list[str]
    per_minute: int | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class MadeKeyOut(KeyOut):
    """A key that was made, shown this once."""

    key: str = Field(description="to be sent as `Authorization: Bearer …`")


class KeyList(Out):
    """Keys, the newest first, revoked and expired ones too."""

    keys: list[KeyOut]


def key_out(key: AccessKey) -> KeyOut:
    """A key as it is listed."""
    return KeyOut(
        id=key.id,
        name=key.name,
        scopes=sorted(key.scopes),
        collections=None if key.collections is None else sorted(key.collections),
        groups=sorted(key.groups),
        per_minute=key.per_minute,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )
