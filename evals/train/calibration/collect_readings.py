"""What the probabilities are fitted to: questions through the real retriever and reader, decisions judged."""

from __future__ import annotations

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
from evals.train.calibration.read_once import ReadOnce
from evals.train.data.mixture import hold_out_articles
from evals.train.data.questions import read_training_files
from evals.train.evidence.colleague import evidence_spans, read_queries
from evals.train.evidence.groups import is_part
from rag.answering.calibration import FEATURES
from rag.answering.close_reading import CloseReading
from rag.answering.comparison import normalise
from rag.answering.composition.compose import compose
from rag.answering.decision import Decider, Decision
from rag.answering.duplicates import without_duplicates
from rag.ports.reader import Reader
from rag.question.analysis import QuestionAnalysis
from rag.reading.table_rows import in_table
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
        by_spans: whether spans ranked the passages.
        evidence_right: whether what the answer cites of the best passage holds what was asked.
        short_answer_right: None where no short answer is asked for, or there is none.
    """

    dataset: str
    question_id: str
    kind: ReadingKind
    features: tuple[float, ...]
    by_spans: bool = False
    evidence_right: bool
    short_answer_right: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A question to be read.

    Attributes:
        supports: whether a place of a document holds what was asked.
        accepts: whether a short answer is right; None where none is asked for.
        is_gold: whether a passage answers the question; None where the set doesn't say.
        is_of_article: whether a passage is of the article or file that the question was written about, which
            is a small collection by itself.
    """

    dataset: str
    id: str
    text: str
    answerable: bool
    supports: Callable[[Document, Span], bool]
    accepts: Callable[[SpanAnswer], bool] | None
    is_gold: Callable[[Candidate], bool] | None
    is_of_article: Callable[[Candidate], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Steps:
    """What a question's passages are read and decided with; ``passages`` are so many, read at most."""

    reader: Reader
    span_reader: Reader | None
    decider: Decider
    passages: int


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
    articles: dict[str, set[str]] = {}
    for question in (*questions, *training["squad2"]):
        articles.setdefault(question.article, set()).add(document_ids[question.context])
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
                is_of_article=partial(_is_one_of, articles[question.article]),
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
                is_of_article=partial(_is_of_file, query.file),
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
    """One question's decisions: in the collection and, where it has one, in its article alone."""
    analysis, retrieved = service.engine.retrieve(Question(text=question.text))
    steps = _Steps(
        reader=ReadOnce(service.reader),
        span_reader=None if service.span_reader is None else ReadOnce(service.span_reader),
        decider=decider,
        passages=service.settings.read.passages,
    )
    yield from _decide_among(steps, question, analysis, retrieved)
    if question.is_of_article is not None:
        of_article = [c for c in retrieved if question.is_of_article(c)]
        alone = replace(question, dataset=f"{question.dataset}, one document")
        for judged in _decide_among(steps, alone, analysis, of_article):
            if judged.features[FEATURES.index("small_pool")] == 1:
                yield judged


def _decide_among(
    steps: _Steps,
    question: _Question,
    analysis: QuestionAnalysis,
    retrieved: Sequence[Candidate],
) -> Iterator[JudgedDecision]:
    """The decision among the candidates and, where gold passages are known, the decision without them."""
    kind = ReadingKind.ANSWERABLE if question.answerable else ReadingKind.UNANSWERABLE
    pools = {kind: retrieved}
    if question.answerable and question.is_gold is not None:
        pools[ReadingKind.GOLD_REMOVED] = [c for c in retrieved if not question.is_gold(c)]
    for kind, candidates in pools.items():
        to_read = without_duplicates(candidates)[: steps.passages]
        readings = CloseReading(steps.span_reader, analysis.standalone).of(
            steps.decider.rank(analysis, steps.reader.read(analysis.standalone, to_read)),
            steps.decider.passages_to_read_closely(analysis, candidates),
        )
        decision = steps.decider.decide(analysis, candidates, readings)
        if decision.reading is None:
            continue
        can_be_right = kind is ReadingKind.ANSWERABLE
        judged = JudgedDecision(
            dataset=question.dataset,
            question_id=question.id,
            kind=kind,
            features=tuple(decision.features.values()),
            by_spans=decision.by_spans,
            evidence_right=can_be_right and _is_supported(analysis, decision, decision.reading, question),
            short_answer_right=_short_answer_right(
                steps, analysis, decision, question, can_be_right=can_be_right
            ),
        )
        yield judged


def _is_supported(
    analysis: QuestionAnalysis, decision: Decision, reading: Reading, question: _Question
) -> bool:
    """Whether a part of the answer holds what was asked, where the evidence speaks, not a short answer."""
    composition = compose(analysis, replace(decision, second=None), reading, short_answer=None)
    return any(question.supports(part.document, part.span) for part in composition.parts)


def _short_answer_right(
    steps: _Steps,
    analysis: QuestionAnalysis,
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
    refined = (steps.span_reader or steps.reader).refine(analysis.standalone, decision.span)
    return question.accepts(steps.decider.choose_better_typed(analysis, refined, decision.span))


def _holds_answer(answers: Sequence[str], gold: str, document: Document, place: Span) -> bool:
    text = normalise(place.slice(document.text))
    return document.id == gold and any(normalise(answer) in text for answer in answers)


def _is_of_file(name: str, candidate: Candidate) -> bool:
    return candidate.document.uri.endswith(name)


def _is_one_of(document_ids: set[str], candidate: Candidate) -> bool:
    return candidate.document.id in document_ids


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
