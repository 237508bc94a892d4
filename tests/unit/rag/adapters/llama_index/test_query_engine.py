"""SaywhereQueryEngine: responses, abstentions, events, and answers beside a running event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from llama_index.core import Settings
from llama_index.core.callbacks import CallbackManager, CBEventType, LlamaDebugHandler
from llama_index.core.callbacks.schema import EventPayload
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters
from pydantic import Field

from rag.adapters.llama_index import SaywhereQueryEngine
from rag.errors import InvalidQuestion
from rag.types import Answer, Conflict, Question
from tests.unit.rag.adapters.llama_index.service import (
    CITATION,
    QUOTE,
    ScriptedService,
    abstention,
    answer,
)

EVENT_TYPES = (CBEventType.QUERY, CBEventType.RETRIEVE, CBEventType.SYNTHESIZE)


class Recorder(BaseEventHandler):
    """Keeps the names of instrumentation events."""

    names: list[str] = Field(default_factory=list)

    def handle(self, event: Any, **_: Any) -> None:
        self.names.append(event.class_name())


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Attached to llama-index's root dispatcher while a test runs."""
    root = get_dispatcher()
    handler = Recorder()
    root.add_event_handler(handler)
    yield handler
    root.event_handlers.remove(handler)


def test_an_answer_is_a_response_with_its_citations() -> None:
    """Statements and conflicts number them as ``source_nodes`` orders them."""

    def disputed(question: Question) -> Answer:
        return Answer(
            question=question.text,
            text="40",
            statements=answer(question).statements,
            citations=(CITATION, CITATION),
            confidence=0.9,
            conflicts=(Conflict(text="50", citations=(1,)),),
        )

    response = SaywhereQueryEngine(ScriptedService(disputed)).query("how many singers?")
    assert str(response) == "40"
    assert [(scored.text, scored.score) for scored in response.source_nodes] == [(QUOTE, 0.9), (QUOTE, 0.9)]
    metadata = response.metadata
    assert (metadata["answered"], metadata["confidence"]) == (True, 0.9)
    assert metadata["statements"] == [{"text": QUOTE, "citations": [0], "role": "sentence"}]
    assert metadata["conflicts"] == [{"text": "50", "citations": [1]}]
    first = metadata["citations"][0]
    assert (first["quote"], first["section"], first["page"]) == (QUOTE, ["Music", "Choir"], 2)


def test_an_abstention_has_a_text_a_reason_and_no_source() -> None:
    """The nearest quotes are in the metadata, as nothing supports an answer."""
    response = SaywhereQueryEngine(ScriptedService(abstention)).query("how many singers?")
    assert str(response) == "The documents don't answer this question."
    assert response.source_nodes == []
    metadata = response.metadata
    assert (metadata["answered"], metadata["reason"]) == (False, "not_confident")
    assert [nearest["quote"] for nearest in metadata["nearest"]] == [QUOTE]


def test_the_text_of_an_abstention_can_be_set() -> None:
    engine = SaywhereQueryEngine(ScriptedService(abstention), abstention_text="Ask the office.")
    assert str(engine.query("how many singers?")) == "Ask the office."


def test_collection_and_filters_reach_the_engine() -> None:
    """For answers and for ``retrieve`` alike."""
    service = ScriptedService()
    filters = MetadataFilters(filters=[MetadataFilter(key="team", value="choir")])
    engine = SaywhereQueryEngine(service, collection="hr", filters=filters, similarity_top_k=2)
    engine.query("how many?")
    engine.retrieve("how many?")
    question = Question(text="how many?", collection="hr", filters={"team": "choir"})
    assert service.scripted.questions == [question]
    assert service.scripted.searched == [(question, 2)]


