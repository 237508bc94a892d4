"""Which characters are found: Chroma's chunking evaluation, and MultiHop-RAG's rule for evidence.

*Characters*: of the evidence of a question, the share that the first passages hold; of what they hold, the
share that is evidence; and both as one, intersection over union (Smith & Troynikov 2024, "Evaluating
Chunking Strategies for Retrieval", whose unit is the token).

*MultiHop-RAG* (Tang & Yang 2024, arXiv:2401.15391), its authors' rule: a passage is a hit where it holds
any of the facts, white space left out; Hits@10, Hits@4, MRR@10 and MAP@10 over questions with evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evals.bench.figures import Figure, mean
from evals.bench.ranking import passage_rankings
from evals.datasets.published import Query
from rag.wiring import Service

FIRST = 5  # passages whose characters count


def character_figures(service: Service, queries: Sequence[Query]) -> list[Figure]:
    """Recall, precision and intersection over union of evidence characters, by retriever."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for query in queries:
        gold = {(query.relevant[0], i) for start, end in query.extra["spans"] for i in range(start, end)}
        for name, passages in passage_rankings(service, query.question()).items():
            held = {
                (c.document.id, i)
                for c in passages[:FIRST]
                for i in range(c.passage.span.start, c.passage.span.end)
            }
            both = len(gold & held)
            rows.setdefault(name, []).append(
                (both / len(gold), both / len(held) if held else 0.0, both / len(gold | held))
            )
    return [
        mean(name, f"{what}@{FIRST}", (row[place] for row in found))
        for name, found in rows.items()
        for place, what in enumerate(("evidence recall", "evidence precision", "evidence IoU"))
    ]


def multihop_figures(service: Service, queries: Sequence[Query]) -> list[Figure]:
    """The authors' four figures, by retriever."""
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    for query in queries:
        facts = [fact["fact"] for fact in query.extra["evidence"]]
        for name, passages in passage_rankings(service, query.question()).items():
            rows.setdefault(name, []).append(by_authors_rule([c.text for c in passages], facts))
    return [
        mean(name, what, (row[place] for row in found))
        for name, found in rows.items()
        for place, what in enumerate(("Hits@10", "Hits@4", "MRR@10", "MAP@10"))
    ]


def by_authors_rule(ranked: Sequence[str], facts: Iterable[str]) -> tuple[float, float, float, float]:
    """Hits@10, Hits@4, reciprocal rank and average precision of one question."""
    wanted = [_bare(fact) for fact in facts]
    ranks, found, precision = [], set[int](), 0.0
    for rank, text in enumerate(map(_bare, ranked[:10]), 1):
        here = {n for n, fact in enumerate(wanted) if fact in text}
        if here:
            ranks.append(rank)
            precision += len(here - found) / rank
            found |= here
    first = ranks[0] if ranks else None
    return (
        float(first is not None),
        float(first is not None and first <= 4),
        1 / first if first else 0.0,
        precision / min(len(wanted), 10),
    )


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("\n", "")
