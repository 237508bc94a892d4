"""``python -m evals.bench.retrieval_parts FOLDER …``: what each part of the lexical search brings.

A folder has ``docs/`` and ``queries.jsonl``, as those of ``../shared/data/colleague``. The measure is the
share of answerable questions with a passage that overlaps their evidence among the first 1, 5, 12 and 20, on
whichever page the evidence stands word for word. Dense search, fusion and pool are the same in every row.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from evals.run.indexing import fresh_service
from evals.train.evidence.colleague import evidence_spans, read_queries
from rag.engine import Engine
from rag.errors import SaywhereError
from rag.retrieval.retriever import Retriever
from rag.settings import load
from rag.types import Document, Passage, Question
from rag.wiring import Service, open_decider

DEPTHS = (1, 5, 12, 20)
# Where each part is taken out, and what stands there instead.
_PARTS: Mapping[str, tuple[str, Any]] = {
    "coverage": ("rag.adapters.tantivy_query._coverage", lambda *_: ()),
    "related words": ("rag.adapters.coverage.related_stems", lambda _: ()),
    "file names": ("rag.storage.index_rows.address_words", lambda _: ""),
    "versions": ("rag.retrieval.retriever.demote_other_versions", lambda _, candidates: list(candidates)),
    "acronyms": ("rag.retrieval.retriever.Retriever.definitions", lambda *_: ()),
}
_COVERAGE_TOO = "related words"  # they are counted in the coverage alone
ROWS: Mapping[str, frozenset[str]] = {
    "BM25": frozenset(),
    **{
        f"+ {part}": frozenset({part} | ({"coverage"} if part == _COVERAGE_TOO else set())) for part in _PARTS
    },
    "all": frozenset(_PARTS),
    **{f"all but {part}": frozenset(_PARTS) - {part} for part in _PARTS},
}
"""The parts in use, by the name of the row."""


def ranks_of(folder: Path) -> dict[str, list[int | None]]:
    """For each row the rank of the first passage with evidence, by question.

    Ranks are from 0, None from ``DEPTHS[-1]`` on.

    Raises:
        OSError: the folder isn't of this form.
        SaywhereError: it can't be indexed.
    """
    from ingest.wiring import ingest

    with fresh_service(load()) as service:
        ingest(service, [folder / "docs"])
        documents = [service.catalog.document(record.id) for record in service.catalog.list()]
        passages = {document.id: service.catalog.passages_of(document.id) for document in documents}
        questions = list(questions_with_evidence(folder, service))
        measured = {}
        for row, parts in ROWS.items():
            with _engine(service, documents, passages, parts) as engine:
                measured[row] = [_rank(engine, question, gold) for question, gold in questions]
    return measured


def questions_with_evidence(folder: Path, service: Service) -> Iterator[tuple[Question, set[str]]]:
    """Each answerable question of a folder that is indexed, with the ids of the passages of its evidence.

    Raises:
        OSError: the folder has no questions.
    """
    documents = [service.catalog.document(record.id) for record in service.catalog.list()]
    passages = {document.id: service.catalog.passages_of(document.id) for document in documents}
    for query in read_queries(folder):
        gold = {
            passage.id
            for place in evidence_spans(documents, query)
            for passage in passages[place.document_id]
            if passage.span.overlaps(place.span)
        }
        if query.answerable and gold:
            yield Question(text=query.question), gold


@contextmanager
def _engine(
    service: Service,
    documents: Sequence[Document],
    passages: Mapping[str, Sequence[Passage]],
    parts: frozenset[str],
) -> Iterator[Engine]:
    """An engine with these parts alone, over a lexical index of its own."""
    from rag.adapters.tantivy import TantivyIndex
    from rag.storage.index_rows import passage_row

    with ExitStack() as stack:
        for part, (target, replacement) in _PARTS.items():
            if part not in parts:
                stack.enter_context(patch(target, replacement))
        scratch = stack.enter_context(TemporaryDirectory(prefix="saywhere-parts-"))
        lexical = TantivyIndex(Path(scratch))
        stack.callback(lexical.close)
        for document in documents:
            rows = [passage_row(document, passage) for passage in passages[document.id]]
            lexical.add(document.collection, rows)
        settings = service.settings
        retriever = Retriever(service.catalog, service.dense, lexical, service.embedder, settings.retrieve)
        yield Engine(service.catalog, retriever, service.reader, open_decider(settings), settings)


def _rank(engine: Engine, question: Question, gold: set[str]) -> int | None:
    found = enumerate(engine.search(question, DEPTHS[-1]))
    return next((rank for rank, candidate in found if candidate.passage.id in gold), None)


def shares(ranks: Sequence[int | None]) -> list[float]:
    """The share of questions with evidence among the first passages, for each depth.

    >>> shares([0, 3, None, 15])
    [0.25, 0.5, 0.5, 0.75]
    """
    return [sum(rank is not None and rank < depth for rank in ranks) / len(ranks) for depth in DEPTHS]


def table(measured: Iterable[Mapping[str, Sequence[int | None]]]) -> Iterator[str]:
    """The lines of a Markdown table over all folders together."""
    by_folder = list(measured)
    yield "| | " + " | ".join(map(str, DEPTHS)) + " |"
    yield "|---|" + "---|" * len(DEPTHS)
    for row in ROWS:
        ranks = [rank for rows in by_folder for rank in rows[row]]
        yield f"| {row} | " + " | ".join(f"{share:.3f}" for share in shares(ranks)) + " |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 2 where a folder can't be read or indexed."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.retrieval_parts", description=__doc__)
    parser.add_argument("folders", nargs="+", metavar="FOLDER", type=Path)
    options = parser.parse_args(arguments)
    try:
        measured = [ranks_of(folder) for folder in options.folders]
    except (OSError, SaywhereError) as error:
        print(f"could not measure: {error}", file=sys.stderr)
        return 2
    print("\n".join(table(measured)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
