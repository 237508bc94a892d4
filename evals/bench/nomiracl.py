"""NoMIRACL (Thakur et al. 2024): each question is asked of its own ten passages, in a collection of its own.

Hallucination rate: the share answered of questions with no relevant passage, as people judged. Error rate:
the share declined of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evals.bench.answering import Progress, QueryOutcome, abstention_figures, ask_all, time_figures
from evals.bench.figures import Figure, mean, statistic
from evals.datasets.published import CorpusDocument, Query
from evals.run.indexing import write_documents
from rag.types import Document, Outcome, Question
from rag.wiring import Service

_DECLINED = 0.15  # of the answerable: the error rate at which hallucination rates are compared


def nomiracl_figures(
    service: Service, documents: Sequence[CorpusDocument], queries: Sequence[Query], progress: Progress
) -> list[Figure]:
    """Both rates, and how well confidence tells the two kinds apart."""
    by_id = {document.id: document for document in documents}
    for query in queries:
        write_documents(service, (_document(by_id[name], query) for name in query.extra["candidates"]))

    def ask(question: Question) -> Outcome:
        return service.engine.ask(replace(question, collection=collections[question.text]))

    collections = {query.text: _collection(query) for query in queries}
    outcomes = ask_all(ask, queries, progress)
    return [*rates(outcomes), *abstention_figures(outcomes), *time_figures(outcomes)]


def rates(outcomes: Sequence[QueryOutcome]) -> list[Figure]:
    """The share of unanswerable questions answered, and of answerable ones declined.

    Both at the service's own threshold, and the first also at the one that declines 15 % of the answerable.
    """
    answered = [bool(one.text) for one in outcomes if not one.query.answerable]
    declined = [not one.text for one in outcomes if one.query.answerable]
    return [
        mean("NoMIRACL", "hallucination rate (0 best)", answered),
        mean("NoMIRACL", "error rate (0 best)", declined),
        statistic("NoMIRACL", "hallucination rate at an error rate of 0.15", outcomes, _answered_at),
    ]


def _answered_at(outcomes: Sequence[QueryOutcome]) -> float | None:
    """The share of the unanswerable that are answered at the threshold that declines ``_DECLINED`` of the
    answerable."""
    answerable = sorted(one.outcome.confidence for one in outcomes if one.query.answerable)
    unanswerable = [one.outcome.confidence for one in outcomes if not one.query.answerable]
    if not answerable or not unanswerable:
        return None
    threshold = answerable[int(_DECLINED * len(answerable))]
    return sum(confidence >= threshold for confidence in unanswerable) / len(unanswerable)


def _collection(query: Query) -> str:
    return f"q-{query.id.replace('#', '-')}"


def _document(passage: CorpusDocument, query: Query) -> Document:
    """A passage with an id of its own in this collection: other questions share it."""
    collection = _collection(query)
    return Document(
        id=f"{collection}-{passage.id}",
        uri=f"{collection}/{passage.id}",
        title=passage.title,
        text=passage.text,
        collection=collection,
    )
