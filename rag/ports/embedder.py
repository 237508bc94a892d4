"""The embedder: texts to vectors whose dot product is their similarity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


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
