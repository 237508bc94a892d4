"""Hybrid retrieval of hard negatives: dense and lexical ranks are fused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evals.train.data.hard_negatives import HybridIndex
from evals.train.data.lexical_overlap import LexicalIndex
from tests.unit.evals.train.data.sample_questions import OTHER


class IceEmbedder:
    """An embedder with two directions: texts about ice sports, and all others."""

    fingerprint, dimensions = "ice", 2

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        on_ice = [any(word in text for word in ("hockey", "curling", "skate")) for text in texts]
        return np.array([[1.0, 0.0] if ice else [0.0, 1.0] for ice in on_ice], dtype=np.float32)


def test_a_text_without_a_shared_word_is_retrieved_by_meaning() -> None:
    """A text that both rankings have comes first."""
    texts = ["Salt and sand.", "A farmer's skate.", OTHER, "The Aberdeen museum has sand."]
    index = HybridIndex(LexicalIndex.build(texts), IceEmbedder())
    ranked = index.search("Who played hockey at the Aberdeen?", 3)
    assert ranked[0] == OTHER
    assert "A farmer's skate." in ranked
