"""The store of the signatures by which near-duplicate documents are found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol


class SignatureStore(Protocol):
    """Stores the signature of each document version, so that each is computed once."""

    def load(self, collection: str) -> Mapping[str, tuple[str, bytes]]:
        """``(version, signature)`` by document id."""
        ...

    def update(
        self, collection: str, entries: Iterable[tuple[str, str, bytes]], removed: Iterable[str]
    ) -> None:
        """Stores ``(document id, version, signature)``s, and deletes those of ``removed`` document ids."""
        ...