def test_a_query_is_reported_as_llama_indexs_own_are() -> None:
    """QUERY holds RETRIEVE and SYNTHESIZE, with question, nodes and response."""
    handler = LlamaDebugHandler(print_trace_on_end=False)
    service = ScriptedService()
    engine = SaywhereQueryEngine(service, callback_manager=CallbackManager([handler]))
    response = engine.query("how many?")
    pairs = {kind: handler.get_event_pairs(kind) for kind in EVENT_TYPES}
    assert [len(events) for events in pairs.values()] == [1, 1, 1]
    (query_start, query_end), (_, retrieve_end), (_, synthesize_end) = (each[0] for each in pairs.values())
    assert query_start.payload[EventPayload.QUERY_STR] == "how many?"
    assert query_end.payload[EventPayload.RESPONSE] is response
    assert retrieve_end.payload[EventPayload.NODES][0].text == QUOTE
    assert synthesize_end.payload[EventPayload.RESPONSE] is response
    children = {kind: pairs[kind][0][0].id_ for kind in EVENT_TYPES[1:]}
    assert handler._trace_map[query_start.id_] == list(children.values())


def test_the_global_callback_manager_is_the_default() -> None:
    """As in llama-index: what ``Settings`` holds when the engine is made."""
    handler = LlamaDebugHandler(print_trace_on_end=False)
    before = Settings._callback_manager
    Settings.callback_manager = CallbackManager([handler])
    try:
        SaywhereQueryEngine(ScriptedService()).query("how many?")
    finally:
        Settings._callback_manager = before
    assert len(handler.get_event_pairs(CBEventType.QUERY)) == 1


def test_instrumentation_sees_query_retrieval_and_synthesis(recorder: Recorder) -> None:
    """Event names of llama-index's dispatcher, in their order."""
    SaywhereQueryEngine(ScriptedService()).query("how many?")
    assert recorder.names == [
        "QueryStartEvent",
        "RetrievalStartEvent",
        "RetrievalEndEvent",
        "SynthesizeStartEvent",
        "SynthesizeEndEvent",
        "QueryEndEvent",
    ]


def test_without_a_handler_nothing_is_searched_twice() -> None:
    """Answering retrieves by itself."""
    service = ScriptedService()
    SaywhereQueryEngine(service).query("how many?")
    assert service.scripted.searched == []


def test_errors_of_the_engine_are_raised() -> None:
    """And reported to handlers, where they end the synthesis."""

    def fail(question: Question) -> Answer:
        raise InvalidQuestion("the question is empty")

    handler = LlamaDebugHandler(print_trace_on_end=False)
    engine = SaywhereQueryEngine(ScriptedService(fail), callback_manager=CallbackManager([handler]))
    with pytest.raises(InvalidQuestion):
        engine.query("?")
    [(_, synthesize_end)] = handler.get_event_pairs(CBEventType.SYNTHESIZE)
    assert isinstance(synthesize_end.payload[EventPayload.EXCEPTION], InvalidQuestion)


def test_an_asynchronous_query_leaves_the_event_loop_free() -> None:
    """The engine waits for something that only the running loop does."""
    is_free = threading.Event()

    def wait(question: Question) -> Answer:
        assert is_free.wait(timeout=10)
        return answer(question)

    async def query_beside_another_task() -> str:
        handler = LlamaDebugHandler(print_trace_on_end=False)
        engine = SaywhereQueryEngine(ScriptedService(wait), callback_manager=CallbackManager([handler]))
        task = asyncio.create_task(engine.aquery("how many?"))
        await asyncio.sleep(0.01)
        is_free.set()
        response = await task
        assert [len(handler.get_event_pairs(kind)) for kind in EVENT_TYPES] == [1, 1, 1]
        return str(response)

    assert asyncio.run(query_beside_another_task()) == "40"


def test_asynchronous_retrieval_is_that_of_the_retriever() -> None:
    engine = SaywhereQueryEngine(ScriptedService())
    nodes = asyncio.run(engine.aretrieve("how many?"))
    assert [scored.node_id for scored in nodes] == [
        scored.node_id for scored in engine.retriever.retrieve("how many?")
    ]
