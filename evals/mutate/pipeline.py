"""Breaks of the pipeline: each stage replaced by one that does its work wrongly, the rest as it is."""

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
from rag.types import Answer, Candidate, Citation, Document, Outcome, Question, Reason, Span, SpanAnswer

if TYPE_CHECKING:
    from rag.wiring import Service


@dataclass(frozen=True, slots=True)
class Break:
    """A way to break the pipeline: its name, the stage it hits, and how to ask the broken one.

    ``ranks`` True: it changes the order of passages and nothing else, so that where all of them are
    read anyway there is nothing to notice.
    """

    name: str
    stage: Stage
    ask: Callable[[Service], Ask]
    ranks: bool = False

    def tells(self, service: Service) -> bool:
        """True where this break can change an answer at all."""
        passages = sum(service.lexical.count(name) for name in service.lexical.collections())
        return not self.ranks or passages > service.settings.read.passages


class ShuffledRetriever(Retriever):
    """The right passages in a random order, the same one for the same question."""

    def retrieve(self, question: Question, k: int) -> list[Candidate]:
        found = super().retrieve(question, k)
        Random(question.text).shuffle(found)  # noqa: S311 (no secret)
        return found


class LosingRetriever(Retriever):
    """Loses the best passage, and those with the same text."""

    def retrieve(self, question: Question, k: int) -> list[Candidate]:
        found = super().retrieve(question, k)
        return [candidate for candidate in found if candidate.text != found[0].text]


class DeafRetriever(Retriever):
    """Hears another question than the one that was asked."""

    def retrieve(self, question: Question, k: int) -> list[Candidate]:
        return super().retrieve(replace(question, text="what is the weather like"), k)


class BlindReader:
    """Reads the first words of every passage as its answer, as surely as the true reader is."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @property
    def fingerprint(self) -> str:
        return f"blind {self._reader.fingerprint}"

    def knows(self, word: str, /) -> bool:
        return self._reader.knows(word)

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[list[SpanAnswer]]:
        return [
            [_first_words(span) for span in spans[:1]] for spans in self._reader.read(question, candidates)
        ]

    def refine(self, _question: str, answer: SpanAnswer, /) -> SpanAnswer:
        return answer


def _first_words(span: SpanAnswer) -> SpanAnswer:
    text, within = span.candidate.document.text, span.candidate.passage.span
    head = within.slice(text)
    wide = len(" ".join(head.split(" ")[:2])) or 1
    place = Span(within.start, min(within.start + wide, within.end))
    return replace(span, span=place, text=" ".join(place.slice(text).split()), antecedents=())


class SureDecider(Decider):
    """Says the same confidence whatever another decider decides."""

    def __init__(self, decider: Decider, confidence: float, threshold: float) -> None:
        self._inner = decider
        self._sure = confidence
        self._given = None if confidence >= threshold else Reason.NOT_CONFIDENT

    def decide(
        self, analysis: QuestionAnalysis, candidates: Sequence[Candidate], spans: Sequence[SpanAnswer]
    ) -> Decision:
        decision = self._inner.decide(analysis, candidates, spans)
        if decision.best is None:
            return decision
        return replace(decision, confidence=self._sure, reason=self._given)

    def is_clear(self, decision: Decision) -> bool:
        return self._inner.is_clear(decision)


def _engine(
    service: Service,
    *,
    retriever: type[Retriever] = Retriever,
    reader: Reader | None = None,
    confidence: float | None = None,
) -> Engine:
    from rag.wiring import open_decider

    settings = service.settings
    decider = open_decider(settings)
    if confidence is not None:
        decider = SureDecider(decider, confidence, settings.decide.threshold)
    return Engine(
        service.catalog,
        retriever(service.catalog, service.dense, service.lexical, service.embedder, settings.retrieve),
        reader or service.reader,
        decider,
        settings,
    )


def _citing(change: Callable[[Citation, Document], Citation]) -> Callable[[Service], Ask]:
    """Asks as ever, and then changes every citation of the answer."""

    def broken(service: Service) -> Ask:
        def ask(question: Question) -> Outcome:
            outcome = service.engine.ask(question)
            if not isinstance(outcome, Answer):
                return outcome
            cited = tuple(change(c, service.catalog.document(c.document_id)) for c in outcome.citations)
            return replace(outcome, citations=cited)

        return ask

    return broken


def _shifted(citation: Citation, document: Document) -> Citation:
    """The same quote, said to be one character further on."""
    by = 1 if citation.end < len(document.text) else -1
    return replace(citation, start=citation.start + by, end=citation.end + by)


def _neighbour(citation: Citation, document: Document) -> Citation:
    """An exact quote of the sentence after, or before where there is none."""
    all_of_it = sentences(document.text)
    after = [s for s in all_of_it if s.start >= citation.end]
    before = [s for s in all_of_it if s.end <= citation.start]
    place = after[0] if after else before[-1] if before else citation.span
    return replace(citation, start=place.start, end=place.end, quote=place.slice(document.text))


BREAKS = (
    Break("best passage lost", Stage.RETRIEVE, lambda s: _engine(s, retriever=LosingRetriever).ask),
    Break("ranks shuffled", Stage.RETRIEVE, lambda s: _engine(s, retriever=ShuffledRetriever).ask, True),
    Break("retriever deaf", Stage.RETRIEVE, lambda s: _engine(s, retriever=DeafRetriever).ask, True),
    Break("reader blind", Stage.READ, lambda s: _engine(s, reader=BlindReader(s.reader)).ask),
    Break("always sure", Stage.TRUST, lambda s: _engine(s, confidence=1.0).ask),
    Break("never sure", Stage.TRUST, lambda s: _engine(s, confidence=0.0).ask),
    Break("citations one character off", Stage.CITE, _citing(_shifted)),
    Break("the next sentence cited", Stage.CITE, _citing(_neighbour)),
)
