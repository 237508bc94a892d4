"""Keys in memory."""

from __future__ import annotations

import builtins
from dataclasses import replace
from datetime import datetime

from rag.errors import UnknownKey
from rag.ports.access_keys import AccessKey


class MemoryKeys:
    """Fulfils ``KeyStore``."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[AccessKey, str]] = {}

    def add(self, key: AccessKey, secret_sha256: str) -> None:
        if key.id in self._keys:
            raise ValueError(key.id)
        self._keys[key.id] = key, secret_sha256

    def find(self, key_id: str) -> tuple[AccessKey, str] | None:
        return self._keys.get(key_id)

    def list(self) -> builtins.list[AccessKey]:
        return [key for key, _ in reversed(self._keys.values())]

    def revoke(self, key_id: str, at: datetime) -> AccessKey:
        if key_id not in self._keys:
            raise UnknownKey(key_id)
        key, secret_sha256 = self._keys[key_id]
        key = replace(key, revoked_at=key.revoked_at or at)
        self._keys[key_id] = key, secret_sha256
        return key

    def is_empty(self) -> bool:
        return not self._keys

    def close(self) -> None:
        """There is nothing to close."""
