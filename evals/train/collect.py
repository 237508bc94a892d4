"""Runs open questions through retriever and reader and keeps what was read, for calibration."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ingest.split import PassageSplitter
from rag.decide import normalise
from rag.engine import distinct
from rag.ports import Change, Resolver
from rag.question import Asked, ask
from rag.retrieve import Retriever
from rag.settings import Settings
from rag.types import Candidate, Document, Question, SpanAnswer
from rag.wiring import Service, open_service

BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One reading: ``right`` says of each span whether it is a right answer, in order."""

    dataset: str
    question_id: str
    gold_present: bool
    asked: Asked
    candidates: tuple[Candidate, ...]
    spans: tuple[SpanAnswer, ...]
    right: tuple[bool, ...]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a gzipped JSON lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def collect(folder: Path, settings: Settings, resolver: Resolver | None, passages: int) -> Iterator[Sample]:
    """Samples of one open set, each question with its gold passages and without."""
    questions = [q for q in read_lines(folder / "queries.jsonl.gz")]
    with TemporaryDirectory() as scratch:
        with open_service(settings.model_copy(update={"data": Path(scratch)})) as service:
            index(service, read_lines(folder / "corpus.jsonl.gz"), resolver)
            retriever = Retriever(
                service.catalog, service.dense, service.terms, service.embedder, settings.retrieve
            )
            for row in questions:
                asked = ask(row["text"], limit=settings.limits.question_characters)
                found = retriever.retrieve(Question(text=asked.text), settings.retrieve.pool)
                gold = set(row.get("relevant") or ()) | {row.get("context_doc", "")}
                yield _sample(service, folder.name, row, asked, found, passages, True)
                if row.get("answerable", True):
                    others = [c for c in found if c.document.id not in gold]
                    yield _sample(service, folder.name, row, asked, others, passages, False)


def index(service: Service, rows: Iterator[dict[str, Any]], resolver: Resolver | None) -> None:
    """Writes a corpus file's documents through the service's library."""
    splitter = PassageSplitter(
        min_words=service.settings.split.min_words, max_words=service.settings.split.max_words
    )
    changes: list[Change] = []
    for row in rows:
        document = Document(id=row["_id"], uri=row["_id"], title=row.get("title") or "", text=row["text"])
        passages = list(splitter.split(document))
        if resolver:
            passages = resolver.resolve(document, passages)
        if passages:
            changes.append(Change(document=document, passages=tuple(passages)))
        if len(changes) == BATCH:
            service.library.write(changes)
            changes = []
    if changes:
        service.library.write(changes)


def _sample(
    service: Service,
    dataset: str,
    row: dict[str, Any],
    asked: Asked,
    found: Sequence[Candidate],
    passages: int,
    present: bool,
) -> Sample:
    chosen = distinct(found)[:passages]
    spans = tuple(span for spans in service.reader.read(asked.text, chosen) for span in spans)
    gold = present and row.get("answerable", True)
    return Sample(
        dataset=dataset,
        question_id=row["_id"],
        gold_present=gold,
        asked=asked,
        candidates=tuple(found),
        spans=spans,
        right=tuple(gold and is_right(row, span) for span in spans),
    )


def is_right(row: dict[str, Any], span: SpanAnswer) -> bool:
    """Half of the words of an accepted answer (F1 of at least 0.5), or in one of its gold sentences.

    For long answers (CLAPnq), whose words a span can't match, the sentence decides.
    """
    if row.get("gold_sentences"):
        sentence = normalise(_sentence(span))
        gold = [normalise(s) for group in row["gold_sentences"] for s in group]
        return any(s and (s in sentence or sentence in s) for s in gold)
    return max((f1(span.text, answer) for answer in row["answers"]), default=0.0) >= 0.5


def _sentence(span: SpanAnswer) -> str:
    text = span.candidate.document.text
    held = [s.slice(text) for s in span.candidate.passage.sentences if s.overlaps(span.span)]
    return " ".join(held) or span.text


def f1(answer: str, gold: str) -> float:
    """Word overlap F1 (Rajpurkar et al. 2016)."""
    from collections import Counter

    given, wanted = normalise(answer).split(), normalise(gold).split()
    shared = sum((Counter(given) & Counter(wanted)).values())
    return 2 * shared / (len(given) + len(wanted)) if shared else 0.0
