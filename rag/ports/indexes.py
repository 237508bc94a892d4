"""The two search indexes: dense vectors of sentences, and the terms of passages (BM25)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceRow:
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
class PassageRow:
    """One passage as the lexical index sees it; ``context`` holds title and headings."""

    passage_id: str
    document_id: str
    version: str
    text: str
    context: str


class DenseIndex(Protocol):
    """Dense index over units, kept apart by collection.

    Laws: ``add`` is an upsert by unit id; after ``remove`` no ``search`` returns a unit of that
    version; everything is durable when a call returns; ``search`` scores are cosines, best first.
    Collections are made on first ``add``; searching or pruning an unknown one finds nothing.
    """

    def add(self, collection: str, units: Sequence[SentenceRow], vectors: Vectors) -> None: ...

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


class LexicalIndex(Protocol):
    """Lexical (BM25) index over passages. Same laws as PassageIndex; scores are BM25's."""

    def add(self, collection: str, rows: Sequence[PassageRow]) -> None: ...

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
