"""Runs open questions through retriever and reader and keeps what was read, for calibration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.datasets.shared import Query, corpus, queries
from evals.index import write_documents
from evals.metrics.f1 import f1
from rag.decide import normalise
from rag.engine import distinct
from rag.ports import Resolver
from rag.question import Asked, ask
from rag.retrieve import Retriever
from rag.settings import Settings
from rag.types import Candidate, Question, SpanAnswer
from rag.wiring import Service, open_service


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


def collect(folder: Path, settings: Settings, resolver: Resolver | None, passages: int) -> Iterator[Sample]:
    """Samples of one open set, each question with its gold passages and without."""
    with (
        TemporaryDirectory() as scratch,
        open_service(settings.model_copy(update={"data": Path(scratch)})) as service,
    ):
        write_documents(service, (text.document() for text in corpus(folder)), resolver)
        retriever = Retriever(
            service.catalog, service.dense, service.terms, service.embedder, settings.retrieve
        )
        for query in queries(folder):
            asked = ask(query.text, limit=settings.limits.question_characters)
            found = retriever.retrieve(Question(text=asked.text), settings.retrieve.pool)
            yield _sample(service, folder.name, query, asked, found, passages, present=query.answerable)
            if query.answerable:
                gold = {*query.relevant, query.extra.get("context_doc", "")}
                others = [c for c in found if c.document.id not in gold]
                yield _sample(service, folder.name, query, asked, others, passages, present=False)


def _sample(
    service: Service,
    dataset: str,
    query: Query,
    asked: Asked,
    found: Sequence[Candidate],
    passages: int,
    *,
    present: bool,
) -> Sample:
    chosen = distinct(found)[:passages]
    spans = tuple(span for spans in service.reader.read(asked.text, chosen) for span in spans)
    return Sample(
        dataset=dataset,
        question_id=query.id,
        gold_present=present,
        asked=asked,
        candidates=tuple(found),
        spans=spans,
        right=tuple(present and is_right(query, span) for span in spans),
    )


def is_right(query: Query, span: SpanAnswer) -> bool:
    """Half of the words of an accepted answer (F1 of at least 0.5), or in one of its gold sentences.

    For long answers (CLAPnq), whose words a span can't match, the sentence decides.
    """
    if query.extra.get("gold_sentences"):
        sentence = normalise(_sentence(span))
        gold = [normalise(s) for group in query.extra["gold_sentences"] for s in group]
        return any(s and (s in sentence or sentence in s) for s in gold)
    return max((f1(span.text, [answer]) for answer in query.answers), default=0.0) >= 0.5


def _sentence(span: SpanAnswer) -> str:
    text = span.candidate.document.text
    held = [s.slice(text) for s in span.candidate.passage.sentences if s.overlaps(span.span)]
    return " ".join(held) or span.text
