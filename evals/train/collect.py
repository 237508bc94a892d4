"""Runs open questions through retriever and reader and keeps what was read, for calibration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from evals.datasets.shared import Query, corpus, queries
from evals.index import fresh_service
from evals.metrics.f1 import f1
from evals.train.data import read_rows
from evals.train.mix import hold_out
from rag.compare import normalise
from rag.engine import distinct
from rag.question import Asked, ask
from rag.retrieve import Retriever
from rag.settings import Settings
from rag.types import Candidate, Document, Question, SpanAnswer
from rag.wiring import Service


class Kind(StrEnum):
    """What a reading could find: an answer; a passage on the subject without one; neither."""

    ANSWERABLE = "answerable"
    NOT_ANSWERED = "not answered"
    GOLD_REMOVED = "gold removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One reading: ``right`` says of each span whether it is a right answer, in order."""

    dataset: str
    question_id: str
    kind: Kind
    asked: Asked
    candidates: tuple[Candidate, ...]
    spans: tuple[SpanAnswer, ...]
    right: tuple[bool, ...]


def collect(folder: Path, settings: Settings, passages: int) -> Iterator[Sample]:
    """Samples of one open set, each question with its gold passages and without."""
    documents = [text.document() for text in corpus(folder)]
    # Of NoMIRACL's answerable questions nobody says what answers them: only the others teach.
    known = [query for query in queries(folder) if query.answers or not query.answerable]
    asked = [replace(query, relevant=_gold(query)) for query in known]
    yield from _samples(folder.name, documents, asked, settings, passages)


def collect_held_out(folder: Path, settings: Settings, passages: int) -> Iterator[Sample]:
    """Samples of the training articles the reader never saw (``evals.train.mix.hold_out``).

    Half of the SQuAD 2 questions among them were written by people to look answerable by a paragraph
    that doesn't answer them: what no open set has, and what users ask of a handbook.
    """
    learn, watch = hold_out(read_rows(folder))
    rows = [row for members in watch.values() for row in members]
    texts = list(dict.fromkeys(row.context for row in (*rows, *learn["squad2"])))
    documents = [
        Document(id=f"c{number}", uri=f"corpus/c{number}", title="", text=text)
        for number, text in enumerate(texts)
    ]
    place = {text: f"c{number}" for number, text in enumerate(texts)}
    asked = [
        Query(
            id=f"held-out-{number}",
            text=row.question,
            answers=(row.answer.slice(row.context),) if row.answer else (),
            answerable=row.answer is not None,
            relevant=(place[row.context],),
        )
        for number, row in enumerate(rows)
    ]
    yield from _samples("held-out", documents, asked, settings, passages)


def _samples(
    name: str,
    documents: Sequence[Document],
    asked: Sequence[Query],
    settings: Settings,
    passages: int,
) -> Iterator[Sample]:
    with fresh_service(settings, documents) as service:
        retriever = Retriever(
            service.catalog, service.dense, service.terms, service.embedder, settings.retrieve
        )
        for query in asked:
            read = partial(_sample, service, name, query, passages=passages)
            tidy = ask(query.text, limit=settings.limits.question_characters)
            found = retriever.retrieve(Question(text=tidy.plain), settings.retrieve.pool)
            yield read(tidy, found, kind=Kind.ANSWERABLE if query.answerable else Kind.NOT_ANSWERED)
            if query.answerable and query.relevant:
                others = [c for c in found if c.document.id not in query.relevant]
                yield read(tidy, others, kind=Kind.GOLD_REMOVED)


def _sample(
    service: Service,
    dataset: str,
    query: Query,
    asked: Asked,
    found: Sequence[Candidate],
    *,
    passages: int,
    kind: Kind,
) -> Sample:
    chosen = distinct(found)[:passages]
    spans = tuple(span for spans in service.reader.read(asked.plain, chosen) for span in spans)
    return Sample(
        dataset=dataset,
        question_id=query.id,
        kind=kind,
        asked=asked,
        candidates=tuple(found),
        spans=spans,
        right=tuple(kind is Kind.ANSWERABLE and is_right(query, span) for span in spans),
    )


def _gold(query: Query) -> tuple[str, ...]:
    return tuple({*query.relevant, query.extra.get("context_doc", "")} - {""})


def is_right(query: Query, span: SpanAnswer) -> bool:
    """Whether a person shown this answer with its sentence was told an accepted answer.

    Half of an accepted answer's words (F1 of at least 0.5), or some of them while the cited sentence
    holds it whole: gold answers are clipped in more ways than one. For long answers (CLAPnq), whose
    words a span can't match, the sentence alone decides.
    """
    sentence = normalise(_sentence(span))
    if query.extra.get("gold_sentences"):
        gold = [normalise(s) for group in query.extra["gold_sentences"] for s in group]
        return any(s and (s in sentence or sentence in s) for s in gold)
    best = f1(span.text, query.answers)
    return best >= 0.5 or (best > 0 and any(normalise(answer) in sentence for answer in query.answers))


def _sentence(span: SpanAnswer) -> str:
    text = span.candidate.document.text
    held = [s.slice(text) for s in span.candidate.passage.sentences if s.overlaps(span.span)]
    return " ".join(held) or span.text
