"""Hard negatives of the service's own kind of retrieval: texts that it ranks high for a question.

Dense and lexical ranks are fused by reciprocal rank fusion (Cormack et al. 2009, k = 60). Negatives that a
retriever ranks high teach more than random ones (Karpukhin et al. 2020, arXiv:2004.04906, section 4.3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from evals.train.data.lexical_overlap import LexicalIndex
from rag.ports.embedder import Embedder

_DEPTH = 40  # ranks of each list that count
_RRF_K = 60


class HybridIndex:
    """The texts of a ``LexicalIndex`` with their embeddings.

    >>> HybridIndex(index, embedder).search("Who built the pavilion?", 12)  # doctest: +SKIP
    """

    def __init__(self, lexical: LexicalIndex, embedder: Embedder) -> None:
        self._lexical = lexical
        self._embedder = embedder
        self._vectors = embedder.embed(lexical.texts)  # [texts, dimensions], of unit length
        self._number = {text: number for number, text in enumerate(lexical.texts)}

    def rarest(self, words: Iterable[str]) -> str | None:
        """As ``LexicalIndex.rarest``."""
        return self._lexical.rarest(words)

    def search(self, question: str, count: int) -> Sequence[str]:
        """The ``count`` texts with the best fused ranks, best first."""
        cosines = self._vectors @ self._embedder.embed([question])[0]
        dense = (-cosines).argsort(kind="stable")[:_DEPTH].tolist()
        lexical = [self._number[text] for text in self._lexical.search(question, _DEPTH)]
        scores: dict[int, float] = defaultdict(float)
        for ranking in (dense, lexical):
            for rank, number in enumerate(ranking):
                scores[number] += 1 / (_RRF_K + rank)
        best = sorted(scores, key=lambda number: (-scores[number], number))[:count]
        return [self._lexical.texts[number] for number in best]
