"""Saywhere's search as a llama-index retriever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from rag.adapters.llama_index.filters import to_exact_filters
from rag.adapters.llama_index.nodes import candidate_to_node
from rag.types import DEFAULT_COLLECTION, Question

if TYPE_CHECKING:
    from llama_index.core.callbacks.base import CallbackManager
    from llama_index.core.vector_stores.types import MetadataFilters

    from rag.engine import Engine
    from rag.ports.catalog import Catalog


class SearchService(Protocol):
    """The part of ``rag.wiring.Service`` that retrievers and query engines use."""

    @property
    def engine(self) -> Engine: ...

    @property
    def catalog(self) -> Catalog: ...


class SaywhereRetriever(BaseRetriever):  # type: ignore[misc]
    """The best passages of a collection as ``NodeWithScore``, best first.

    >>> SaywhereRetriever(service, similarity_top_k=3).retrieve("apology")  # doctest: +SKIP

    A node's text is the document's text from ``start_char_idx`` to ``end_char_idx`` (code points).
    ``retrieve`` and ``aretrieve`` raise what ``Engine.search`` raises (InvalidQuestion, UnknownCollection,
    IndexUnavailable). ``aretrieve`` searches in a thread, so that the event loop goes on.

    Args:
        service: an open service (``rag.wiring.open_service``).
        similarity_top_k: the most nodes to return.
        filters: ``==`` filters on document metadata, joined by ``and``.
        callback_manager: default: the global one of llama-index's ``Settings``.

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
        verbose: bool = False,
    ) -> None:
        super().__init__(callback_manager=callback_manager, verbose=verbose)
        self._engine = service.engine
        self._collection = collection
        self._filters = to_exact_filters(filters)
        self.similarity_top_k = similarity_top_k

    @property
    def similarity_top_k(self) -> int:
        return self._similarity_top_k

    @similarity_top_k.setter
    def similarity_top_k(self, similarity_top_k: int) -> None:
        if similarity_top_k < 1:
            raise ValueError(f"similarity_top_k must be at least 1, not {similarity_top_k}")
        self._similarity_top_k = similarity_top_k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        question = Question(
            text=query_bundle.query_str, collection=self._collection, filters=dict(self._filters)
        )
        candidates = self._engine.search(question, self._similarity_top_k)
        return [candidate_to_node(candidate) for candidate in candidates]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)
