"""Texts as the service would find them for a question, so that the reader learns from its own retriever.

Ranked by meaning (the embedder's cosine) and by shared rare words, the two ranks fused by their
reciprocals (Cormack et al. 2009, k 60). Negatives that a retriever ranks high teach more than ones
drawn at random (Karpukhin et al. 2020, section 4.3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from evals.train.data.lexical_overlap import OverlapIndex
from rag.ports.embedder import Embedder

_DEPTH = 40
_DAMPING = 60


class NearIndex:
    """The texts of an ``OverlapIndex``, found by meaning as well.

    >>> NearIndex(index, embedder).closest("Who built the pavilion?", 12)  # doctest: +SKIP
    """

    def __init__(self, words: OverlapIndex, embedder: Embedder) -> None:
        self._words = words
        self._embedder = embedder
        self._vectors = embedder.embed(words.texts)  # [texts, dimensions], of unit length
        self._place = {text: at for at, text in enumerate(words.texts)}

    def rarest(self, words: Iterable[str]) -> str | None:
        """As ``OverlapIndex.rarest``."""
        return self._words.rarest(words)

    def closest(self, question: str, count: int) -> Sequence[str]:
        """The ``count`` texts nearest to the question, best first."""
        similar = self._vectors @ self._embedder.embed([question])[0]
        by_meaning = (-similar).argsort(kind="stable")[:_DEPTH].tolist()
        by_words = [self._place[text] for text in self._words.closest(question, _DEPTH)]
        scores: dict[int, float] = defaultdict(float)
        for places in (by_meaning, by_words):
            for rank, place in enumerate(places):
                scores[place] += 1 / (_DAMPING + rank)
        best = sorted(scores, key=lambda place: (-scores[place], place))[:count]
        return [self._words.texts[place] for place in best]
