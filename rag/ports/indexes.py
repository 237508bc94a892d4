"""The two search indexes: the dense one of sentences, the lexical (BM25) one of passages.

Both are derived from the catalog and can be rebuilt from it. Rows of uncommitted or removed versions may
be in them for a while; their passages aren't in the catalog, so that no answer comes from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceRow:
    """A row of the dense index: one sentence of a passage.

    ``id`` is ``{passage_id}:{sentence_index}``; ``sentence_index`` is the sentence's position in the
    passage, counted from 0. ``text`` is what is embedded.
    """

    passage_id: str
    sentence_index: int
    document_id: str
    version: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.passage_id}:{self.sentence_index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageRow:
    """A row of the lexical index: one passage; ``context`` holds title, headings and context spans."""

    passage_id: str
    document_id: str
    version: str
    text: str
    context: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A row that an index found; a higher ``score`` is better (cosine if dense, BM25 if lexical).

    ``sentence_index`` is the position of the sentence in its passage; None for lexical hits.
    """

    passage_id: str
    score: float
    sentence_index: int | None = None


class DenseIndex(Protocol):
    """Nearest sentences of a vector, by collection.

    Laws: ``add`` is an upsert by row id; after ``remove`` no ``search`` returns a row of that version;
    everything is durable when a call returns, or when the transaction ends that it is part of; ``search``
    scores are cosines (to 5e-4 where vectors are kept in half precision), best first. The first ``add`` makes
    a collection; an unknown one is empty to every other call.

    Every call may raise IndexUnavailable (the index can't be reached or is damaged) and StorageFull.
    """

    def add(self, collection: str, rows: Sequence[SentenceRow], vectors: Vectors) -> None:
        """Adds rows; ``vectors`` has shape ``(len(rows), dimensions)``.

        Raises:
            ValueError: there are not as many vectors as rows.
        """
        ...

    def remove(
        self, collection: str, document_id: str, version: str, *, keep: AbstractSet[str] = frozenset()
    ) -> None:
        """Removes a version's rows, save those with an id in ``keep`` (rows of a new split)."""
        ...

    def search(
        self, collection: str, vector: Vectors, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        """The ``k`` rows nearest to one vector of shape ``(dimensions,)``.

        Args:
            within: search only rows of these ``(document_id, version)``s, at most a thousand.
        """
        ...

    def versions(self, collection: str) -> set[tuple[str, str]]:
        """Every ``(document_id, version)`` that has at least one row."""
        ...

    def count(self, collection: str) -> int:
        """The number of rows."""
        ...

    def collections(self) -> set[str]:
        """The collections that have at least one row."""
        ...

    def drop(self, collection: str) -> None:
        """Removes a collection with all its rows."""
        ...

    def vacuum(self) -> None:
        """Shrinks the files: no text or vector of removed rows stays in them."""
        ...

    def close(self) -> None: ...


class LexicalIndex(Protocol):
    """Best passages for a query by BM25, by collection.

    The laws are those of ``DenseIndex``, with passage ids as row ids and BM25 scores.
    """

    def add(self, collection: str, rows: Sequence[PassageRow]) -> None: ...

    def remove(
        self,
        collection: str,
        versions: Iterable[tuple[str, str]],
        *,
        keep: AbstractSet[str] = frozenset(),
    ) -> None:
        """Removes the rows of ``(document_id, version)``s, save those with a passage id in ``keep``."""
        ...

    def search(
        self, collection: str, query: str, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        """The best ``k`` passages for a plain-language query; query syntax in it has no meaning.

        ``within`` is as in ``DenseIndex``; it leaves scores as they are.
        """
        ...

    def versions(self, collection: str) -> set[tuple[str, str]]: ...

    def count(self, collection: str) -> int: ...

    def collections(self) -> set[str]: ...

    def drop(self, collection: str) -> None: ...

    def vacuum(self) -> None: ...

    def close(self) -> None: ...
