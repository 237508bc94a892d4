"""Mutation operators on the pipeline: one stage is replaced by one that does its work wrongly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from evals.diagnose.stage import Stage
from evals.run.runner import Ask
from rag.answering.decision import Decider, Decision
from rag.engine import Engine
from rag.ports.reader import Reader
from rag.question.analysis import QuestionAnalysis
from rag.retrieval.retriever import Retriever
from rag.text import sentences
from rag.types import (
    Answer,
    Candidate,
    Certainty,
    Citation,
    Document,
    Outcome,
    Question,
    Reading,
    Reason,
    Span,
    SpanAnswer,
)

if TYPE_CHECKING:
    from rag.wiring import Service


@dataclass(frozen=True, slots=True)
class PipelineOperator:
    """A mutation of one stage: its name, that stage, and how to ask the mutated pipeline.

    ``reorders_only`` True: it changes which passages are retrieved and in which order. Where all passages are
    read for every question, that changes no answer.
    """

    name: str
    stage: Stage
    ask: Callable[[Service], Ask]
    reorders_only: bool = False

    def can_change_answers(self, service: Service) -> bool:
        """False where the mutant is equivalent to the original."""
        passages = sum(service.lexical.count(name) for name in service.lexical.collections())
        return not self.reorders_only or passages > service.settings.read.passages


class ShuffledRetriever(Retriever):
    """The right passages in a random order, the same one for the same question."""

    def retrieve(self, question: Question, k: int) -> list[Candidate]:
        candidates = super().retrieve(question, k)
        Random(question.text).shuffle(candidates)  # noqa: S311 (no secret)
        return candidates


class WithoutBestRetriever(Retriever):
    """Leaves out the best passage, and those with the same text."""

    def retrieve(self, question: Question, k: int) -> list[Candidate]:
        candidates = super().retrieve(question, k)
        return [candidate for candidate in candidates if candidate.text != candidates[0].text]


class OtherQuestionRetriever(Retriever):
    """Retrieves for another question."""

    def retrieve(self, question: Question, k: int) -> list[Candidate]:
        return super().retrieve(replace(question, text="what is the weather like"), k)


class FirstWordsReader:
    """Reads the first sentence of every passage as its evidence, with the scores of the wrapped reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @property
    def fingerprint(self) -> str:
        return f"blind {self._reader.fingerprint}"

    def knows(self, word: str, /) -> bool:
        return self._reader.knows(word)

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        return [_first_sentence(reading) for reading in self._reader.read(question, candidates)]

    def refine(self, _question: str, answer: SpanAnswer, /) -> SpanAnswer:
        return answer


def _first_sentence(reading: Reading) -> Reading:
    spans = tuple(_first_words(span) for span in reading.spans[:1])
    return replace(reading, spans=spans, support=tuple(sorted(reading.support, reverse=True)))


def _first_words(span: SpanAnswer) -> SpanAnswer:
    text, passage = span.candidate.document.text, span.candidate.passage.span
    length = len(" ".join(passage.slice(text).split(" ")[:2])) or 1
    words = Span(passage.start, min(passage.start + length, passage.end))
    return replace(span, span=words, text=" ".join(words.slice(text).split()), antecedents=())


class FixedConfidenceDecider(Decider):
    """Decides as the wrapped decider, always with the same confidence."""

    def __init__(self, decider: Decider, confidence: float, threshold: float) -> None:
        self._inner = decider
        self._fixed_confidence = confidence
        self._fixed_reason = None if confidence >= threshold else Reason.NOT_CONFIDENT

    def decide(
        self,
        analysis: QuestionAnalysis,
        candidates: Sequence[Candidate],
        readings: Sequence[Reading],
        *,
        retrieved_share: float = 0.0,
    ) -> Decision:
        decision = self._inner.decide(analysis, candidates, readings, retrieved_share=retrieved_share)
        if decision.reading is None:
            return decision
        certainty = None if self._fixed_reason else Certainty.SURE
        return replace(
            decision,
            confidence=self._fixed_confidence,
            certainty=certainty,
            reason=self._fixed_reason,
        )

    def passages_to_read_closely(self, analysis: QuestionAnalysis, candidates: Sequence[Candidate]) -> int:
        return self._inner.passages_to_read_closely(analysis, candidates)

    def rank(self, analysis: QuestionAnalysis, readings: Sequence[Reading]) -> list[Reading]:
        return self._inner.rank(analysis, readings)

    def is_clear(self, decision: Decision) -> bool:
        return self._inner.is_clear(decision)

    def has_short_answer(self, decision: Decision) -> bool:
        return self._inner.has_short_answer(decision)


