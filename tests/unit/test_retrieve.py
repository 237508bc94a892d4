"""Filters: what passes them is found however rare it is, and nothing else is."""

from __future__ import annotations

import pytest

from rag import retrieve
from rag.library import Library
from rag.ports.catalog import Change
from rag.retrieve import Retriever
from rag.settings import RetrieveSettings
from rag.types import Question
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import MemoryCatalog, MemoryPassageIndex, MemoryTermIndex
from tests.samples import document, passage


@pytest.fixture
def retriever() -> Retriever:
    """Two hundred documents that all speak of the harbour; every fortieth is the port team's."""
    parts = MemoryCatalog(), MemoryPassageIndex(), MemoryTermIndex(), BagEmbedder()
    changes = []
    for number in range(200):
        team = "port" if number % 40 == 39 else "sea"
        words = (
            "The harbour opens." if team == "sea" else f"About the harbour and berth {number} there is much."
        )
        made = document(words, id=f"d{number}", metadata={"team": team, "kind": "note"})
        changes.append(Change(document=made, passages=(passage(made),)))
    Library(*parts).write(changes)
    return Retriever(*parts, RetrieveSettings(pool=10))


def found(retriever: Retriever, **filters: str) -> list[str]:
    question = Question(text="when does the harbour open", filters=filters)
    return [candidate.document.id for candidate in retriever.retrieve(question, 10)]


PORT = {"d39", "d79", "d119", "d159", "d199"}


def test_few_documents_are_searched_alone(retriever: Retriever) -> None:
    """Though ten nearer ones of the other team would fill the pool."""
    assert not PORT & set(found(retriever))
    assert set(found(retriever, team="port")) == PORT
    assert set(found(retriever, team="port", kind="note")) == PORT


def test_many_documents_are_found_among_the_rest(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rarer they are, the more of the rest is looked at."""
    monkeypatch.setattr(retrieve, "_FEW", 2)
    assert set(found(retriever, team="port")) == PORT


def test_what_passes_no_filter_is_not_found(retriever: Retriever) -> None:
    """An unknown name or value finds nothing."""
    assert found(retriever, team="air") == []
    assert found(retriever, crew="port") == []
