"""Which documents somebody may see."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What somebody may see: documents of these collections that have no readers, or one of these groups.

    Attributes:
        collections: None: all of them.
        groups: None: every document, whoever its readers are.
    """

    collections: frozenset[str] | None = None
    groups: frozenset[str] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing that it leaves out."""
        return self.collections is None and self.groups is None

    def has(self, collection: str) -> bool:
        """Whether it has documents of this collection."""
        return self.collections is None or collection in self.collections


EVERYTHING = View()