def _engine(
    service: Service,
    *,
    retriever: type[Retriever] = Retriever,
    reader: Reader | None = None,
    span_reader: Reader | None = None,
    confidence: float | None = None,
) -> Engine:
    from rag.wiring import open_decider

    settings = service.settings
    decider = open_decider(settings)
    if confidence is not None:
        decider = FixedConfidenceDecider(decider, confidence, settings.decide.threshold)
    return Engine(
        service.catalog,
        retriever(service.catalog, service.dense, service.lexical, service.embedder, settings.retrieve),
        reader or service.reader,
        decider,
        settings,
        span_reader=span_reader or service.span_reader,
    )


def _citing(change: Callable[[Citation, Document], Citation]) -> Callable[[Service], Ask]:
    """Asks the original pipeline, then changes every citation of the answer."""

    def mutated(service: Service) -> Ask:
        def ask(question: Question) -> Outcome:
            outcome = service.engine.ask(question)
            if not isinstance(outcome, Answer):
                return outcome
            citations = tuple(change(c, service.catalog.document(c.document_id)) for c in outcome.citations)
            return replace(outcome, citations=citations)

        return ask

    return mutated


def _shifted(citation: Citation, document: Document) -> Citation:
    """The same quote with offsets one character off."""
    offset = 1 if citation.end < len(document.text) else -1
    return replace(citation, start=citation.start + offset, end=citation.end + offset)


def _neighbour(citation: Citation, document: Document) -> Citation:
    """An exact quote of the next sentence, or of the one before where there is no next one."""
    spans = sentences(document.text)
    after = [span for span in spans if span.start >= citation.end]
    before = [span for span in spans if span.end <= citation.start]
    span = after[0] if after else before[-1] if before else citation.span
    return replace(citation, start=span.start, end=span.end, quote=span.slice(document.text))


def _retrieving(retriever: type[Retriever]) -> Callable[[Service], Ask]:
    return lambda service: _engine(service, retriever=retriever).ask


def _blind(service: Service) -> Ask:
    """Both readers take the first words for the answer."""
    span_reader = None if service.span_reader is None else FirstWordsReader(service.span_reader)
    return _engine(service, reader=FirstWordsReader(service.reader), span_reader=span_reader).ask


def _confident(confidence: float) -> Callable[[Service], Ask]:
    return lambda service: _engine(service, confidence=confidence).ask


PIPELINE_OPERATORS = (
    PipelineOperator("best passage lost", Stage.RETRIEVE, _retrieving(WithoutBestRetriever)),
    PipelineOperator("ranks shuffled", Stage.RETRIEVE, _retrieving(ShuffledRetriever), reorders_only=True),
    PipelineOperator(
        "retriever deaf", Stage.RETRIEVE, _retrieving(OtherQuestionRetriever), reorders_only=True
    ),
    PipelineOperator("reader blind", Stage.READ, _blind),
    PipelineOperator("always sure", Stage.TRUST, _confident(1.0)),
    PipelineOperator("never sure", Stage.TRUST, _confident(0.0)),
    PipelineOperator("citations one character off", Stage.CITE, _citing(_shifted)),
    PipelineOperator("the next sentence cited", Stage.CITE, _citing(_neighbour)),
)
