"""The truth about what is stored: documents, their passages, and writes under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.types import Document, Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """What a listing shows of a committed document; no text.

    ``source_sha256`` names the bytes it was read from and the rules they were read by, ``source`` the
    root it came from.
    """

    id: str
    collection: str
    uri: str
    title: str
    media_type: str
    version: str
    characters: int
    passages: int
    updated_at: str
    source: str = ""
    source_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A document's next version with its passages: what the Library writes as one unit."""

    document: Document
    passages: tuple[Passage, ...]
    source: str = ""
    source_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A document whose source is found elsewhere now: id, version and passages stay as they are."""

    collection: str
    document_id: str
    uri: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A write that was begun. ``committed`` False: roll it back; True: prune what it replaced.

    ``version`` is None for a removal; ``replaces`` None for a first version.
    """

    collection: str
    document_id: str
    version: str | None
    replaces: str | None
    committed: bool


class Catalog(Protocol):
    """The source of truth: documents, their passages, and writes under way. SQLite's laws hold:
    each call is one transaction, durable when it returns; readers see only committed versions."""

    def fingerprint(self) -> str | None: ...

    def set_fingerprint(self, value: str) -> None: ...

    def mark(self) -> str:
        """What ``set_mark`` kept last; empty at first."""
        ...

    def set_mark(self, value: str) -> None: ...

    def generation(self) -> int:
        """Rises with every commit, so that a reader knows when to look again."""
        ...

    def begin(self, changes: Sequence[Change], removals: Sequence[tuple[str, str]]) -> None:
        """Records the intent to write ``changes`` and to remove ``(collection, document_id)``s."""
        ...

    def commit(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]],
        moves: Sequence[Move] = (),
    ) -> None:
        """Makes the new versions the current ones, in one transaction, intents marked committed.

        Raises:
            UnknownDocument: a move names a document that isn't there; nothing is done.
        """
        ...

    def settle(self) -> None:
        """Forgets all intents: the indexes agree with the catalog again."""
        ...

    def intents(self) -> list[Intent]: ...

    def document(self, document_id: str, version: str | None = None) -> Document:
        """The current version, or the named one if it is the current one or kept as history.

        Raises:
            UnknownDocument: not there.
        """
        ...

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]: ...

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """Committed passages by id; ids of uncommitted or removed versions are left out."""
        ...

    def passages_of(self, document_id: str) -> list[Passage]: ...

    def list(
        self,
        collection: str | None = None,
        *,
        limit: int | None = None,
        after: str = "",
        under: str = "",
        filters: Mapping[str, str] | None = None,
    ) -> list[DocumentRecord]:
        """Records ordered by id, those with ``id > after``, at most ``limit``.

        Args:
            under: only uris that begin so.
            filters: metadata that a document must have, exactly.
        """
        ...

    def matching(self, collection: str, filters: Mapping[str, str]) -> set[tuple[str, str]]:
        """``(document_id, version)`` of every document whose metadata have all of ``filters``."""
        ...

    def at(self, collection: str, uri: str) -> DocumentRecord | None:
        """The record of the document with this uri."""
        ...

    def versions(self, collection: str) -> set[tuple[str, str]]:
        """Committed ``(document_id, version)`` pairs that have at least one passage."""
        ...

    def collections(self) -> set[str]: ...

    def count(self, collection: str | None = None) -> int: ...

    def check(self) -> None:
        """Raises StorageError where the file is damaged or can't be written."""
        ...

    def vacuum(self) -> None:
        """Gives removed text back to the disk: no byte of it stays in the file."""
        ...

    def close(self) -> None: ...
