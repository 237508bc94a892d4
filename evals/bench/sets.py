"""The open sets: which figures of each are measured, and how."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from evals.bench.always_answering import always_figures
from evals.bench.answering import (
    Progress,
    abstention_figures,
    answer_figures,
    ask_all,
    citation_figures,
    time_figures,
)
from evals.bench.evidence import character_figures, multihop_figures
from evals.bench.figures import Figure, Measured, is_busy, measured
from evals.bench.harness import PUBLISHED, bm25_alone
from evals.bench.nomiracl import nomiracl_figures
from evals.bench.ranking import document_rankings, ranking_figures
from evals.datasets.gzipped import corpus, queries
from evals.datasets.published import CorpusDocument, Query
from evals.metrics.latency import percentile
from evals.run.indexing import fresh_service, write_documents
from rag.settings import Settings
from rag.wiring import Service

SETS = (
    "xquad-en",
    "clapnq-dev",
    "qed-dev-nq",
    "covidqa-200423",
    "nomiracl-en",
    "beir-scifact",
    "chunking-eval",
    "multihoprag-news",
    "mtrag-un",
    "ir-cacm",
)
RANKED_ONLY = ("beir-scifact", "ir-cacm", "chunking-eval")  # no answers are known
_COLLECTION_PER_QUESTION = "nomiracl-en"


def measure(
    folder: Path, name: str, settings: Settings, progress: Progress, *, limit: int | None = None
) -> Measured:
    """Indexes a set in a fresh folder and measures every figure that its open questions allow.

    Args:
        folder: the one that holds the sets.
        limit: questions at most, to try it out; all documents are indexed.

    Raises:
        DatasetError: the set is missing or damaged.
    """
    busy = is_busy()
    documents = list(corpus(folder / name))
    questions = list(queries(folder / name))[:limit]
    with fresh_service(settings) as service:
        if name == _COLLECTION_PER_QUESTION:
            figures = nomiracl_figures(service, documents, questions, progress)
        else:
            figures = [*_ingest_figures(service, documents), *_figures(service, name, questions, progress)]
    for published in PUBLISHED:
        if published.name == name:
            figures += bm25_alone(folder, published)
    return measured(name, _size(documents, questions), figures, busy=busy)


def _figures(service: Service, name: str, questions: Sequence[Query], progress: Progress) -> list[Figure]:
    relevant = [query for query in questions if query.answerable and query.relevant]
    figures = ranking_figures(document_rankings(service, relevant), relevant)
    if name == "chunking-eval":
        figures += character_figures(service, relevant)
    if name == "multihoprag-news":
        figures += multihop_figures(service, relevant)
    if name not in RANKED_ONLY:
        outcomes = ask_all(service.engine.ask, questions, progress)
        figures += answer_figures(outcomes)
        figures += citation_figures(outcomes)
        figures += abstention_figures(outcomes)
        figures += always_figures(service, questions, progress)
        figures += time_figures(outcomes)
    return figures + _search_figures(service, relevant)


def _ingest_figures(service: Service, documents: Sequence[CorpusDocument]) -> list[Figure]:
    """Documents and words indexed in a second. This indexes the set."""
    start = time.perf_counter()
    written = write_documents(service, (document.document() for document in documents))
    seconds = time.perf_counter() - start
    words = sum(len(document.text.split()) for document in documents)
    rates = (("documents ingested", written, "documents/s"), ("words ingested", words, "words/s"))
    return [
        Figure(group="times", name=name, value=count / seconds, n=written, unit=unit)
        for name, count, unit in rates
    ]


def _search_figures(service: Service, questions: Sequence[Query]) -> list[Figure]:
    """Times of a search, and of encoding its question alone."""
    encoding, searching = [], []
    for query in questions:
        start = time.perf_counter()
        service.embedder.embed([query.text])
        encoded = time.perf_counter()
        service.engine.search(query.question(), 10)
        encoding.append((encoded - start) * 1e3)
        searching.append((time.perf_counter() - encoded) * 1e3)
    figures = (
        ("encoding a question p50", encoding, 50),
        ("search p50", searching, 50),
        ("search p95", searching, 95),
    )
    return [
        Figure(group="times", name=name, value=percentile(times, q), n=len(times), unit="ms")
        for name, times, q in figures
    ]


def _size(documents: Sequence[CorpusDocument], questions: Sequence[Query]) -> str:
    unanswerable = sum(not query.answerable for query in questions)
    without = f", {unanswerable} of them without an answer" if unanswerable else ""
    return f"{len(documents):,} documents, {len(questions):,} open questions{without}"
