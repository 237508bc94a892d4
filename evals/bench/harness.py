"""Is the harness right? Plain BM25 on whole documents beside its published figures.

Published for all topics of a set, so that these two are measured on all of them, held-out ones too:
nothing is chosen by it. Anserini's BM25 (k1 0.9, b 0.4) on SciFact gives nDCG@10 0.679 (Thakur et al.
2021, flat index), on CACM MAP 0.312; ours has Tantivy's constants (k1 1.2, b 0.75).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench.figures import Figure, mean
from evals.bench.ranking import scored
from evals.datasets.gzipped import corpus, queries
from evals.datasets.published import Query, Text
from rag.ports.indexes import PassageRow

DEPTH = 1_000


@dataclass(frozen=True, slots=True)
class Published:
    """A figure to come near to: ``text`` is what was indexed for it."""

    name: str
    measure: str
    value: float
    text: Callable[[Text], str]


PUBLISHED = (
    Published("beir-scifact", "nDCG@10", 0.679, lambda text: f"{text.title}\n{text.text}"),
    Published("ir-cacm", "AP", 0.312, lambda text: str(text.extra["raw"])),
)


def bm25_alone(folder: Path, published: Published) -> list[Figure]:
    """Ours, the published figure, and their ratio."""
    import ir_measures

    topics = list(queries(folder / published.name, every=True))
    measure = ir_measures.parse_measure(published.measure)
    qrels = {query.id: dict.fromkeys(query.relevant, 1) for query in topics}
    run = {name: scored(found) for name, found in _searched(folder, published, topics).items()}
    values = dict.fromkeys(qrels, 0.0)
    for one in ir_measures.iter_calc([measure], qrels, run):
        values[one.query_id] = one.value
    figure = mean("BM25 on whole documents", f"{published.measure}, all topics", values.values())
    ratio = None if figure.value is None else figure.value / published.value
    n = len(topics)
    return [
        figure,
        Figure(group=figure.group, name="published (Anserini)", value=published.value, n=n),
        Figure(group=figure.group, name="ratio", value=ratio, n=n),
    ]


def _searched(folder: Path, published: Published, topics: Sequence[Query]) -> dict[str, list[str]]:
    from rag.adapters.tantivy import TantivyIndex

    with TemporaryDirectory(prefix="saywhere-bm25-") as scratch:
        index = TantivyIndex(Path(scratch))
        rows = [
            PassageRow(passage_id=t.id, document_id=t.id, version="", text=published.text(t), context="")
            for t in corpus(folder / published.name)
        ]
        index.add("all", rows)
        return {q.id: [hit.passage_id for hit in index.search("all", q.text, DEPTH)] for q in topics}
