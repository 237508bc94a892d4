"""llama-index: Saywhere as its retriever and query engine, its documents and vector stores in Saywhere.

>>> from rag.adapters.llama_index import SaywhereQueryEngine, SaywhereRetriever
>>> with open_service(load(data="data")) as service:  # doctest: +SKIP
...     SaywhereQueryEngine(service).query("who demanded an apology?")

``ingest.llama_index`` writes llama-index documents into a data folder. Importing this package imports
llama-index (about a second and 90 MB), so that other modules import it only inside functions.
"""

from rag.adapters.llama_index.documents import (
    LlamaDocument,
    document_uris,
    has_lasting_uri,
    to_document,
)
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
    "has_lasting_uri",
    "to_document",
]
