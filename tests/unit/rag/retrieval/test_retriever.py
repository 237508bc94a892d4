"""Filters: matching documents are retrieved however rare they are, and no others; the weight of BM25."""

from __future__ import annotations

import pytest

from rag.ports.catalog import Change
from rag.ports.indexes import Hit
from rag.retrieval import retriever as retrieve
from rag.retrieval.fusion import fuse
from rag.retrieval.retriever import Retriever
from rag.settings import RetrieveSettings
from rag.storage.library import Library
from rag.types import Question, Scores
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex
from tests.samples import document, passage


@pytest.fixture
def retriever() -> Retriever:
    """Two hundred documents that all speak of the harbour; every fortieth is the port team's."""
    parts = MemoryCatalog(), MemoryDenseIndex(), MemoryLexicalIndex(), BagEmbedder()
    changes = []
    for number in range(200):
        team = "port" if number % 40 == 39 else "sea"
        words = (
            "The harbour opens." if team == "sea" else f"About the harbour and berth {number} there is much."
        )
        doc = document(words, id=f"d{number}", metadata={"team": team, "kind": "note"})
        changes.append(Change(document=doc, passages=(passage(doc),)))
    Library(*parts).write(changes)
    return Retriever(*parts, RetrieveSettings(pool=10))


def retrieved_ids(retriever: Retriever, **filters: str) -> list[str]:
    question = Question(text="when does the harbour open", filters=filters)
    return [candidate.document.id for candidate in retriever.retrieve(question, 10)]


PORT = {"d39", "d79", "d119", "d159", "d199"}


def test_few_documents_are_searched_alone(retriever: Retriever) -> None:
    """Though ten nearer ones of the other team would fill the pool."""
    assert not PORT & set(retrieved_ids(retriever))
    assert set(retrieved_ids(retriever, team="port")) == PORT
    assert set(retrieved_ids(retriever, team="port", kind="note")) == PORT


def test_many_documents_are_filtered_from_a_larger_pool(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rarer they are, the larger the pool is."""
    monkeypatch.setattr(retrieve, "_PREFILTER_LIMIT", 2)
    assert set(retrieved_ids(retriever, team="port")) == PORT


def test_documents_that_match_no_filter_are_not_retrieved(retriever: Retriever) -> None:
    """An unknown name or value matches nothing."""
    assert retrieved_ids(retriever, team="air") == []
    assert retrieved_ids(retriever, crew="port") == []


@pytest.mark.parametrize(("words", "weight"), [(1, 0.7), (8, 0.7), (12, 1.05), (16, 1.4)])
def test_the_weight_of_bm25_grows_with_a_questions_length(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch, words: int, weight: float
) -> None:
    """In proportion to the content words; stop words and repeats don't count."""
    weights: list[float] = []

    def recording_fuse(dense: list[Hit], lexical: list[Hit], *, lexical_weight: float) -> dict[str, Scores]:
        weights.append(lexical_weight)
        return fuse(dense, lexical, lexical_weight=lexical_weight)

    monkeypatch.setattr(retrieve, "fuse", recording_fuse)
    text = " ".join(f"the harbour{n} of harbour{n}" for n in range(words))
    retriever.retrieve(Question(text=text), 10)
    assert weights == [pytest.approx(weight)]
