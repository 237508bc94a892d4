"""What the core needs from outside, as Protocols whose docstrings state their laws.

Every adapter of a port passes the same contract suite in ``tests/contract``, as does the
hand-written fake beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rag.types import DEFAULT_COLLECTION, Candidate, Document, Passage, SpanAnswer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What the dense index finds: one sentence of a passage, or the passage whole.

    ``id`` is ``{passage_id}:{index}``, ``index`` being the sentence's place in the passage.
    ``text`` is what is embedded.
    """

    passage_id: str
    index: int
    document_id: str
    version: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.passage_id}:{self.index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that an index found, ``score`` higher is better.

    ``index`` is the sentence that was found (dense only, None for lexical hits).
    """

    passage_id: str
    score: float
    index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """One passage as the lexical index sees it; ``context`` holds title and headings."""

    passage_id: str
    document_id: str
    version: str
    text: str
    context: str


class Embedder(Protocol):
    """Texts to unit-length vectors.

    Laws: the same text gives the same vector whatever else is in the batch (to 1e-3 for int8,
    1e-5 for fp32); rows have length 1; an empty list gives shape ``(0, dimensions)``.
    """

    @property
    def fingerprint(self) -> str:
        """Names model, weights and numeric form; vectors of different fingerprints don't mix."""
        ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32 array of shape ``(len(texts), dimensions)``.

        Raises:
            ModelError: the model can't be loaded.
        """
        ...


class PassageIndex(Protocol):
    """Dense index over units, kept apart by collection.

    Laws: ``add`` is an upsert by unit id; after ``remove`` no ``search`` returns a unit of that
    version; everything is durable when a call returns; ``search`` scores are cosines, best first.
    Collections are made on first ``add``; searching or pruning an unknown one finds nothing.
    """

    def add(self, collection: str, units: Sequence[Unit], vectors: Vectors) -> None: ...

    def remove(
        self, collection: str, document_id: str, version: str, *, keep: AbstractSet[str] = frozenset()
    ) -> None:
        """Removes the units of a version, those whose id is in ``keep`` apart (a re-split)."""
        ...

    def search(
        self, collection: str, vector: Vectors, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        """The ``k`` nearest units of one vector of shape ``(dimensions,)``.

        Args:
            within: look at units of these ``(document_id, version)``s alone, at most a thousand.
        """
        ...

    def versions(self, collection: str) -> set[tuple[str, str]]:
        """Every ``(document_id, version)`` that has at least one unit, for recovery and doctor."""
        ...

    def count(self, collection: str) -> int: ...

    def collections(self) -> set[str]: ...

    def drop(self, collection: str) -> None: ...

    def vacuum(self) -> None:
        """Gives deleted text and space back to the disk."""
        ...

    def close(self) -> None: ...


class TermIndex(Protocol):
    """Lexical (BM25) index over passages. Same laws as PassageIndex; scores are BM25's."""

    def add(self, collection: str, rows: Sequence[TermRow]) -> None: ...

    def remove(
        self,
        collection: str,
        versions: Iterable[tuple[str, str]],
        *,
        keep: AbstractSet[str] = frozenset(),
    ) -> None:
        """Removes the rows of ``(document_id, version)``s, those with a passage id in ``keep`` apart."""
        ...

    def search(
        self, collection: str, query: str, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        """Best ``k`` passages for a plain-language query; query syntax in it has no meaning.

        ``within`` is as in PassageIndex; scores are the same with it or without.
        """
        ...

    def versions(self, collection: str) -> set[tuple[str, str]]: ...

    def count(self, collection: str) -> int: ...

    def collections(self) -> set[str]: ...

    def drop(self, collection: str) -> None: ...

    def vacuum(self) -> None: ...

    def close(self) -> None: ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a reader thought of one answer; ``answer`` empty: of an abstention.

    ``citations`` are the places it cited, as ``(document_id, version, start, end)``. ``at`` is a UTC
    time in ISO 8601, given by the store.
    """

    answer_id: str
    collection: str
    question: str
    answer: str
    helpful: bool
    note: str = ""
    citations: tuple[tuple[str, str, int, int], ...] = ()
    at: str = ""


class FeedbackStore(Protocol):
    """What readers said of answers, kept beside the documents.

    Laws: one entry an answer, the later one takes the earlier one's place; each call is one
    transaction, durable when it returns.
    """

    def put(self, feedback: Feedback) -> None: ...

    def list(self, *, helpful: bool | None = None, limit: int = 100) -> list[Feedback]:
        """The newest first, those of one kind where ``helpful`` is given."""
        ...


class Reader(Protocol):
    """Question and candidates to answer spans.

    Laws: spans lie inside their candidate's passage (or its leads); a span's text is a slice of
    the document or its referents' slices; results are per candidate, in the order given, each a
    list best first (empty only for an unreadable passage); the same input gives the same output.
    """

    @property
    def fingerprint(self) -> str: ...

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[list[SpanAnswer]]: ...


class Resolver(Protocol):
    """Leads pronouns back to names: fills ``Passage.mentions``.

    Laws: passages come back in the order given, changed in nothing but ``mentions``; each mention
    lies inside its passage, each referent in the same document, before its mention; pure.
    """

    @property
    def fingerprint(self) -> str: ...

    def resolve(self, document: Document, passages: Sequence[Passage]) -> list[Passage]: ...


class Splitter(Protocol):
    """Document to passages; pure. ``fingerprint`` names the rules so that a change is noticed."""

    @property
    def fingerprint(self) -> str: ...

    def split(self, document: Document) -> Iterator[Passage]: ...


__all__ = [
    "DEFAULT_COLLECTION",
    "Catalog",
    "Change",
    "DocumentRecord",
    "Embedder",
    "Feedback",
    "FeedbackStore",
    "Hit",
    "Intent",
    "Move",
    "PassageIndex",
    "Reader",
    "Resolver",
    "Splitter",
    "TermIndex",
    "TermRow",
    "Unit",
]
