"""The catalog: the source of truth for documents, their passages, and the intents of writes under way.

A write to catalog and indexes is a write-ahead intent: ``record_intents``, then the indexes, then
``commit``, then the rows of replaced versions are removed and ``clear_intents`` ends it. An intent that
is still there at a start says what a crash left to undo or to finish.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Protocol

from rag.types import Document, Passage

_PICTURES = frozenset(("image/png", "image/jpeg", "image/tiff", "image/webp"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """A committed document without its text, as listings show it.

    ``source_sha256`` is a hash of the source's bytes and of the rules they were parsed by, ``source`` the
    root (folder or upload) that it was read from. ``characters`` counts Unicode code points, ``passages``
    passages. ``updated_at`` is a UTC time in ISO 8601.
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
class OriginalRecord:
    """The file that a document was read from: its name without folders, media type, size in bytes, and the
    sha256 (hex) of its bytes, under which it is kept."""

    name: str
    media_type: str
    size: int
    sha256: str

    @property
    def has_pages(self) -> bool:
        """Whether it is a PDF or a picture, whose pages can be shown."""
        return self.media_type == "application/pdf" or self.media_type in _PICTURES


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A file to be kept beside the document that was read from it."""

    record: OriginalRecord
    data: bytes = field(repr=False)

    @classmethod
    def of(cls, data: bytes, name: str, media_type: str) -> Original:
        """The original of these bytes; ``name`` may have folders, which are left out."""
        record = OriginalRecord(
            name=PurePosixPath(name).name or "document",
            media_type=media_type,
            size=len(data),
            sha256=sha256(data).hexdigest(),
        )
        return cls(record=record, data=data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A document's next version with its passages, and the source they were read from.

    ``original`` None: no file of it is kept. ``readers`` are the groups that may see the document; None:
    everybody who may see its collection; none at all: only who may see every document.
    """

    document: Document
    passages: tuple[Passage, ...]
    source: str = ""
    source_sha256: str = ""
    original: Original | None = None
    readers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A new uri and source root for a document; its id, version and passages stay the same."""

    collection: str
    document_id: str
    uri: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A recorded write of one document. Not ``committed``: to be rolled back. ``committed``: to be
    finished, by removing the rows of the version that it ``replaces`` from the indexes.

    ``version`` is None for a removal; ``replaces`` is None for a document's first version.
    """

    collection: str
    document_id: str
    version: str | None
    replaces: str | None
    committed: bool


class Catalog(Protocol):
    """Documents, their passages, and intents.

    Laws, those of SQLite: each call is one transaction, durable when it returns; readers see committed
    versions only. Any call may raise StorageError (StorageFull where no space is left).
    """

    def fingerprint(self) -> str | None:
        """Names the embedder and the rules that the indexes were made with; None at first."""
        ...

    def set_fingerprint(self, value: str) -> None: ...

    def checkpoint(self) -> str:
        """The value last given to ``set_checkpoint``; empty at first."""
        ...

    def set_checkpoint(self, value: str) -> None:
        """Stores a description of the state in which catalog and indexes were closed."""
        ...

    def generation(self) -> int:
        """The number of commits so far: a reader whose number is lower has to read again."""
        ...

    def record_intents(self, changes: Sequence[Change], removals: Sequence[tuple[str, str]]) -> None:
        """Records intents to write ``changes`` and to remove ``(collection, document_id)``s.

        Raises:
            UnknownDocument: a removal names a document that isn't there; nothing is recorded.
        """
        ...

    def commit(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]],
        moves: Sequence[Move] = (),
    ) -> None:
        """Makes the new versions the current ones and marks all intents committed, in one transaction.

        Raises:
            UnknownDocument: a move names a document that isn't there; nothing is changed.
        """
        ...

    def clear_intents(self) -> None:
        """Deletes all intents, once the indexes are consistent with the catalog."""
        ...

    def intents(self) -> list[Intent]:
        """The intents, in the order in which they were recorded."""
        ...

    def document(self, document_id: str, version: str | None = None) -> Document:
        """The document in its current version, which is the only one kept.

        Its ``sha256`` is that of the text as it is stored now. Where the text was altered behind the
        catalog's back it differs from the version of the document's passages and of its record.

        Raises:
            UnknownDocument: there is no such document, or ``version`` isn't the current one.
            DamagedDocument: what is stored of it can't be read.
        """
        ...

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]:
        """Documents by id; unknown and damaged ones are left out."""
        ...

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """Committed passages by id; those of uncommitted or removed versions, and damaged, are left out."""
        ...

    def passages_of(self, document_id: str) -> list[Passage]:
        """A document's passages in the order of its text; none for an unknown id."""
        ...

    def list(
        self,
        collection: str | None = None,
        *,
        limit: int | None = None,
        after: str = "",
        under: str = "",
        containing: str = "",
        filters: Mapping[str, str] | None = None,
    ) -> list[DocumentRecord]:
        """Records ordered by id, those with ``id > after``, at most ``limit``.

        Args:
            under: only documents whose uri starts with this.
            containing: only documents whose title or uri contains this; the case of a to z doesn't matter.
            filters: only documents whose metadata have all of these values, exactly.
        """
        ...

    def matching_versions(self, collection: str, filters: Mapping[str, str]) -> set[tuple[str, str]]:
        """The ``(document_id, version)`` of every document whose metadata have all of ``filters``."""
        ...

    def find_by_uri(self, collection: str, uri: str) -> DocumentRecord | None:
        """The record of the document with this uri, if there is one."""
        ...

    def versions(self, collection: str) -> set[tuple[str, str]]:
        """Committed ``(document_id, version)`` pairs that have at least one passage."""
        ...

    def hidden_from(self, groups: AbstractSet[str]) -> dict[str, str]:
        """The documents that have readers and none of these groups among them: their collections by id."""
        ...

    def readers(self, document_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The groups that may see a document by its id, in order; documents without readers are left out."""
        ...

    def original(self, document_id: str) -> OriginalRecord | None:
        """The file that the document was read from; None where none is kept, or for an unknown id."""
        ...

    def originals(self, document_ids: Iterable[str] | None = None) -> dict[str, int]:
        """The sizes in bytes of the kept files by sha256: those of these documents; None: of all."""
        ...

    def original_sizes(self, sha256s: Iterable[str]) -> dict[str, int]:
        """The sizes in bytes of those of these files that a document has, by sha256."""
        ...

    def original_bytes(self) -> int:
        """The size in bytes of all kept files together."""
        ...

    def drop_originals(self) -> None:
        """Records of every document that no file of it is kept."""
        ...

    def collections(self) -> set[str]: ...

    def count(self, collection: str | None = None) -> int:
        """The number of documents, in one collection or in all."""
        ...

    def check(self) -> None:
        """Raises StorageError if the file is damaged or can't be written."""
        ...

    def vacuum(self) -> None:
        """Shrinks the file: no byte of removed text stays in it."""
        ...

    def close(self) -> None: ...


class PartialCatalog(Catalog, Protocol):
    """Some of a catalog's documents, for reading: in every call of ``Catalog`` the others don't exist."""

    def visible_versions(self, collection: str) -> AbstractSet[tuple[str, str]] | None:
        """The ``(document_id, version)``s that may be found; None: all of the collection."""
        ...

    def visible_passages(self, collection: str) -> int:
        """The number of their passages."""
        ...
