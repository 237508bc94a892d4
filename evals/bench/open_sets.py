"""One open set through the whole engine: what is found, what is read, and how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.datasets.shared import Query, corpus, queries
from evals.index import write_documents
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.metrics.latency import percentile
from rag.fusion import best_by_passage
from rag.mentions import PronounResolver
from rag.settings import Settings
from rag.types import Answer, Question
from rag.wiring import Service, open_service

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured on one set. Shares are in [0, 1], times in milliseconds.

    ``recall`` holds recall@1 and recall@5 of the gold document by retriever; ``f1`` and ``em`` count
    an abstention as wrong; ``right_when_answered`` is the share of given answers with F1 of at least
    0.5; ``cited`` the share of given answers whose citations contain a gold answer.
    """

    name: str
    documents: int
    questions: int
    documents_a_second: float
    recall: dict[str, tuple[float, float]]
    f1: float
    em: float
    answered: float
    right_when_answered: float
    cited: float
    search_ms: tuple[float, float]
    ask_ms: tuple[float, float]
    encode_ms: float


def measure(folder: Path, settings: Settings, progress: Progress) -> Figures:
    """Indexes a set in a fresh folder and asks all its answerable questions."""
    asked = [query for query in queries(folder, every=True) if query.answerable and query.relevant]
    with (
        TemporaryDirectory() as scratch,
        open_service(settings.model_copy(update={"data": Path(scratch)})) as service,
    ):
        began = time.perf_counter()
        written = write_documents(service, (text.document() for text in corpus(folder)), PronounResolver())
        rate = written / (time.perf_counter() - began)
        answers, ask_ms = _ask(service, asked, progress)
        search_ms = _timed(asked, lambda query: service.engine.search(query.question(), 10))
        return Figures(
            name=folder.name,
            documents=written,
            questions=len(asked),
            documents_a_second=rate,
            recall=_recall(service, asked),
            search_ms=_percentiles(search_ms),
            ask_ms=_percentiles(ask_ms),
            encode_ms=_percentiles(_timed(asked, lambda query: service.embedder.embed([query.text])))[0],
            **_quality(asked, answers),
        )


def _ask(
    service: Service, asked: Sequence[Query], progress: Progress
) -> tuple[list[Answer | None], list[float]]:
    answers: list[Answer | None] = []
    times: list[float] = []
    for number, query in enumerate(asked):
        began = time.perf_counter()
        outcome = service.engine.ask(query.question())
        times.append((time.perf_counter() - began) * 1e3)
        answers.append(outcome if isinstance(outcome, Answer) else None)
        progress(number + 1, len(asked))
    return answers, times


def _quality(asked: Sequence[Query], answers: Sequence[Answer | None]) -> dict[str, float]:
    pairs = [(query, answer.text if answer else "") for query, answer in zip(asked, answers, strict=True)]
    scores = [f1(text, query.answers) for query, text in pairs]
    given = [(query, answer) for query, answer in zip(asked, answers, strict=True) if answer]
    right = [f1(answer.text, query.answers) >= 0.5 for query, answer in given]
    cited = [
        any(gold in citation.quote for gold in query.answers for citation in answer.citations)
        for query, answer in given
    ]
    return {
        "f1": _mean(scores),
        "em": _mean([exact_match(text, query.answers) for query, text in pairs]),
        "answered": len(given) / len(asked),
        "right_when_answered": _mean(right),
        "cited": _mean(cited),
    }


def _recall(service: Service, asked: Sequence[Query]) -> dict[str, tuple[float, float]]:
    """recall@1 and @5 of the gold document: fused, and as baselines each retriever alone."""
    found: dict[str, list[tuple[bool, bool]]] = {"fused": [], "dense": [], "BM25": []}
    for query in asked:
        question = Question(text=query.text)
        vector = service.embedder.embed([query.text])[0]
        dense = best_by_passage(service.dense.search(question.collection, vector, 100))
        lexical = best_by_passage(service.terms.search(question.collection, query.text, 50))
        passages = service.catalog.passages([*dense, *lexical])
        rankings = {
            "fused": [c.document.id for c in service.engine.search(question, 20)],
            "dense": [passages[key].document_id for key in dense],
            "BM25": [passages[key].document_id for key in lexical],
        }
        for name, ranking in rankings.items():
            documents = list(dict.fromkeys(ranking))
            hits = [document in query.relevant for document in documents[:5]]
            found[name].append((any(hits[:1]), any(hits)))
    return {
        name: (_mean([one for one, _ in rows]), _mean([five for _, five in rows]))
        for name, rows in found.items()
    }


def _timed(asked: Sequence[Query], work: Callable[[Query], object]) -> list[float]:
    times = []
    for query in asked:
        began = time.perf_counter()
        work(query)
        times.append((time.perf_counter() - began) * 1e3)
    return times


def _percentiles(times: Sequence[float]) -> tuple[float, float]:
    return percentile(times, 0.5) or 0.0, percentile(times, 0.95) or 0.0


def _mean(values: Sequence[float] | Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0
