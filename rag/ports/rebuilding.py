"""Indexes that can break while they are in use, and be filled again from the catalog."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol


class RebuildableIndex(Protocol):
    """An index whose files may turn out to be damaged; searches of a broken one raise IndexUnavailable."""

    @property
    def name(self) -> str:
        """That of its folder."""
        ...

    @property
    def fault(self) -> str | None:
        """Why the index is broken; None if it isn't."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether searches are possible: the index is neither broken nor being filled again."""
        ...

    def on_fault(self, callback: Callable[[], None]) -> None:
        """Has ``callback`` called, from any thread, when the index breaks."""
        ...

    def start_over(self, *, keep: bool = True) -> Path | None:
        """Opens the index empty, with its old files set aside (``keep``) or removed; until ``filled``
        searches raise IndexUnavailable.

        Returns:
            Where the old files are, if they were kept.

        Raises:
            StorageError: an empty index can't be opened either.
        """
        ...

    def filled(self) -> None:
        """Ends what ``start_over`` began: searches are possible again."""
        ...
