"""Readings to fit the confidence to: questions through the real retriever and reader, answers judged."""

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
from evals.train.data.mixture import hold_out_articles
from evals.train.data.questions import read_training_files
from rag.answering.comparison import normalise
from rag.answering.duplicates import without_duplicates
from rag.question.analysis import QuestionAnalysis, analyze_question
from rag.reading.table_rows import in_table
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from rag.types import Candidate, Document, Question, SpanAnswer
from rag.wiring import Service


class ReadingKind(StrEnum):
    """What the passages hold; the values are those of `calibration.json`."""

    ANSWERABLE = "answerable"
    UNANSWERABLE = "not answered"  # there are passages on the subject
    GOLD_REMOVED = "gold removed"  # an answerable question without the passages that answer it


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The reader's spans for one question.

    Attributes:
        candidates: all that were retrieved, by rank; the first of them were read.
        spans: in the order of the passages read.
        right: for each span whether it is a right answer.
    """

    dataset: str
    question_id: str
    kind: ReadingKind
    analysis: QuestionAnalysis
    candidates: tuple[Candidate, ...]
    spans: tuple[SpanAnswer, ...]
    right: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _JudgedQuestion:
    """A question to be read.

    Attributes:
        accepts: whether an answer is right.
        is_gold: whether a passage answers the question; None where the set doesn't say.
    """

    dataset: str
    id: str
    text: str
    answerable: bool
    accepts: Callable[[SpanAnswer], bool]
    is_gold: Callable[[Candidate], bool] | None


def collect_open_set(folder: Path, settings: Settings, passages: int) -> Iterator[Reading]:
    """Readings of one open set, each answerable question with its gold passages and without them.

    Args:
        passages: how many are read for a question.
    """
    documents = [text.document() for text in corpus(folder)]
    # NoMIRACL doesn't say what answers its answerable questions: they are left out.
    usable = [query for query in queries(folder) if query.answers or not query.answerable]
    with_gold = [replace(query, relevant=_gold_documents(query)) for query in usable]
    yield from _read_queries(folder.name, documents, with_gold, settings, passages)


def collect_held_out(folder: Path, settings: Settings, passages: int) -> Iterator[Reading]:
    """Readings of the training articles that are held out (``hold_out_articles``).

    Half of the SQuAD 2 questions among them were written by people to look answerable by a paragraph that
    doesn't answer them, which no open set has.

    Args:
        folder: that of the training files.
        passages: how many are read for a question.
    """
    training, held_out = hold_out_articles(read_training_files(folder))
    questions = [question for source in held_out.values() for question in source]
    texts = list(dict.fromkeys(question.context for question in (*questions, *training["squad2"])))
    documents = [
        Document(id=f"c{number}", uri=f"corpus/c{number}", title="", text=text)
        for number, text in enumerate(texts)
    ]
    document_ids = {document.text: document.id for document in documents}
    held_out_queries = [
        Query(
            id=f"held-out-{number}",
            text=question.question,
            answers=(question.answer_text,) if question.answer else (),
            answerable=question.answer is not None,
            relevant=(document_ids[question.context],),
        )
        for number, question in enumerate(questions)
    ]
    yield from _read_queries("held-out", documents, held_out_queries, settings, passages)


def collect_pages(name: str, settings: Settings, passages: int) -> Iterator[Reading]:
    """Readings of a set of a team's pages, as the service ingests them.

    Args:
        name: a set of ``evals.datasets``, or a path of one.
        passages: how many are read for a question.
    """
    dataset = load(name)
    with in_process(dataset, settings) as target:
        assert target.service is not None  # noqa: S101 (for the type checker: it runs in this process)
        for case in dataset.cases:
            question = _JudgedQuestion(
                dataset=dataset.name,
                id=f"{dataset.name}-{case.id}",
                text=case.question,
                answerable=case.answerable,
                accepts=partial(_case_accepts, case),
                is_gold=partial(_contains_evidence, case),
            )
            yield from _read(target.service, question, passages)


def _case_accepts(case: Case, span: SpanAnswer) -> bool:
    """Whether a case accepts an answer; a table's cell by itself, since its row holds others' answers."""
    statements = () if in_table(span.candidate.document, span.span) else (_sentence(span),)
    return answer_right(Prediction(text=span.text, statements=statements), case.answers)


def _contains_evidence(case: Case, candidate: Candidate) -> bool:
    """Whether a passage overlaps evidence that a case has to cite."""
    evidence = [region.span for group in case.must_cite for region in regions(group, [candidate.document])]
    return any(candidate.passage.span.overlaps(span) for span in evidence)


def _read_queries(
    name: str,
    documents: Sequence[Document],
    open_queries: Sequence[Query],
    settings: Settings,
    passages: int,
) -> Iterator[Reading]:
    with fresh_service(settings, documents) as service:
        for query in open_queries:
            question = _JudgedQuestion(
                dataset=name,
                id=query.id,
                text=query.text,
                answerable=query.answerable,
                accepts=partial(is_right, query),
                is_gold=partial(_is_relevant, query) if query.relevant else None,
            )
            yield from _read(service, question, passages)


def _read(service: Service, question: _JudgedQuestion, passages: int) -> Iterator[Reading]:
    """One question's reading, and, where gold passages are known, the reading without them."""
    settings = service.settings
    retriever = Retriever(
        service.catalog, service.dense, service.lexical, service.embedder, settings.retrieve
    )
    analysis = analyze_question(question.text, limit=settings.limits.question_characters)
    retrieved = retriever.retrieve(Question(text=analysis.standalone), settings.retrieve.pool)
    kind = ReadingKind.ANSWERABLE if question.answerable else ReadingKind.UNANSWERABLE
    pools = {kind: retrieved}
    if question.answerable and question.is_gold is not None:
        pools[ReadingKind.GOLD_REMOVED] = [c for c in retrieved if not question.is_gold(c)]
    for kind, candidates in pools.items():
        read = service.reader.read(analysis.standalone, without_duplicates(candidates)[:passages])
        spans = tuple(span for passage_spans in read for span in passage_spans)
        yield Reading(
            dataset=question.dataset,
            question_id=question.id,
            kind=kind,
            analysis=analysis,
            candidates=tuple(candidates),
            spans=spans,
            right=tuple(kind is ReadingKind.ANSWERABLE and question.accepts(span) for span in spans),
        )


def _is_relevant(query: Query, candidate: Candidate) -> bool:
    return candidate.document.id in query.relevant


def _gold_documents(query: Query) -> tuple[str, ...]:
    return tuple({*query.relevant, query.extra.get("context_doc", "")} - {""})


def is_right(query: Query, span: SpanAnswer) -> bool:
    """Whether an answer, shown with its sentence, gives an accepted answer.

    It has an F1 of at least 0.5, or shares a word with an accepted answer that its sentence contains whole:
    gold answers are clipped in several ways. Long gold answers (CLAPnq) are more than a span can match: there
    the sentence alone decides.
    """
    sentence = normalise(_sentence(span))
    if query.extra.get("gold_sentences"):
        gold = [normalise(text) for group in query.extra["gold_sentences"] for text in group]
        return any(text and (text in sentence or sentence in text) for text in gold)
    best = f1(span.text, query.answers)
    return best >= 0.5 or (best > 0 and any(normalise(answer) in sentence for answer in query.answers))


def _sentence(span: SpanAnswer) -> str:
    """The sentences that an answer is in."""
    text = span.candidate.document.text
    sentences = [s.slice(text) for s in span.candidate.passage.sentences if s.overlaps(span.span)]
    return " ".join(sentences) or span.text
