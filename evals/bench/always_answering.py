"""The engine made to answer every question: how well it reads, apart from when it abstains.

And how well its confidence tells the same questions apart with their relevant documents there and with them
hidden, so that nothing should be answered.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.bench.answering import Progress, QueryOutcome, ask_all
from evals.bench.figures import Figure, mean, statistic
from evals.datasets.published import Query
from evals.metrics.auroc import auroc
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.run.indexing import always_answering
from rag.engine import Engine
from rag.retrieval.retriever import Retriever
from rag.types import Answer, Candidate, Outcome, Question
from rag.wiring import Service, open_decider

GROUP = "always answering"


class _HidingRetriever(Retriever):
    """Retrieves as usual, without the documents in ``hidden``."""

    hidden: frozenset[str] = frozenset()

    def retrieve(self, question: Question, k: int) -> list[Candidate]:
        return [c for c in super().retrieve(question, k) if c.document.id not in self.hidden]


def always_figures(service: Service, queries: Sequence[Query], progress: Progress) -> list[Figure]:
    """Over the answerable questions whose answers and documents are known."""
    queries = [query for query in queries if query.answerable and query.answers and query.relevant]
    if not queries:
        return []
    settings = always_answering(service.settings)
    retriever = _HidingRetriever(
        service.catalog, service.dense, service.lexical, service.embedder, settings.retrieve
    )
    engine = Engine(
        service.catalog,
        retriever,
        service.reader,
        open_decider(settings),
        settings,
        span_reader=service.span_reader,
    )
    relevant = {query.text: frozenset(query.relevant) for query in queries}

    def ask_without_relevant(question: Question) -> Outcome:
        retriever.hidden = relevant[question.text]
        return engine.ask(question)

    with_relevant = ask_all(engine.ask, queries, progress)
    return figures(with_relevant, ask_all(ask_without_relevant, queries, progress))


def figures(with_relevant: Sequence[QueryOutcome], without: Sequence[QueryOutcome]) -> list[Figure]:
    """F1, exact match, whether a relevant document is cited first, and the AUROC of confidence."""
    labelled = [(one, True) for one in with_relevant] + [(one, False) for one in without]
    return [
        mean(GROUP, "F1", (f1(one.text, one.query.answers) for one in with_relevant)),
        mean(GROUP, "exact match", (exact_match(one.text, one.query.answers) for one in with_relevant)),
        mean(GROUP, "recall@1 after reading", (_cites_relevant_first(one) for one in with_relevant)),
        statistic(GROUP, "AUROC, relevant documents there or taken away", labelled, _auroc),
    ]


def _cites_relevant_first(one: QueryOutcome) -> bool:
    outcome = one.outcome
    return isinstance(outcome, Answer) and outcome.citations[0].document_id in one.query.relevant


def _auroc(labelled: Sequence[tuple[QueryOutcome, bool]]) -> float | None:
    return auroc([one.outcome.confidence for one, _ in labelled], [is_there for _, is_there in labelled])
