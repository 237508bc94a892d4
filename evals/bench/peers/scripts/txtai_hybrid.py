"""txtai's hybrid index: dense vectors and BM25, weighted alike."""

from __future__ import annotations

from typing import Any

from common import Ask, Search, reads_best, run


def build(job: dict[str, Any]) -> tuple[Search, Ask]:
    """Indexes the job's documents."""
    from txtai import Embeddings

    embeddings = Embeddings(path=job["embedder"], hybrid=True, gpu=False)
    embeddings.index((t["id"], f"{t['title']}. {t['text']}", None) for t in job["texts"])

    def search(question: str) -> list[str]:
        return [str(result[0]) for result in embeddings.search(question, job["k"])]

    return search, reads_best(job, search)


if __name__ == "__main__":
    run(["txtai"], build)
