"""Saywhere's answers as those of a llama-index query engine."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from llama_index.core import instrumentation
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks.schema import CBEventType, EventPayload
from llama_index.core.instrumentation.events.synthesis import SynthesizeEndEvent, SynthesizeStartEvent
from llama_index.core.schema import NodeWithScore, QueryBundle

from rag.adapters.llama_index.filters import to_exact_filters
from rag.adapters.llama_index.nodes import citation_to_node
from rag.adapters.llama_index.retriever import SaywhereRetriever
from rag.types import DEFAULT_COLLECTION, Abstention, Answer, Citation, Conflict, Question, Statement

if TYPE_CHECKING:
    from llama_index.core.callbacks.base import CallbackManager
    from llama_index.core.vector_stores.types import MetadataFilters

    from rag.adapters.llama_index.retriever import SearchService

ABSTENTION_TEXT = "The documents don't answer this question."
_DISPATCHER = instrumentation.get_dispatcher(__name__)


class SaywhereQueryEngine(BaseQueryEngine):  # type: ignore[misc]
    """Answers with their citations as ``Response``; llama-index's own LLM is never used.

    >>> SaywhereQueryEngine(service).query("who demanded an apology?")  # doctest: +SKIP

    An answer's ``source_nodes`` are its citations in the order in which ``metadata["statements"]`` and
    ``metadata["conflicts"]`` number them, each scored with the answer's confidence; ``metadata["unit"]`` and
    ``metadata["certainty"]`` are the values of ``AnswerUnit`` and ``Certainty``. An abstention has
    ``abstention_text`` and no source nodes, as nothing supports it; ``metadata["answered"]`` is False,
    ``metadata["reason"]`` says why, and ``metadata["nearest"]`` holds the nearest passages.

    ``query`` and ``aquery`` raise what ``Engine.ask`` raises (InvalidQuestion, UnknownCollection,
    IndexUnavailable). ``aquery`` answers in a thread, so that the event loop goes on. Events are those of
    llama-index's ``RetrieverQueryEngine``: a query holds a retrieval and a synthesis. Reading has a
    retrieval of its own, so the one that is reported is made only where a handler listens.

    Args:
        service: an open service (``rag.wiring.open_service``).
        similarity_top_k: the most nodes of ``retrieve``; an answer doesn't depend on it.
        filters: ``==`` filters on document metadata, joined by ``and``.
        callback_manager: default: the global one of llama-index's ``Settings``.
        abstention_text: the response's text where there is no answer.

    Raises:
        ValueError: ``similarity_top_k`` is less than 1, or ``filters`` need more than exact matches.
    """

    def __init__(
        self,
        service: SearchService,
        *,
        similarity_top_k: int = 5,
        collection: str = DEFAULT_COLLECTION,
        filters: MetadataFilters | None = None,
        callback_manager: CallbackManager | None = None,
        abstention_text: str = ABSTENTION_TEXT,
    ) -> None:
        self._retriever = SaywhereRetriever(
            service,
            similarity_top_k=similarity_top_k,
            collection=collection,
            filters=filters,
            callback_manager=callback_manager,
        )
        super().__init__(callback_manager=self._retriever.callback_manager)
        self._engine = service.engine
        self._catalog = service.catalog
        self._collection = collection
        self._filters = to_exact_filters(filters)
        self._abstention_text = abstention_text

    @property
    def retriever(self) -> SaywhereRetriever:
        """The retriever over the same collection with the same filters."""
        return self._retriever

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """The passages that search finds, as ``retriever`` returns them."""
        nodes: list[NodeWithScore] = self._retriever.retrieve(query_bundle)
        return nodes

    async def aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """``retrieve``, in a thread."""
        nodes: list[NodeWithScore] = await self._retriever.aretrieve(query_bundle)
        return nodes

    def _query(self, query_bundle: QueryBundle) -> Response:
        start = {EventPayload.QUERY_STR: query_bundle.query_str}
        with self.callback_manager.event(CBEventType.QUERY, payload=start) as query_event:
            if self._is_observed():
                self.retrieve(query_bundle)
            _DISPATCHER.event(SynthesizeStartEvent(query=query_bundle))
            with self.callback_manager.event(CBEventType.SYNTHESIZE, payload=start) as synthesize_event:
                response = self._ask(query_bundle)
                synthesize_event.on_end(payload={EventPayload.RESPONSE: response})
            _DISPATCHER.event(SynthesizeEndEvent(query=query_bundle, response=response))
            query_event.on_end(payload={EventPayload.RESPONSE: response})
        return response

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}

    def _ask(self, query_bundle: QueryBundle) -> Response:
        question = Question(
            text=query_bundle.query_str, collection=self._collection, filters=dict(self._filters)
        )
        outcome = self._engine.ask(question)
        if isinstance(outcome, Answer):
            return self._answered(outcome)
        return self._abstained(outcome)

    def _answered(self, answer: Answer) -> Response:
        documents = self._catalog.documents({citation.document_id for citation in answer.citations})
        return Response(
            response=answer.text,
            source_nodes=[
                citation_to_node(citation, documents.get(citation.document_id), answer.confidence)
                for citation in answer.citations
            ],
            metadata={
                "answered": True,
                "unit": answer.unit.value,
                "certainty": answer.certainty.value,
                "confidence": answer.confidence,
                "short_answer_confidence": answer.short_answer_confidence,
                "citations": [_citation_dict(citation) for citation in answer.citations],
                "statements": [_statement_dict(statement) for statement in answer.statements],
                "item_count": answer.item_count,
                "unanswered": list(answer.unanswered),
                "drafted": answer.is_drafted,
                "conflicts": [_conflict_dict(conflict) for conflict in answer.conflicts],
            },
        )

    def _abstained(self, abstention: Abstention) -> Response:
        return Response(
            response=abstention.reply.text if abstention.reply else self._abstention_text,
            source_nodes=[],
            metadata={
                "answered": False,
                "confidence": abstention.confidence,
                "reason": abstention.reason.value,
                "reply": abstention.reply.kind.value if abstention.reply else None,
                "nearest": [_citation_dict(citation) for citation in abstention.nearest],
            },
        )

    def _is_observed(self) -> bool:
        """Whether a callback handler, or an event or span handler of the instrumentation, is attached."""
        return bool(self.callback_manager.handlers) or _has_handlers(_DISPATCHER)


def _has_handlers(dispatcher: Any) -> bool:
    """Whether a dispatcher, or one that it propagates to, has handlers other than llama-index's defaults."""
    handlers = [*dispatcher.event_handlers, *dispatcher.span_handlers]
    defaults = (instrumentation.NullEventHandler, instrumentation.NullSpanHandler)
    if not all(isinstance(handler, defaults) for handler in handlers):
        return True
    return bool(dispatcher.propagate) and _has_handlers(dispatcher.parent)


def _citation_dict(citation: Citation) -> dict[str, Any]:
    return {**asdict(citation), "section": list(citation.section), "columns": list(citation.columns)}


def _statement_dict(statement: Statement) -> dict[str, Any]:
    """A statement's text and role with the positions of its citations in ``source_nodes``."""
    return {
        "text": statement.text,
        "citations": list(statement.citations),
        "role": statement.role.value,
    }


def _conflict_dict(conflict: Conflict) -> dict[str, Any]:
    return {"text": conflict.text, "citations": list(conflict.citations)}
