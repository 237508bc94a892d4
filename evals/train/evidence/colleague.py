"""Groups of questions in a colleague's words, each with the passages that the service retrieves for it.

The passages are cut, written and ranked by the service itself, so that the reader learns from the negatives
that it will meet: the same page's and twin pages' above all. A set is a folder with ``docs/`` and
``queries.jsonl`` (question, answerable, kind, answer, yesno, evidence, file).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.train.evidence.groups import Group, LabelledPassage, LabelledUnit, Polarity, is_part
from rag.explanation.regions import quote_spans
from rag.reading.context import ReaderContext, reader_context
from rag.types import Candidate, Document, Question, Scores, Span

if TYPE_CHECKING:
    from rag.wiring import Service

RETRIEVED = 20  # passages of each group, beside those that hold evidence further down
_POOL = 50
_MAX_MISSED = 6  # passages with evidence that retrieval did not return
_SHORT_QUOTE = 4  # words: shorter evidence counts on its own page alone


def colleague_groups(service: Service, folder: Path) -> Iterator[Group]:
    """The groups of one set over an ingested service.

    Raises:
        OSError: the set can't be read.
    """
    documents = [service.catalog.document(record.id) for record in service.catalog.list()]
    for query in read_queries(folder):
        yield _group(service, documents, query, folder.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A line of ``queries.jsonl``. ``evidence`` are exact texts, ``file`` is the page asked about."""

    id: str
    file: str
    kind: str
    question: str
    answerable: bool
    answer: str | None
    polarity: Polarity | None
    evidence: tuple[str, ...]


def read_queries(folder: Path) -> Iterator[Query]:
    """The questions of one set.

    Raises:
        OSError: the set can't be read.
    """
    with (folder / "queries.jsonl").open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                row: dict[str, Any] = json.loads(line)
                yield Query(
                    id=row["id"],
                    file=row["file"],
                    kind=row["kind"],
                    question=row["question"],
                    answerable=row["answerable"],
                    answer=row.get("answer"),
                    polarity=row.get("yesno"),
                    evidence=tuple(row["evidence"]),
                )


def _group(service: Service, documents: Sequence[Document], query: Query, dataset: str) -> Group:
    page_ids = _page_ids(documents, query)
    evidence = list(evidence_spans(documents, query))
    candidates = service.engine.search(Question(text=query.question), _POOL)
    ranked = list(enumerate(candidates))
    chosen: list[tuple[int | None, Candidate]] = [
        (rank, c) for rank, c in ranked if rank < RETRIEVED or any(_supports(c, evidence))
    ]
    retrieved_ids = {candidate.passage.id for candidate in candidates}
    missed = [c for c in _passages_with(service, documents, evidence) if c.passage.id not in retrieved_ids]
    chosen += [(None, candidate) for candidate in missed[:_MAX_MISSED]]
    return Group(
        id=query.id,
        dataset=dataset,
        kind=query.kind,
        question=query.question,
        answerable=query.answerable,
        polarity=query.polarity,
        passages=tuple(
            label_passage(candidate, evidence, answer=query.answer, rank=rank, page_ids=page_ids)
            for rank, candidate in chosen
        ),
    )


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """A place of the evidence in a document; evidence that stands on twin pages has several."""

    document_id: str
    span: Span


def _page_ids(documents: Sequence[Document], query: Query) -> set[str]:
    return {document.id for document in documents if document.uri.endswith(query.file)}


def evidence_spans(documents: Sequence[Document], query: Query) -> Iterator[EvidenceSpan]:
    """Where the evidence stands in these documents; a short quote counts on the query's own page alone."""
    page_ids = _page_ids(documents, query)
    for quote in query.evidence:
        places = [EvidenceSpan(d.id, span) for d in documents for span in quote_spans(d.text, quote)]
        if len(quote.split()) < _SHORT_QUOTE:
            places = [place for place in places if place.document_id in page_ids] or places
        yield from places


def _passages_with(
    service: Service, documents: Sequence[Document], evidence: Sequence[EvidenceSpan]
) -> Iterator[Candidate]:
    for document in documents:
        if any(place.document_id == document.id for place in evidence):
            for passage in service.catalog.passages_of(document.id):
                candidate = Candidate(passage=passage, document=document, scores=Scores(fused=0.0))
                if any(_supports(candidate, evidence)):
                    yield candidate


def _supports(candidate: Candidate, evidence: Sequence[EvidenceSpan]) -> list[bool]:
    """For each sentence of a passage, whether it is part of the evidence."""
    spans = [(p.span.start, p.span.end) for p in evidence if p.document_id == candidate.document.id]
    sentences = [(sentence.start, sentence.end) for sentence in candidate.passage.sentences]
    return [any(is_part(sentence, span) for span in spans) for sentence in sentences]


def label_passage(
    candidate: Candidate,
    evidence: Sequence[EvidenceSpan],
    *,
    answer: str | None,
    rank: int | None,
    page_ids: set[str],
) -> LabelledPassage:
    """A candidate as the reader gets it, its sentences labelled by the evidence."""
    context = reader_context(candidate, headings=True)
    supports = _supports(candidate, evidence)
    units = [
        LabelledUnit(*place, supports=is_part)
        for sentence, is_part in zip(candidate.passage.sentences, supports, strict=True)
        if (place := place_in(context, sentence)) is not None
    ]
    return LabelledPassage(
        text=context.text,
        units=tuple(units),
        relevant=any(supports),
        answers=tuple(_answers(candidate, context, evidence, answer)) if answer else (),
        rank=rank,
        score=candidate.scores.fused,
        same_page=candidate.document.id in page_ids,
    )


def _answers(
    candidate: Candidate, context: ReaderContext, evidence: Sequence[EvidenceSpan], answer: str
) -> Iterator[tuple[int, int]]:
    text = candidate.document.text
    for place in evidence:
        if place.document_id != candidate.document.id:
            continue
        for found in quote_spans(place.span.slice(text), answer):
            span = found.shift(place.span.start)
            shown = place_in(context, span) if candidate.passage.span.contains(span) else None
            if shown is not None and context.text[slice(*shown)].split() == answer.split():
                yield shown


def place_in(context: ReaderContext, span: Span) -> tuple[int, int] | None:
    """Where a span of the document stands in a context; None where none of it does."""
    segments = [s for s in context.segments if s.source.start < span.end and span.start < s.source.end]
    if not segments:
        return None
    first, last = segments[0], segments[-1]
    start = first.at if first.antecedent else first.at + max(0, span.start - first.source.start)
    end = last.end if last.antecedent else last.at + min(span.end, last.source.end) - last.source.start
    return (start, end) if start < end else None
