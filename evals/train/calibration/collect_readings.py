"""What the probabilities are fitted to: questions through the real retriever and reader, decisions judged."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from evals.cases.case import Case
from evals.cases.matchers import Prediction
from evals.datasets.load import load
from evals.diagnose.regions import regions
from evals.metrics.answer_right import answer_right
from evals.metrics.f1 import f1
from evals.run.indexing import fresh_service
from evals.run.target import in_process
from evals.train.data.mixture import hold_out_articles
from evals.train.data.questions import read_training_files
from evals.train.evidence.colleague import evidence_spans, read_queries
from evals.train.evidence.groups import is_part
from rag.answering.comparison import normalise
from rag.answering.composition.compose import compose
from rag.answering.decision import Decider, Decision
from rag.answering.duplicates import without_duplicates
from rag.question.analysis import QuestionAnalysis, analyze_question
from rag.reading.table_rows import in_table
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from rag.types import Candidate, Document, Question, QuestionForm, Reading, Span, SpanAnswer
from rag.wiring import Service


class ReadingKind(StrEnum):
    """What the passages hold; the values are those of `calibration.json`."""

    ANSWERABLE = "answerable"
    UNANSWERABLE = "not answered"  # there are passages on the subject
    GOLD_REMOVED = "gold removed"  # an answerable question without the passages that answer it


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedDecision:
    """One question's decision, by features, and whether it is right.

    Attributes:
        features: of the best passage, in the order of ``rag.answering.calibration.FEATURES``.
        evidence_right: whether what the answer cites of the best passage holds what was asked.
        short_answer_right: None where no short answer is asked for, or there is none.
    """

    dataset: str
    question_id: str
    kind: ReadingKind
    features: tuple[float, ...]
    evidence_right: bool
    short_answer_right: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A question to be read.

    Attributes:
        supports: whether a place of a document holds what was asked.
        accepts: whether a short answer is right; None where none is asked for.
        is_gold: whether a passage answers the question; None where the set doesn't say.
    """

    dataset: str
    id: str
    text: str
    answerable: bool
    supports: Callable[[Document, Span], bool]
    accepts: Callable[[SpanAnswer], bool] | None
    is_gold: Callable[[Candidate], bool] | None


def collect_held_out(folder: Path, decider: Decider, settings: Settings) -> Iterator[JudgedDecision]:
    """Decisions on the training articles that are held out (``hold_out_articles``).

    Half of the SQuAD 2 questions among them were written by people to look answerable by a paragraph that
    doesn't answer them.

    Args:
        folder: that of the training files.
    """
    training, held_out = hold_out_articles(read_training_files(folder))
    questions = [question for source in held_out.values() for question in source]
    texts = list(dict.fromkeys(question.context for question in (*questions, *training["squad2"])))
    documents = [
        Document(id=f"c{number}", uri=f"corpus/c{number}", title="", text=text)
        for number, text in enumerate(texts)
    ]
    document_ids = {document.text: document.id for document in documents}
    with fresh_service(settings, documents) as service:
        for number, question in enumerate(questions):
            answers = (question.answer_text,) if question.answer else ()
            gold = document_ids[question.context]
            judged = _Question(
                dataset="held-out",
                id=f"held-out-{number}",
                text=question.question,
                answerable=bool(answers),
                supports=partial(_holds_answer, answers, gold),
                accepts=partial(is_right, answers),
                is_gold=partial(_is_document, gold),
            )
            yield from _decide(service, decider, judged)


def collect_colleague(folder: Path, decider: Decider, settings: Settings) -> Iterator[JudgedDecision]:
    """Decisions on a set of questions in a colleague's words, over its own documents."""
    from ingest.wiring import ingest

    with fresh_service(settings) as service:
        ingest(service, [folder / "docs"])
        documents = [service.catalog.document(record.id) for record in service.catalog.list()]
        for query in read_queries(folder):
            spans: dict[str, list[tuple[int, int]]] = {}
            for place in evidence_spans(documents, query):
                spans.setdefault(place.document_id, []).append((place.span.start, place.span.end))
            judged = _Question(
                dataset=folder.name,
                id=f"{folder.name}-{query.id}",
                text=query.question,
                answerable=query.answerable,
                supports=partial(_is_evidence, spans),
                accepts=partial(is_right, (query.answer,)) if query.answer else None,
                is_gold=None,
            )
            yield from _decide(service, decider, judged)


def collect_pages(name: str, decider: Decider, settings: Settings) -> Iterator[JudgedDecision]:
    """Decisions on a set of a team's pages, as the service ingests them.

    Args:
        name: a set of ``evals.datasets``, or a path of one.
    """
    dataset = load(name)
    with in_process(dataset, settings) as target:
        assert target.service is not None  # noqa: S101 (for the type checker: it runs in this process)
        for case in dataset.cases:
            judged = _Question(
                dataset=dataset.name,
                id=f"{dataset.name}-{case.id}",
                text=case.question,
                answerable=case.answerable,
                supports=partial(_case_supports, case),
                accepts=partial(_case_accepts, case),
                is_gold=partial(_contains_evidence, case),
            )
            yield from _decide(target.service, decider, judged)


