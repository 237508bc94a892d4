"""The engine made to answer every question: how well it reads, apart from when it keeps silent.

And whether it would know: its confidence with a question's relevant documents there against with them
taken away, from which nothing should be answered.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.bench.answering import Progress, QueryOutcome, ask_all
from evals.bench.figures import Figure, area, mean
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


class _Without(Retriever):
    """Finds what a retriever finds, but for the documents in ``hidden``."""

    hidden: frozenset[str] = frozenset()

    def retrieve(self, question: Question, k: int) -> list[Candidate]:
        return [c for c in super().retrieve(question, k) if c.document.id not in self.hidden]


def always_figures(service: Service, queries: Sequence[Query], progress: Progress) -> list[Figure]:
    """Over the answerable questions whose answers and documents are known."""
    asked = [query for query in queries if query.answerable and query.answers and query.relevant]
    if not asked:
        return []
    settings = always_answering(service.settings)
    retriever = _Without(service.catalog, service.dense, service.lexical, service.embedder, settings.retrieve)
    engine = Engine(service.catalog, retriever, service.reader, open_decider(settings), settings)

    def without(question: Question) -> Outcome:
        retriever.hidden = hidden[question.text]
        return engine.ask(question)

    hidden = {query.text: frozenset(query.relevant) for query in asked}
    there = ask_all(engine.ask, asked, progress)
    return told(there, ask_all(without, asked, progress))


def told(there: Sequence[QueryOutcome], gone: Sequence[QueryOutcome]) -> list[Figure]:
    """F1 and exact match; whether a relevant document is cited first; the two kinds' confidence apart."""
    both = [(one, True) for one in there] + [(one, False) for one in gone]
    return [
        mean(GROUP, "F1", (f1(one.text, one.query.answers) for one in there)),
        mean(GROUP, "exact match", (exact_match(one.text, one.query.answers) for one in there)),
        mean(GROUP, "recall@1 after reading", (_first_is_relevant(one) for one in there)),
        area(GROUP, "AUROC, relevant documents there or taken away", both, _apart),
    ]


def _first_is_relevant(one: QueryOutcome) -> bool:
    outcome = one.outcome
    return isinstance(outcome, Answer) and outcome.citations[0].document_id in one.query.relevant


def _apart(both: Sequence[tuple[QueryOutcome, bool]]) -> float | None:
    return auroc([one.outcome.confidence for one, _ in both], [there for _, there in both])
