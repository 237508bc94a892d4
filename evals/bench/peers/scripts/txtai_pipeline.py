"""txtai's own extractive pipeline over its hybrid index, as its documentation shows it.

It joins the three best texts, reads them as one, cut at the model's 512 tokens, and takes the likeliest
start and the likeliest end. Where those make no span of the text it raises, which counts as no answer.
"""

from __future__ import annotations

from typing import Any

from common import READ, Ask, Search, run


def build(job: dict[str, Any]) -> tuple[Search, Ask]:
    """Indexes the job's documents with their text, which the pipeline reads."""
    from txtai import RAG, Embeddings

    embeddings = Embeddings(path=job["embedder"], hybrid=True, content=True, gpu=False)
    embeddings.index((t["id"], f"{t['title']}. {t['text']}", None) for t in job["texts"])
    pipeline = RAG(
        embeddings, job["reader_folder"], gpu=False, context=READ, task="question-answering", output="flatten"
    )

    def search(question: str) -> list[str]:
        return [str(result["id"]) for result in embeddings.search(question, job["k"])]

    def ask(question: str) -> str:
        try:
            return pipeline([question])[0] or ""
        except TypeError:  # a start or an end on a special token
            return ""

    return search, ask


if __name__ == "__main__":
    run(["txtai"], build)