def _decide(service: Service, decider: Decider, question: _Question) -> Iterator[JudgedDecision]:
    """One question's decision, and, where gold passages are known, the decision without them."""
    settings = service.settings
    retriever = Retriever(
        service.catalog, service.dense, service.lexical, service.embedder, settings.retrieve
    )
    analysis = analyze_question(question.text, limit=settings.limits.question_characters)
    retrieved = retriever.retrieve(Question(text=analysis.search_text), settings.retrieve.pool)
    kind = ReadingKind.ANSWERABLE if question.answerable else ReadingKind.UNANSWERABLE
    pools = {kind: retrieved}
    if question.answerable and question.is_gold is not None:
        pools[ReadingKind.GOLD_REMOVED] = [c for c in retrieved if not question.is_gold(c)]
    for kind, candidates in pools.items():
        to_read = without_duplicates(candidates)[: settings.read.passages]
        readings = service.reader.read(analysis.standalone, to_read)
        decision = decider.decide(analysis, candidates, readings)
        if decision.reading is None:
            continue
        can_be_right = kind is ReadingKind.ANSWERABLE
        judged = JudgedDecision(
            dataset=question.dataset,
            question_id=question.id,
            kind=kind,
            features=tuple(decision.features.values()),
            evidence_right=can_be_right and _is_supported(analysis, decision, decision.reading, question),
            short_answer_right=_short_answer_right(
                service, analysis, decider, decision, question, can_be_right=can_be_right
            ),
        )
        yield judged
        yield replace(judged, features=_in_small_pool(decision, decision.reading, candidates))


def _in_small_pool(
    decision: Decision, reading: Reading, candidates: Sequence[Candidate]
) -> tuple[float, ...]:
    """The features as a small collection has them: no z-score, and a rank among few.

    All these collections give large pools; with both forms of each decision one fit serves small ones too.
    """
    ranks = {candidate.passage.id: rank for rank, candidate in enumerate(candidates)}
    rank = ranks[reading.candidate.passage.id]
    small = {"z_score": 0.0, "log_rank": math.log1p(rank), "small_pool": 1.0}
    return tuple({**decision.features, **small}.values())


def _is_supported(
    analysis: QuestionAnalysis, decision: Decision, reading: Reading, question: _Question
) -> bool:
    """Whether a part of the answer holds what was asked, where the evidence speaks, not a short answer."""
    composition = compose(analysis, replace(decision, second=None), reading, short_answer=None)
    return any(question.supports(part.document, part.span) for part in composition.parts)


def _short_answer_right(
    service: Service,
    analysis: QuestionAnalysis,
    decider: Decider,
    decision: Decision,
    question: _Question,
    *,
    can_be_right: bool,
) -> bool | None:
    if decision.span is None or analysis.form is not QuestionForm.FACT:
        return None
    if not can_be_right:
        return False
    if question.accepts is None:
        return None
    refined = service.reader.refine(analysis.standalone, decision.span)
    return question.accepts(decider.choose_better_typed(analysis, refined, decision.span))


def _holds_answer(answers: Sequence[str], gold: str, document: Document, place: Span) -> bool:
    text = normalise(place.slice(document.text))
    return document.id == gold and any(normalise(answer) in text for answer in answers)


def _is_document(document_id: str, candidate: Candidate) -> bool:
    return candidate.document.id == document_id


def _is_evidence(evidence: dict[str, list[tuple[int, int]]], document: Document, place: Span) -> bool:
    spans = evidence.get(document.id, [])
    return any(is_part((place.start, place.end), span) for span in spans)


def _case_supports(case: Case, document: Document, place: Span) -> bool:
    expected = [e for group in case.must_cite for e in group]
    spans = [region.span for region in regions(expected, [document])]
    return any(is_part((place.start, place.end), (span.start, span.end)) for span in spans)


def _case_accepts(case: Case, span: SpanAnswer) -> bool:
    """Whether a case accepts an answer; a table's cell by itself, since its row holds others' answers."""
    statements = () if in_table(span.candidate.document, span.span) else (_sentence(span),)
    return answer_right(Prediction(text=span.text, statements=statements), case.answers)


def _contains_evidence(case: Case, candidate: Candidate) -> bool:
    """Whether a passage overlaps evidence that a case has to cite."""
    evidence = [region.span for group in case.must_cite for region in regions(group, [candidate.document])]
    return any(candidate.passage.span.overlaps(span) for span in evidence)


def is_right(answers: Sequence[str], span: SpanAnswer) -> bool:
    """Whether an answer, shown with its sentence, gives an accepted answer.

    It has an F1 of at least 0.5, or shares a word with an accepted answer that its sentence contains whole:
    gold answers are clipped in several ways.
    """
    best = f1(span.text, answers)
    sentence = normalise(_sentence(span))
    return best >= 0.5 or (best > 0 and any(normalise(answer) in sentence for answer in answers))


def _sentence(span: SpanAnswer) -> str:
    """The sentences that an answer is in."""
    text = span.candidate.document.text
    sentences = [s.slice(text) for s in span.candidate.passage.sentences if s.overlaps(span.span)]
    return " ".join(sentences) or span.text
