"""How well passages and documents are ranked: by the fused retriever, and by each of its two parts alone.

Measured by trec_eval through ir_measures (MacAvaney et al. 2022).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evals.bench.figures import Figure, mean
from evals.datasets.published import Query
from rag.retrieval.fusion import best_by_passage
from rag.types import Candidate, Question
from rag.wiring import Service

DEPTH = 100  # passages retrieved by each
Rankings = Mapping[str, Mapping[str, Sequence[str]]]  # retriever -> question -> document ids, best first


def document_rankings(service: Service, queries: Iterable[Query]) -> Rankings:
    """For each retriever and question the ids of documents in the order of their best passages."""
    rankings: dict[str, dict[str, list[str]]] = {"Saywhere": {}, "dense alone": {}, "lexical alone": {}}
    for query in queries:
        for name, passages in passage_rankings(service, query.question()).items():
            documents = dict.fromkeys(candidate.document.id for candidate in passages)
            rankings[name][query.id] = list(documents)
    return rankings


def passage_rankings(service: Service, question: Question) -> dict[str, list[Candidate]]:
    """Passages by retriever, best first."""
    vector = service.embedder.embed([question.text])[0]
    dense = best_by_passage(service.dense.search(question.collection, vector, DEPTH))
    lexical = best_by_passage(service.lexical.search(question.collection, question.text, DEPTH))
    return {
        "Saywhere": service.engine.search(question, DEPTH),
        "dense alone": _candidates(service, list(dense)),
        "lexical alone": _candidates(service, list(lexical)),
    }


def _candidates(service: Service, ids: Sequence[str]) -> list[Candidate]:
    from rag.types import Scores

    passages = service.catalog.passages(ids)
    documents = service.catalog.documents({passage.document_id for passage in passages.values()})
    return [
        Candidate(
            passage=passages[key],
            document=documents[passages[key].document_id],
            scores=Scores(fused=0.0),
        )
        for key in ids
        if key in passages
    ]


def ranking_figures(rankings: Rankings, queries: Sequence[Query]) -> list[Figure]:
    """recall@1, 5 and 10, MRR@10 and nDCG@10 of the documents that are relevant."""
    import ir_measures
    from ir_measures import RR, R, nDCG

    measures = {f"recall@{k}": R @ k for k in (1, 5, 10)} | {"MRR@10": RR @ 10, "nDCG@10": nDCG @ 10}
    name_of = {measure: name for name, measure in measures.items()}
    qrels = {query.id: _grades(query) for query in queries}
    figures = []
    for retriever, by_question in rankings.items():
        run = {q: scored(documents) for q, documents in by_question.items()}
        values: dict[str, dict[str, float]] = {name: dict.fromkeys(qrels, 0.0) for name in measures}
        for one in ir_measures.iter_calc(list(measures.values()), qrels, run):
            values[name_of[one.measure]][one.query_id] = one.value
        figures += [mean(retriever, name, by_id.values()) for name, by_id in values.items()]
    return figures


def scored(ranking: Sequence[str]) -> dict[str, float]:
    """A ranking as scores, which fall by one a rank."""
    return {item: float(len(ranking) - rank) for rank, item in enumerate(ranking)}


def _grades(query: Query) -> dict[str, int]:
    return dict(query.grades) or dict.fromkeys(query.relevant, 1)
