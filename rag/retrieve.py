"""Question to candidates: sentences by meaning, passages by their words, fused on one scale."""

from __future__ import annotations

from rag.fusion import fuse
from rag.ports import Catalog, Embedder, PassageIndex, TermIndex
from rag.settings import RetrieveSettings
from rag.types import Candidate, Question


class Retriever:
    """Finds the passages that may answer; only those of committed versions come back.

    >>> Retriever(catalog, dense, terms, embedder, RetrieveSettings()).retrieve(question, 10)
    ... # doctest: +SKIP
    """

    def __init__(
        self,
        catalog: Catalog,
        dense: PassageIndex,
        terms: TermIndex,
        embedder: Embedder,
        settings: RetrieveSettings,
    ) -> None:
        self._catalog = catalog
        self._dense = dense
        self._terms = terms
        self._embedder = embedder
        self._settings = settings

    def retrieve(self, question: Question, k: int) -> list[Candidate]:
        """The best ``k`` candidates, best first.

        What an index still holds of a version that isn't committed has no passage in the catalog
        and is dropped here, before scores are compared.

        Raises:
            IndexUnavailable: an index can't be reached.
        """
        pool = max(self._settings.pool, k)
        vector = self._embedder.embed([question.text])[0]
        # A passage has several sentences: ask for more units than passages.
        dense = self._dense.search(question.collection, vector, 2 * pool)
        lexical = self._terms.search(question.collection, question.text, pool)
        passages = self._catalog.passages([hit.passage_id for hit in (*dense, *lexical)])
        scores = fuse(
            [hit for hit in dense if hit.passage_id in passages],
            [hit for hit in lexical if hit.passage_id in passages],
            lexical_weight=self._settings.lexical_weight,
        )
        documents = self._catalog.documents({passages[key].document_id for key in scores})
        candidates = [
            Candidate(passage=passages[key], document=documents[passages[key].document_id], scores=score)
            for key, score in scores.items()
            if passages[key].document_id in documents
        ]
        return _matching(candidates, question)[:k]


def _matching(candidates: list[Candidate], question: Question) -> list[Candidate]:
    """Those of the committed version whose document's metadata match every filter of the question."""
    wanted = question.filters.items()
    return [
        candidate
        for candidate in candidates
        if candidate.passage.version == candidate.document.sha256
        and all(candidate.document.metadata.get(name) == value for name, value in wanted)
    ]
