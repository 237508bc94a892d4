"""The open sets, what each is measured for, and measuring one."""

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
from evals.datasets.published import Query, Text
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
_OWN_PASSAGES = "nomiracl-en"


def measure(
    folder: Path, name: str, settings: Settings, progress: Progress, *, limit: int | None = None
) -> Measured:
    """Indexes a set in a fresh folder and measures all that it can tell, on its open questions.

    Args:
        folder: the one that holds the sets.
        limit: questions at most, to try it out; documents are not cut.

    Raises:
        DatasetError: the set is missing or damaged.
    """
    busy = is_busy()
    texts = list(corpus(folder / name))
    asked = list(queries(folder / name))[:limit]
    with fresh_service(settings) as service:
        if name == _OWN_PASSAGES:
            figures = nomiracl_figures(service, texts, asked, progress)
        else:
            figures = [*_ingested(service, texts), *_measured(service, name, asked, progress)]
    for published in PUBLISHED:
        if published.name == name:
            figures += bm25_alone(folder, published)
    return measured(name, _told(texts, asked), figures, busy=busy)


def _measured(service: Service, name: str, asked: Sequence[Query], progress: Progress) -> list[Figure]:
    relevant = [query for query in asked if query.answerable and query.relevant]
    figures = ranking_figures(document_rankings(service, relevant), relevant)
    if name == "chunking-eval":
        figures += character_figures(service, relevant)
    if name == "multihoprag-news":
        figures += multihop_figures(service, relevant)
    if name not in RANKED_ONLY:
        done = ask_all(service.engine.ask, asked, progress)
        figures += answer_figures(done)
        figures += citation_figures(done)
        figures += abstention_figures(done)
        figures += always_figures(service, asked, progress)
        figures += time_figures(done)
    return figures + _search_times(service, relevant)


def _ingested(service: Service, texts: Sequence[Text]) -> list[Figure]:
    began = time.perf_counter()
    written = write_documents(service, (text.document() for text in texts))
    seconds = time.perf_counter() - began
    words = sum(len(text.text.split()) for text in texts)
    rates = (("documents ingested", written, "documents/s"), ("words ingested", words, "words/s"))
    return [
        Figure(group="times", name=name, value=many / seconds, n=written, unit=unit)
        for name, many, unit in rates
    ]


def _search_times(service: Service, asked: Sequence[Query]) -> list[Figure]:
    """A search beside encoding its question, which no semantic search can do without."""
    encoding, searching = [], []
    for query in asked:
        began = time.perf_counter()
        service.embedder.embed([query.text])
        encoded = time.perf_counter()
        service.engine.search(query.question(), 10)
        encoding.append((encoded - began) * 1e3)
        searching.append((time.perf_counter() - encoded) * 1e3)
    told = (
        ("encoding a question p50", encoding, 50),
        ("search p50", searching, 50),
        ("search p95", searching, 95),
    )
    return [
        Figure(group="times", name=name, value=percentile(times, q), n=len(times), unit="ms")
        for name, times, q in told
    ]


def _told(texts: Sequence[Text], asked: Sequence[Query]) -> str:
    able = sum(query.answerable for query in asked)
    without = f", {len(asked) - able} of them without an answer" if able < len(asked) else ""
    return f"{len(texts):,} documents, {len(asked):,} open questions{without}"
