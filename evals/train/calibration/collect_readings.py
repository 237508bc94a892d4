"""Runs open questions through retriever and reader and keeps what was read, for calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from evals.cases.case import Case
from evals.cases.matchers import Prediction
from evals.datasets.gzipped import corpus, queries
from evals.datasets.load import load
from evals.datasets.published import Query
from evals.diagnose.regions import regions
from evals.metrics.answer_right import answer_right
from evals.metrics.f1 import f1
from evals.run.indexing import fresh_service
from evals.run.target import in_process
from evals.train.data.examples import read_rows
from evals.train.data.mixture import hold_out
from rag.answering.comparison import normalise
from rag.answering.duplicates import without_duplicates
from rag.question.analysis import QuestionAnalysis, analyze_question
from rag.reading.table_rows import in_table
from rag.retrieval.retriever import Retriever
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
    analysis: QuestionAnalysis
    candidates: tuple[Candidate, ...]
    spans: tuple[SpanAnswer, ...]
    right: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A question to be read; ``gold`` tells a passage that answers it, None where nobody knows."""

    dataset: str
    id: str
    text: str
    answerable: bool
    accepts: Callable[[SpanAnswer], bool]
    gold: Callable[[Candidate], bool] | None


def collect(folder: Path, settings: Settings, passages: int) -> Iterator[Sample]:
    """Samples of one open set, each question with its gold passages and without."""
    documents = [text.document() for text in corpus(folder)]
    # Of NoMIRACL's answerable questions nobody says what answers them: only the others teach.
    known = [query for query in queries(folder) if query.answers or not query.answerable]
    analysis = [replace(query, relevant=_gold(query)) for query in known]
    yield from _samples(folder.name, documents, analysis, settings, passages)


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
    analysis = [
        Query(
            id=f"held-out-{number}",
            text=row.question,
            answers=(row.answer.slice(row.context),) if row.answer else (),
            answerable=row.answer is not None,
            relevant=(place[row.context],),
        )
        for number, row in enumerate(rows)
    ]
    yield from _samples("held-out", documents, analysis, settings, passages)


def collect_pages(name: str, settings: Settings, passages: int) -> Iterator[Sample]:
    """Samples of a set of a team's pages, as the service ingests them (``evals.datasets``)."""
    dataset = load(name)
    with in_process(dataset, settings) as target:
        assert target.service is not None  # noqa: S101 (for the type checker: it runs in this process)
        for case in dataset.cases:
            analysis = _Case(
                dataset=dataset.name,
                id=f"{dataset.name}-{case.id}",
                text=case.question,
                answerable=case.answerable,
                accepts=partial(_accepts, case),
                gold=partial(_holds_any, case),
            )
            yield from _readings(target.service, analysis, passages)


def _accepts(case: Case, span: SpanAnswer) -> bool:
    """Whether a case accepts an answer; a table's cell by itself, since its row holds others' answers."""
    support = () if in_table(span.candidate.document, span.span) else (_sentence(span),)
    return answer_right(Prediction(text=span.text, statements=support), case.answers)


def _holds_any(case: Case, candidate: Candidate) -> bool:
    """Whether a passage has a place that may be cited for a case."""
    document, passage = candidate.document, candidate.passage
    found = [region.span for need in case.must_cite for region in regions(need, [document])]
    return any(passage.span.overlaps(span) for span in found)


def _samples(
    name: str,
    documents: Sequence[Document],
    analysis: Sequence[Query],
    settings: Settings,
    passages: int,
) -> Iterator[Sample]:
    with fresh_service(settings, documents) as service:
        for query in analysis:
            yield from _readings(
                service,
                _Case(
                    dataset=name,
                    id=query.id,
                    text=query.text,
                    answerable=query.answerable,
                    accepts=partial(is_right, query),
                    gold=partial(_is_relevant, query) if query.relevant else None,
                ),
                passages,
            )


def _readings(service: Service, case: _Case, passages: int) -> Iterator[Sample]:
    """One case's reading, and where it has passages with the answer the one without them."""
    settings = service.settings
    retriever = Retriever(
        service.catalog, service.dense, service.lexical, service.embedder, settings.retrieve
    )
    analysis = analyze_question(case.text, limit=settings.limits.question_characters)
    found = retriever.retrieve(Question(text=analysis.standalone), settings.retrieve.pool)
    kinds = {Kind.ANSWERABLE if case.answerable else Kind.NOT_ANSWERED: found}
    if case.answerable and case.gold is not None:
        kinds[Kind.GOLD_REMOVED] = [candidate for candidate in found if not case.gold(candidate)]
    for kind, candidates in kinds.items():
        chosen = without_duplicates(candidates)[:passages]
        spans = tuple(span for spans in service.reader.read(analysis.standalone, chosen) for span in spans)
        yield Sample(
            dataset=case.dataset,
            question_id=case.id,
            kind=kind,
            analysis=analysis,
            candidates=tuple(candidates),
            spans=spans,
            right=tuple(kind is Kind.ANSWERABLE and case.accepts(span) for span in spans),
        )


def _is_relevant(query: Query, candidate: Candidate) -> bool:
    return candidate.document.id in query.relevant


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
