"""llama-index in both directions: Saywhere as its retriever and query engine, its documents and vector
stores as Saywhere's.

>>> from rag.adapters.llama_index import SaywhereQueryEngine, SaywhereRetriever
>>> with open_service(load(data="data")) as service:  # doctest: +SKIP
...     SaywhereQueryEngine(service).query("who demanded an apology?")

``ingest.llama_index`` writes llama-index documents into a data folder. Importing this package imports
llama-index (about 1.3 s and 100 MB), so nothing else of Saywhere imports it at its top.
"""

from rag.adapters.llama_index.documents import LlamaDocument, document_uris, to_document
from rag.adapters.llama_index.query_engine import SaywhereQueryEngine
from rag.adapters.llama_index.retriever import SaywhereRetriever, SearchService
from rag.adapters.llama_index.vector_store import LlamaIndexStore

__all__ = [
    "LlamaDocument",
    "LlamaIndexStore",
    "SaywhereQueryEngine",
    "SaywhereRetriever",
    "SearchService",
    "document_uris",
    "to_document",
]
