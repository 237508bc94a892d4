"""Checks the benchmark itself: plain BM25 on whole documents beside its published figures.

The figures are published for all topics of a set, so that these two are measured on all of them, held-out
ones too. Nothing is chosen by them. Anserini's BM25 (k1 0.9, b 0.4) on SciFact gives nDCG@10 0.679 (Thakur et
al. 2021, flat index), on CACM MAP 0.312; ours has Tantivy's constants (k1 1.2, b 0.75).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench.figures import Figure, mean
from evals.bench.ranking import scored
from evals.datasets.gzipped import corpus, queries
from evals.datasets.published import CorpusDocument, Query
from rag.ports.indexes import PassageRow

DEPTH = 1_000


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A published figure of a set; ``text`` is the text of a document that was indexed for it."""

    name: str
    measure: str
    value: float
    text: Callable[[CorpusDocument], str]


PUBLISHED = (
    PublishedFigure("beir-scifact", "nDCG@10", 0.679, lambda document: f"{document.title}\n{document.text}"),
    PublishedFigure("ir-cacm", "AP", 0.312, lambda document: str(document.extra["raw"])),
)


def bm25_alone(folder: Path, published: PublishedFigure) -> list[Figure]:
    """Ours, the published figure, and their ratio."""
    import ir_measures

    topics = list(queries(folder / published.name, include_held_out=True))
    measure = ir_measures.parse_measure(published.measure)
    qrels = {query.id: dict.fromkeys(query.relevant, 1) for query in topics}
    run = {topic: scored(ranking) for topic, ranking in _rankings(folder, published, topics).items()}
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


def _rankings(folder: Path, published: PublishedFigure, topics: Sequence[Query]) -> dict[str, list[str]]:
    from rag.adapters.tantivy import TantivyIndex

    with TemporaryDirectory(prefix="saywhere-bm25-") as scratch:
        index = TantivyIndex(Path(scratch), coverage=0.0)
        rows = [
            PassageRow(passage_id=d.id, document_id=d.id, version="", text=published.text(d), context="")
            for d in corpus(folder / published.name)
        ]
        index.add("all", rows)
        return {q.id: [hit.passage_id for hit in index.search("all", q.text, DEPTH)] for q in topics}
