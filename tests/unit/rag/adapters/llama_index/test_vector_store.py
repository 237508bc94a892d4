"""llama-index stores that forget, fail or score in their own way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from llama_index.core.vector_stores.simple import SimpleVectorStore
from llama_index.core.vector_stores.types import VectorStoreQueryResult

from rag.adapters.llama_index.vector_store import LlamaIndexStore
from rag.errors import IndexUnavailable
from tests.contract.test_dense_index import hit_ids, sentence_rows, vectors


class Halved(SimpleVectorStore):
    """Scores by its own measure."""

    def query(self, query: Any, **more: Any) -> VectorStoreQueryResult:
        found = super().query(query, **more)
        return VectorStoreQueryResult(ids=found.ids, similarities=[s / 2 for s in found.similarities or []])


class Down(SimpleVectorStore):
    """Fails as a server that isn't there does, with an error nobody knows."""

    def query(self, query: Any, **more: Any) -> VectorStoreQueryResult:
        raise RuntimeError("connection refused")

    def add(self, nodes: Any, **more: Any) -> list[str]:
        raise RuntimeError("connection refused")


def test_a_store_that_forgot_is_filled_again(tmp_path: Path) -> None:
    """Any number of versions, in every collection; what was removed doesn't come back."""
    ledger = tmp_path / "ledger.sqlite3"
    index = LlamaIndexStore(SimpleVectorStore(), ledger)
    for number in range(120):
        index.add("default", sentence_rows(f"d{number}", "v", 2), vectors(2, number))
    index.add("other", sentence_rows("e", "v", 2), vectors(2, 500))
    index.remove("default", "d7", "v")
    index.close()
    index = LlamaIndexStore(SimpleVectorStore(), ledger)
    assert hit_ids(index, vectors(2, 99)[1], 1) == ["d99v0:1"]
    assert len(hit_ids(index, vectors(1)[0], 1_000)) == 238
    assert len(hit_ids(index, vectors(1)[0], 1_000, collection="other")) == 2
    index.close()


def test_scores_are_cosines_whatever_the_store_says(tmp_path: Path) -> None:
    """They are counted from the vectors in the ledger."""
    index = LlamaIndexStore(Halved(), tmp_path / "ledger.sqlite3")
    index.add("default", sentence_rows("a", "v", 3), vectors(3))
    assert index.search("default", vectors(3)[1], 1)[0].score == pytest.approx(1.0, abs=1e-5)
    index.close()


def test_a_store_that_fails_is_named(tmp_path: Path) -> None:
    """Whatever it raises; once it answers again, what it missed is in it."""
    ledger = tmp_path / "ledger.sqlite3"
    index = LlamaIndexStore(Down(), ledger)
    with pytest.raises(IndexUnavailable, match="connection refused"):
        index.add("default", sentence_rows("a", "v", 3), vectors(3))
    with pytest.raises(IndexUnavailable, match="connection refused"):
        index.search("default", vectors(1)[0], 3)
    index.close()
    with pytest.raises(IndexUnavailable, match="connection refused"):
        LlamaIndexStore(Down(), ledger)
    index = LlamaIndexStore(SimpleVectorStore(), ledger)
    assert len(hit_ids(index, vectors(1)[0])) == 3
    index.close()


def test_rows_of_others_in_the_store_are_not_ours(tmp_path: Path) -> None:
    """What the ledger doesn't know is no hit."""
    store = SimpleVectorStore()
    other = LlamaIndexStore(store, tmp_path / "other.sqlite3")
    other.add("default", sentence_rows("x", "v", 3), vectors(3))
    index = LlamaIndexStore(store, tmp_path / "ledger.sqlite3")
    index.add("default", sentence_rows("a", "v", 3), vectors(3, 1))
    assert set(hit_ids(index, vectors(3)[0])) == {unit.id for unit in sentence_rows("a", "v", 3)}
    other.close()
    index.close()
