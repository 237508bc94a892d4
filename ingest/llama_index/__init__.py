"""Writing llama-index documents into a data folder, and opening the folder for programs on llama-index.

>>> from ingest.llama_index import SaywhereIndex
>>> with SaywhereIndex.open("data") as index:  # doctest: +SKIP
...     index.ingest(SimpleDirectoryReader("docs").load_data())
...     index.as_query_engine().query("who demanded an apology?")

llama-index itself is imported by ``rag.adapters.llama_index``, when something here is called.
"""

from ingest.llama_index.documents import ingest_documents
from ingest.llama_index.index import SaywhereIndex

__all__ = ["SaywhereIndex", "ingest_documents"]
