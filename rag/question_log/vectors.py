"""Vectors of texts that were embedded before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from rag.ports.embedder import Embedder

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

_MAX_TEXTS = 5_000  # 1.5 KB each; the one unused longest is dropped


class RememberedVectors:
    """Fulfils ``Embedder``: a text that was embedded lately isn't embedded again. For many threads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._rows: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    @property
    def fingerprint(self) -> str:
        return self._embedder.fingerprint

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._rows]
            self._rows.update(zip(new, self._embedder.embed(new), strict=True))
            vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
            for row, text in enumerate(texts):
                self._rows.move_to_end(text)
                vectors[row] = self._rows[text]
            while len(self._rows) > _MAX_TEXTS:
                self._rows.popitem(last=False)
            return vectors
