"""SaywhereRetriever: what it asks the engine for, and that async doesn't block."""

from __future__ import annotations

import asyncio

import pytest
from llama_index.core.callbacks import CallbackManager, CBEventType, LlamaDebugHandler
from llama_index.core.callbacks.schema import EventPayload
from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters

from rag.adapters.llama_index import SaywhereRetriever
from rag.types import Question
from tests.unit.rag.adapters.llama_index.service import QUOTE, ScriptedService


def test_collection_filters_and_top_k_reach_the_engine() -> None:
    service = ScriptedService()
    filters = MetadataFilters(filters=[MetadataFilter(key="year", value=2024)])
    nodes = SaywhereRetriever(service, similarity_top_k=3, collection="hr", filters=filters).retrieve(
        "choir?"
    )
    assert service.scripted.searched == [
        (Question(text="choir?", collection="hr", filters={"year": "2024"}), 3)
    ]
    assert [scored.text for scored in nodes] == [QUOTE]


def test_top_k_can_be_set_and_is_checked() -> None:
    """As of llama-index's own retrievers."""
    service = ScriptedService()
    retriever = SaywhereRetriever(service)
    retriever.similarity_top_k = 7
    retriever.retrieve("choir?")
    assert retriever.similarity_top_k == service.scripted.searched[0][1] == 7
    with pytest.raises(ValueError, match="at least 1"):
        SaywhereRetriever(service, similarity_top_k=0)


def test_a_retrieval_is_reported_with_its_nodes() -> None:
    """As a RETRIEVE event, synchronous and asynchronous."""
    handler = LlamaDebugHandler(print_trace_on_end=False)
    retriever = SaywhereRetriever(ScriptedService(), callback_manager=CallbackManager([handler]))
    retriever.retrieve("choir?")
    asyncio.run(retriever.aretrieve("choir?"))
    pairs = handler.get_event_pairs(CBEventType.RETRIEVE)
    assert [end.payload[EventPayload.NODES][0].text for _, end in pairs] == [QUOTE, QUOTE]
