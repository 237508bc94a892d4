"""LlamaIndexStore over stores that lose their rows, fail, or score by another measure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from llama_index.core.vector_stores.simple import SimpleVectorStore
from llama_index.core.vector_stores.types import VectorStoreQueryResult

from rag.adapters.llama_index.vector_store import LlamaIndexStore
from rag.errors import IndexUnavailable
from tests.contract.test_dense_index import hit_ids, sentence_rows, vectors


class HalvedScores(SimpleVectorStore):
    """Scores are half the cosine."""

    def query(self, query: Any, **options: Any) -> VectorStoreQueryResult:
        result = super().query(query, **options)
        return VectorStoreQueryResult(ids=result.ids, similarities=[s / 2 for s in result.similarities or []])


class Unreachable(SimpleVectorStore):
    """Fails as a server that isn't there does, with an error class of its own."""

    def query(self, query: Any, **options: Any) -> VectorStoreQueryResult:
        raise RuntimeError("connection refused")

    def add(self, nodes: Any, **options: Any) -> list[str]:
        raise RuntimeError("connection refused")


def test_a_store_that_lost_its_rows_is_filled_again(tmp_path: Path) -> None:
    """Any number of versions, in every collection; removed ones stay removed."""
    copy = tmp_path / "vectors.sqlite3"
    index = LlamaIndexStore(SimpleVectorStore(), copy)
    for number in range(120):
        index.add("default", sentence_rows(f"d{number}", "v", 2), vectors(2, number))
    index.add("other", sentence_rows("e", "v", 2), vectors(2, 500))
    index.remove("default", "d7", "v")
    index.close()
    index = LlamaIndexStore(SimpleVectorStore(), copy)
    assert hit_ids(index, vectors(2, 99)[1], 1) == ["d99v0:1"]
    assert len(hit_ids(index, vectors(1)[0], 1_000)) == 238
    assert len(hit_ids(index, vectors(1)[0], 1_000, collection="other")) == 2
    index.close()


def test_scores_are_cosines_whatever_the_store_returns(tmp_path: Path) -> None:
    """They are computed from the copied vectors."""
    index = LlamaIndexStore(HalvedScores(), tmp_path / "vectors.sqlite3")
    index.add("default", sentence_rows("a", "v", 3), vectors(3))
    assert index.search("default", vectors(3)[1], 1)[0].score == pytest.approx(1.0, abs=1e-5)
    index.close()


def test_a_failing_store_raises_index_unavailable(tmp_path: Path) -> None:
    """Whatever it raises itself; once it answers again, it is given what it missed."""
    copy = tmp_path / "vectors.sqlite3"
    index = LlamaIndexStore(Unreachable(), copy)
    with pytest.raises(IndexUnavailable, match="connection refused"):
        index.add("default", sentence_rows("a", "v", 3), vectors(3))
    with pytest.raises(IndexUnavailable, match="connection refused"):
        index.search("default", vectors(1)[0], 3)
    index.close()
    with pytest.raises(IndexUnavailable, match="connection refused"):
        LlamaIndexStore(Unreachable(), copy)
    index = LlamaIndexStore(SimpleVectorStore(), copy)
    assert len(hit_ids(index, vectors(1)[0])) == 3
    index.close()


def test_rows_that_others_wrote_into_the_store_are_no_hits(tmp_path: Path) -> None:
    """Only node ids of the copy are returned."""
    store = SimpleVectorStore()
    other = LlamaIndexStore(store, tmp_path / "other.sqlite3")
    other.add("default", sentence_rows("x", "v", 3), vectors(3))
    index = LlamaIndexStore(store, tmp_path / "vectors.sqlite3")
    index.add("default", sentence_rows("a", "v", 3), vectors(3, 1))
    assert set(hit_ids(index, vectors(3)[0])) == {row.id for row in sentence_rows("a", "v", 3)}
    other.close()
    index.close()
