"""Keys of programs and people: what each may do, kept without the keys themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Scope(StrEnum):
    """What somebody may do. ``ADMIN`` includes all others."""

    ASK = "ask"
    SEARCH = "search"
    INGEST = "ingest"
    ADMIN = "admin"
    METRICS = "metrics"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """What is known of a key. Times are UTC.

    Attributes:
        id: its public part, by which it is named in lists and logs.
        name: who or what it is for.
        collections: those that it is for; None: all.
        groups: of the documents' readers, those that it counts as; a document without readers needs none.
        per_minute: the most requests a minute; None: any number.
        expires_at: None: never.
        revoked_at: None: it is not revoked.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    collections: frozenset[str] | None = None
    groups: frozenset[str] = frozenset()
    per_minute: int | None = None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class KeyStore(Protocol):
    """The keys of a data folder. Safe to use from several processes; each call sees the latest state.

    Any call may raise StorageError.
    """

    def add(self, key: AccessKey, secret_sha256: str) -> None:
        """Stores a key with the hash (hex) of its secret. Raises ValueError: there is one of this id."""
        ...

    def find(self, key_id: str) -> tuple[AccessKey, str] | None:
        """A key, revoked and expired ones too, with the hash of its secret."""
        ...

    def list(self) -> Sequence[AccessKey]:
        """All keys, the newest first."""
        ...

    def revoke(self, key_id: str, at: datetime) -> AccessKey:
        """Revokes a key for good; one that was revoked before stays as it is. Raises UnknownKey."""
        ...

    def is_empty(self) -> bool:
        """Whether no key was ever made."""
        ...

    def close(self) -> None: ...
