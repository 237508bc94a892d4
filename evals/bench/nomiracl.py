"""NoMIRACL (Thakur et al. 2024): each question on its own ten passages; are the useless ones declined?

Hallucination rate: answered, though people found none of the ten relevant. Error rate: declined, though
one is. Each question's passages are a collection of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evals.bench.answering import Progress, QueryOutcome, abstention_figures, ask_all, time_figures
from evals.bench.figures import Figure, area, mean
from evals.datasets.published import Query, Text
from evals.run.indexing import write_documents
from rag.types import Document, Outcome, Question
from rag.wiring import Service

_DECLINED = 0.15  # of the answerable: the error rate at which hallucination rates are held side by side


def nomiracl_figures(
    service: Service, texts: Sequence[Text], queries: Sequence[Query], progress: Progress
) -> list[Figure]:
    """Both rates, and how well confidence tells the two kinds apart."""
    known = {text.id: text for text in texts}
    for query in queries:
        own = (_document(known[name], query) for name in query.extra["candidates"])
        write_documents(service, own)

    def ask(question: Question) -> Outcome:
        return service.engine.ask(replace(question, collection=collections[question.text]))

    collections = {query.text: _collection(query) for query in queries}
    asked = ask_all(ask, queries, progress)
    return [*rates(asked), *abstention_figures(asked), *time_figures(asked)]


def rates(asked: Sequence[QueryOutcome]) -> list[Figure]:
    """What was answered that should be declined, and declined that should be answered.

    Both at the service's own threshold, and the first once more at the one that declines 15 % of the rest.
    """
    answered = [bool(one.text) for one in asked if not one.query.answerable]
    declined = [not one.text for one in asked if one.query.answerable]
    return [
        mean("NoMIRACL", "hallucination rate (0 best)", answered),
        mean("NoMIRACL", "error rate (0 best)", declined),
        area("NoMIRACL", "hallucination rate at an error rate of 0.15", asked, _answered_at),
    ]


def _answered_at(asked: Sequence[QueryOutcome]) -> float | None:
    """The share of the unanswerable that would be answered where ``_DECLINED`` of the others are declined."""
    sure = sorted(one.outcome.confidence for one in asked if one.query.answerable)
    unsure = [one.outcome.confidence for one in asked if not one.query.answerable]
    if not sure or not unsure:
        return None
    least = sure[int(_DECLINED * len(sure))]
    return sum(confidence >= least for confidence in unsure) / len(unsure)


def _collection(query: Query) -> str:
    return f"q-{query.id.replace('#', '-')}"


def _document(text: Text, query: Query) -> Document:
    """A passage under an id of its own in this collection: others have it too."""
    collection = _collection(query)
    return Document(
        id=f"{collection}-{text.id}",
        uri=f"{collection}/{text.id}",
        title=text.title,
        text=text.text,
        collection=collection,
    )
