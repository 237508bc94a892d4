"""Which evidence is retrieved: Chroma's chunking evaluation, and MultiHop-RAG's rule.

*Characters*: recall (the share of a question's evidence that the first passages hold), precision (the share
of these passages that is evidence) and intersection over union (Smith & Troynikov 2024, "Evaluating Chunking
Strategies for Retrieval", whose unit is the token).

*MultiHop-RAG* (Tang & Yang 2024, arXiv:2401.15391), its authors' rule: a passage is a hit where it holds
any of the facts, white space left out; Hits@10, Hits@4, MRR@10 and MAP@10 over questions with evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evals.bench.figures import Figure, mean
from evals.bench.ranking import passage_rankings
from evals.datasets.published import Query
from rag.wiring import Service

DEPTH = 5  # passages whose characters count


def character_figures(service: Service, queries: Sequence[Query]) -> list[Figure]:
    """Recall, precision and intersection over union of evidence characters, by retriever."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for query in queries:
        gold = {(query.relevant[0], i) for start, end in query.extra["spans"] for i in range(start, end)}
        for name, passages in passage_rankings(service, query.question()).items():
            retrieved = {
                (c.document.id, i)
                for c in passages[:DEPTH]
                for i in range(c.passage.span.start, c.passage.span.end)
            }
            both = len(gold & retrieved)
            precision = both / len(retrieved) if retrieved else 0.0
            rows.setdefault(name, []).append((both / len(gold), precision, both / len(gold | retrieved)))
    return [
        mean(retriever, f"{measure}@{DEPTH}", (scores[column] for scores in per_question))
        for retriever, per_question in rows.items()
        for column, measure in enumerate(("evidence recall", "evidence precision", "evidence IoU"))
    ]


def multihop_figures(service: Service, queries: Sequence[Query]) -> list[Figure]:
    """The authors' four figures, by retriever."""
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    for query in queries:
        facts = [fact["fact"] for fact in query.extra["evidence"]]
        for name, passages in passage_rankings(service, query.question()).items():
            rows.setdefault(name, []).append(by_authors_rule([c.text for c in passages], facts))
    return [
        mean(retriever, measure, (scores[column] for scores in per_question))
        for retriever, per_question in rows.items()
        for column, measure in enumerate(("Hits@10", "Hits@4", "MRR@10", "MAP@10"))
    ]


def by_authors_rule(ranked: Sequence[str], facts: Iterable[str]) -> tuple[float, float, float, float]:
    """Hits@10, Hits@4, reciprocal rank and average precision of one question."""
    expected = [_without_whitespace(fact) for fact in facts]
    ranks, found, precision = [], set[int](), 0.0
    for rank, text in enumerate(map(_without_whitespace, ranked[:10]), 1):
        hits = {number for number, fact in enumerate(expected) if fact in text}
        if hits:
            ranks.append(rank)
            precision += len(hits - found) / rank
            found |= hits
    first = ranks[0] if ranks else None
    return (
        float(first is not None),
        float(first is not None and first <= 4),
        1 / first if first else 0.0,
        precision / min(len(expected), 10),
    )


def _without_whitespace(text: str) -> str:
    return text.replace(" ", "").replace("\n", "")
