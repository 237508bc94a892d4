"""llama-index vector stores that a test names by setting."""

from __future__ import annotations

from pathlib import Path

from llama_index.core.vector_stores.simple import SimpleVectorStore


def in_memory(data: Path) -> SimpleVectorStore:
    """A store that forgets everything when its process ends."""
    return SimpleVectorStore()
