"""NoMIRACL (Thakur et al. 2024): each question on its own ten passages; are the useless ones declined?

Hallucination rate: answered, though people found none of the ten relevant. Error rate: declined, though
one is. Each question's passages are a collection of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evals.bench.answering import Asked, Progress, abstention_figures, ask_all, time_figures
from evals.bench.figures import Figure, mean
from evals.datasets.published import Query, Text
from evals.index import write_documents
from rag.types import Document, Outcome, Question
from rag.wiring import Service


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


def rates(asked: Sequence[Asked]) -> list[Figure]:
    """What was answered that should be declined, and declined that should be answered."""
    answered = [bool(one.text) for one in asked if not one.query.answerable]
    declined = [not one.text for one in asked if one.query.answerable]
    return [
        mean("NoMIRACL", "hallucination rate (0 best)", answered),
        mean("NoMIRACL", "error rate (0 best)", declined),
    ]


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
