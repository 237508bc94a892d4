"""Haystack's hybrid retrieval: BM25 and dense in its in-memory store, joined by reciprocal ranks."""

from __future__ import annotations

from typing import Any

from common import Ask, Search, reads_best, run


def build(job: dict[str, Any]) -> tuple[Search, Ask]:
    """Indexes the job's documents."""
    from haystack import Document, Pipeline
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    store = InMemoryDocumentStore()
    embedder = SentenceTransformersDocumentEmbedder(
        model=job["embedder"], meta_fields_to_embed=["title"], progress_bar=False
    )
    embedder.warm_up()
    documents = [Document(id=t["id"], content=t["text"], meta={"title": t["title"]}) for t in job["texts"]]
    store.write_documents(embedder.run(documents)["documents"])
    pipeline = Pipeline()
    question_embedder = SentenceTransformersTextEmbedder(model=job["embedder"], progress_bar=False)
    pipeline.add_component("embedder", question_embedder)
    pipeline.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=job["k"]))
    pipeline.add_component("bm25", InMemoryBM25Retriever(store, top_k=job["k"]))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=job["k"]))
    pipeline.connect("embedder.embedding", "dense.query_embedding")
    pipeline.connect("dense", "joiner")
    pipeline.connect("bm25", "joiner")

    def search(question: str) -> list[str]:
        outputs = pipeline.run({"embedder": {"text": question}, "bm25": {"query": question}})
        return [document.id for document in outputs["joiner"]["documents"]]

    return search, reads_best(job, search)


if __name__ == "__main__":
    run(["haystack-ai", "sentence-transformers-haystack"], build)
