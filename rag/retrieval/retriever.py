"""Question to candidates: sentences by dense search, passages by BM25, fused on one scale."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from typing import TYPE_CHECKING

from rag.english.words import content_words
from rag.ports.catalog import Catalog, PartialCatalog
from rag.ports.embedder import Embedder
from rag.ports.indexes import DenseIndex, Hit, LexicalIndex
from rag.question.acronyms import possible_definition_terms
from rag.retrieval.fusion import fuse
from rag.retrieval.versions import demote_other_versions
from rag.settings import RetrieveSettings
from rag.types import Candidate, Passage, Question

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

_PREFILTER_LIMIT = 500  # up to so many matching documents the indexes search them alone
_MAX_POOL = 5_000  # passages that are retrieved and then filtered
_DEFINING = 30  # passages that may define an acronym of the question


class Retriever:
    """Retrieves the passages that may answer; only those of committed versions are returned.

    >>> Retriever(catalog, dense, lexical, embedder, RetrieveSettings()).retrieve(question, 10)
    ... # doctest: +SKIP

    Args:
        snapshot: makes all reads of this thread within its block see the same state.
    """

    def __init__(
        self,
        catalog: Catalog,
        dense: DenseIndex,
        lexical: LexicalIndex,
        embedder: Embedder,
        settings: RetrieveSettings,
        *,
        snapshot: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._catalog: Catalog = catalog
        self._dense = dense
        self._lexical = lexical
        self._embedder = embedder
        self._settings = settings
        self._snapshot = snapshot
        self._stored = catalog
        self._partial: PartialCatalog | None = None

    def over(self, catalog: PartialCatalog) -> Retriever:
        """A retriever of this catalog's documents alone: the indexes search no others, or drop their hits
        before scores are compared."""
        retriever = copy(self)
        retriever._catalog = retriever._partial = catalog
        return retriever

    def passages_held(self, collection: str) -> int:
        """The number of a collection's passages that can be retrieved. Raises IndexUnavailable."""
        if self._partial is not None:
            return self._partial.visible_passages(collection)
        return self._lexical.count(collection)

    def retrieve(self, question: Question, k: int) -> list[Candidate]:
        """The best ``k`` candidates, best first.

        What an index still holds of a version that isn't committed has no passage in the catalog
        and is dropped here, before scores are compared.

        Raises:
            IndexUnavailable: an index can't be reached.
        """
        vector = self._embedder.embed([question.text])[0]
        with self._snapshot():
            return self._retrieve(question, vector, k)

    def _retrieve(self, question: Question, vector: Vectors, k: int) -> list[Candidate]:
        dense, lexical, matching = self._hits(question, vector, max(self._settings.pool, k))
        found = self._catalog.passages([hit.passage_id for hit in (*dense, *lexical)])
        passages = _of_versions(found, matching)
        scores = fuse(
            [hit for hit in dense if hit.passage_id in passages],
            [hit for hit in lexical if hit.passage_id in passages],
            lexical_weight=self._lexical_weight(question.text),
        )
        documents = self._catalog.documents({passages[key].document_id for key in scores})
        candidates = [
            Candidate(passage=passages[key], document=documents[passages[key].document_id], scores=score)
            for key, score in scores.items()
            if passages[key].document_id in documents
        ]
        current = [c for c in candidates if c.passage.version == c.document.sha256]
        return demote_other_versions(question.text, current)[:k]

    def definitions(self, question: Question) -> tuple[str, ...]:
        """Texts among those searched that may define the question's acronyms or its long forms; mostly none.

        Each has the headings above it. Give them to ``rag.question.acronyms.expand_acronyms``.

        Raises:
            IndexUnavailable: an index can't be reached.
        """
        with self._snapshot():
            return self._definitions(question)

    def _definitions(self, question: Question) -> tuple[str, ...]:
        terms = " ".join(possible_definition_terms(question.text))
        matching = self._matching(question)
        hits = self._lexical.search(question.collection, terms, _DEFINING, within=_prefilter(matching))
        passages = _of_versions(self._catalog.passages([hit.passage_id for hit in hits]), matching)
        documents = self._catalog.documents({passage.document_id for passage in passages.values()})
        return tuple(
            "\n".join((*document.headings_at(passage.span.start), passage.span.slice(document.text)))
            for hit in hits
            if (passage := passages.get(hit.passage_id)) is not None
            and (document := documents.get(passage.document_id)) is not None
            and passage.version == document.sha256
        )

    def _lexical_weight(self, question: str) -> float:
        """Grows with the question's length: each word helps BM25, while one vector blurs many words."""
        length_ratio = len(content_words(question)) / self._settings.long_question
        return self._settings.lexical_weight * max(1.0, length_ratio)

    def _hits(
        self, question: Question, vector: Vectors, pool: int
    ) -> tuple[list[Hit], list[Hit], AbstractSet[tuple[str, str]] | None]:
        """The hits of both indexes and, where not all may be found, the versions that may.

        Few matching documents are searched alone (pre-filter); many are filtered from a larger pool, the
        larger the rarer they are (post-filter), since filters slow a vector index down.
        """
        collection, matching = question.collection, self._matching(question)
        prefilter = _prefilter(matching)
        if matching is not None and prefilter is None:
            pool = min(_MAX_POOL, 2 * pool * self._stored.count(collection) // len(matching))
        # A passage has several sentences: ask for more sentences than passages.
        dense = self._dense.search(collection, vector, 2 * pool, within=prefilter)
        lexical = self._lexical.search(collection, question.text, pool, within=prefilter)
        return dense, lexical, matching

    def _matching(self, question: Question) -> AbstractSet[tuple[str, str]] | None:
        """The versions that may be found and match the question's filters; None where all do."""
        if not question.filters:
            return None if self._partial is None else self._partial.visible_versions(question.collection)
        return self._catalog.matching_versions(question.collection, question.filters)


def _prefilter(matching: AbstractSet[tuple[str, str]] | None) -> AbstractSet[tuple[str, str]] | None:
    """The matching versions where they are few enough to be searched alone, else None."""
    return matching if matching is not None and len(matching) <= _PREFILTER_LIMIT else None


def _of_versions(
    passages: dict[str, Passage], versions: AbstractSet[tuple[str, str]] | None
) -> dict[str, Passage]:
    """The passages of these versions, of any where None."""
    if versions is None:
        return passages
    return {key: p for key, p in passages.items() if (p.document_id, p.version) in versions}
