"""llama-index's quickstart over Chroma: documents in, its default splitter, the five nearest nodes."""

from __future__ import annotations

from typing import Any

from common import Ask, Search, reads_best, run


def build(job: dict[str, Any]) -> tuple[Search, Ask]:
    """Indexes the job's documents."""
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    store = ChromaVectorStore(chroma_collection=chromadb.EphemeralClient().create_collection("bench"))
    documents = [
        Document(text=t["text"], doc_id=t["id"], metadata={"title": t["title"]}) for t in job["texts"]
    ]
    index = VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=HuggingFaceEmbedding(model_name=job["embedder"], device="cpu"),
    )
    retriever = index.as_retriever(similarity_top_k=job["k"])

    def search(question: str) -> list[str]:
        return list(dict.fromkeys(str(node.node.ref_doc_id) for node in retriever.retrieve(question)))

    return search, reads_best(job, search)


if __name__ == "__main__":
    run(["llama-index-core", "llama-index-vector-stores-chroma", "chromadb"], build)
