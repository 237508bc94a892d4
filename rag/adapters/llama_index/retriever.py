"""Saywhere for programs written on llama-index: a retriever and a query engine with citations.

Importing this module imports llama-index (about a second), so nothing else of ours does.

>>> from llama_index.core.query_engine import RetrieverQueryEngine  # doctest: +SKIP
>>> with open_service(settings) as service:  # doctest: +SKIP
...     SaywhereQueryEngine(service.engine).query("who demanded an apology?")
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.schema import (
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)

from rag.types import DEFAULT_COLLECTION, Answer, Candidate, Citation, Outcome, Question

if TYPE_CHECKING:
    from rag.engine import Engine

# Offsets and versions are for programs, not for an LLM's prompt or an embedding.
_HIDDEN = ["document_id", "version", "start", "end", "prefix", "suffix"]


class SaywhereRetriever(BaseRetriever):  # type: ignore[misc]
    """Passages as ``NodeWithScore``; a node's ``start_char_idx`` and ``end_char_idx`` are exact.

    ``node_id`` is the passage's id, ``ref_doc_id`` the document's, the score the fused one.
    """

    def __init__(self, engine: Engine, *, k: int = 5, collection: str = DEFAULT_COLLECTION) -> None:
        super().__init__(callback_manager=CallbackManager([]))
        self._engine = engine
        self._k = k
        self._collection = collection

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        question = Question(text=query_bundle.query_str, collection=self._collection)
        return [_from_candidate(found) for found in self._engine.search(question, self._k)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class SaywhereQueryEngine(BaseQueryEngine):  # type: ignore[misc]
    """Answers as ``Response``: ``source_nodes`` are the citations, in the order they are numbered.

    An abstention's response text is empty; ``metadata["answered"]`` and ``metadata["reason"]`` say
    so, and its ``source_nodes`` are the nearest passages.
    """

    def __init__(self, engine: Engine, *, collection: str = DEFAULT_COLLECTION) -> None:
        super().__init__(callback_manager=CallbackManager([]))
        self._engine = engine
        self._collection = collection

    def _query(self, query_bundle: QueryBundle) -> Response:
        outcome = self._engine.ask(Question(text=query_bundle.query_str, collection=self._collection))
        return _response(outcome)

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}


def _response(outcome: Outcome) -> Response:
    if isinstance(outcome, Answer):
        return Response(
            response=outcome.text,
            source_nodes=[_from_citation(c, outcome.confidence) for c in outcome.citations],
            metadata={
                "answered": True,
                "confidence": outcome.confidence,
                "statements": [{"text": s.text, "citations": list(s.citations)} for s in outcome.statements],
            },
        )
    return Response(
        response="",
        source_nodes=[_from_citation(c, None) for c in outcome.nearest],
        metadata={"answered": False, "confidence": outcome.confidence, "reason": outcome.reason.value},
    )


def _from_citation(citation: Citation, score: float | None) -> NodeWithScore:
    node = _node(
        node_id=f"{citation.document_id}:{citation.start}-{citation.end}",
        text=citation.quote,
        start=citation.start,
        end=citation.end,
        document_id=citation.document_id,
        version=citation.version,
        title=citation.title,
        uri=citation.uri,
        section=citation.section,
        page=citation.page,
        prefix=citation.prefix,
        suffix=citation.suffix,
    )
    return NodeWithScore(node=node, score=score)


def _from_candidate(candidate: Candidate) -> NodeWithScore:
    document, span = candidate.document, candidate.passage.span
    node = _node(
        node_id=candidate.passage.id,
        text=candidate.text,
        start=span.start,
        end=span.end,
        document_id=document.id,
        version=document.sha256,
        title=document.title,
        uri=document.uri,
        section=document.section_at(span.start),
        page=document.page_at(span.start),
    )
    return NodeWithScore(node=node, score=candidate.scores.fused)


def _node(
    *, node_id: str, text: str, start: int, end: int, section: tuple[str, ...], **metadata: Any
) -> TextNode:
    node = TextNode(
        id_=node_id,
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        metadata={**metadata, "section": " > ".join(section), "start": start, "end": end},
        excluded_embed_metadata_keys=_HIDDEN,
        excluded_llm_metadata_keys=_HIDDEN,
    )
    node.relationships[NodeRelationship.SOURCE] = RelatedNodeInfo(node_id=str(metadata["document_id"]))
    return node
