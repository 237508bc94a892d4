"""A document with a list and two sentences, cases of several forms over it, and outcomes: for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from evals.cases.case import Case
from evals.cases.evidence import Evidence
from evals.cases.matchers import Exact
from rag.errors import UnknownDocument
from rag.explanation.corpus import Corpus
from rag.ports.catalog import DocumentRecord
from rag.types import (
    Abstention,
    Answer,
    Citation,
    DecideStep,
    Document,
    Outcome,
    Question,
    QuestionForm,
    ReadPassage,
    ReadSpan,
    ReadStep,
    Reason,
    RetrievedPassage,
    RetrieveStep,
    Span,
    Statement,
    Trace,
)

ITEMS = (
    "a passport or an identity card",
    "the letter of invitation from us",
    "a signed copy of the safety form",
    "closed shoes with a firm sole",
)
DOGS = "Dogs are not let in, guide dogs excepted."
GATE = "The gate shuts at nine because the night crew is small."
OTHER = "The canteen has soup on Mondays and on Thursdays."
TEXT = "\n".join(("Bring to the desk:", *(f"- {item}" for item in ITEMS), DOGS, GATE, OTHER))
DOCUMENT = Document(id="visitors", uri="visitors.md", title="Visitors", text=TEXT)

LIST = Case(
    id="list",
    question="what must guests have with them",
    answerable=True,
    form=QuestionForm.LIST,
    must_cite=tuple((Evidence(quote=item),) for item in ITEMS),
)
YES_NO = Case(
    id="yes_no",
    question="may my puppy come along?",
    answerable=True,
    form=QuestionForm.YES_NO,
    polarity="no",
    must_cite=((Evidence(quote=DOGS),),),
)
WHY = Case(
    id="why",
    question="why is the entrance locked so early?",
    answerable=True,
    form=QuestionForm.WHY,
    must_cite=((Evidence(quote=GATE),),),
)
FACT = Case(
    id="fact",
    question="when is the entrance locked?",
    answerable=True,
    answers=(Exact("at nine"),),
    form=QuestionForm.FACT,
    must_cite=((Evidence(quote=GATE),),),
)
UNANSWERABLE = Case(
    id="parking",
    question="which car parks are there?",
    answerable=False,
    kind="missing_detail",
    form=QuestionForm.LIST,
)
CASES = (LIST, YES_NO, WHY, FACT, UNANSWERABLE)


def cite(quote: str) -> Citation:
    """A citation of a quote of the document."""
    at = TEXT.index(quote)
    return Citation(
        document_id=DOCUMENT.id,
        version=DOCUMENT.sha256,
        title=DOCUMENT.title,
        uri=DOCUMENT.uri,
        start=at,
        end=at + len(quote),
        quote=quote,
    )


def answer(text: str, *quotes: str, **more: Any) -> Answer:
    """An answer whose statements are its quotes."""
    return Answer(
        question="?",
        text=text,
        statements=tuple(Statement(text=quote, citations=(n,)) for n, quote in enumerate(quotes)),
        citations=tuple(cite(quote) for quote in quotes),
        **{"confidence": 0.9, **more},
    )


def abstention(*nearest: str, confidence: float = 0.2) -> Abstention:
    """An abstention that shows these quotes."""
    return Abstention(
        question="?",
        reason=Reason.NOT_CONFIDENT,
        confidence=confidence,
        nearest=tuple(cite(quote) for quote in nearest),
    )


class Store:
    """Holds DOCUMENT and nothing else."""

    def document(self, document_id: str, version: str | None = None) -> Document:
        if document_id != DOCUMENT.id or version not in {None, DOCUMENT.sha256}:
            raise UnknownDocument(document_id)
        return DOCUMENT

    def list(
        self, collection: str | None = None, *, limit: int | None = None, after: str = ""
    ) -> list[DocumentRecord]:
        record = DocumentRecord(
            id=DOCUMENT.id,
            collection=DOCUMENT.collection,
            uri=DOCUMENT.uri,
            title=DOCUMENT.title,
            media_type=DOCUMENT.media_type,
            version=DOCUMENT.sha256,
            characters=len(TEXT),
            passages=1,
            updated_at="",
        )
        return [record]


def corpus() -> Corpus:
    return Corpus(Store())


def passage(name: str, start: str, end: str) -> RetrievedPassage:
    """The passage from one text of the document to the end of another."""
    span = Span(TEXT.index(start), TEXT.index(end) + len(end))
    return RetrievedPassage(
        passage_id=name, document_id=DOCUMENT.id, span=span, fused=1.0, dense=0.5, lexical=1.0
    )


LIST_PASSAGE = passage("list", "Bring", ITEMS[-1])
RULES_PASSAGE = passage("rules", DOGS, GATE)
OTHER_PASSAGE = passage("other", OTHER, OTHER)


def read_span(name: str, text: str, margin: float = 1.0) -> ReadSpan:
    at = TEXT.index(text)
    return ReadSpan(passage_id=name, span=Span(at, at + len(text)), text=text, margin=margin)


def traced(
    outcome: Outcome,
    found: Sequence[RetrievedPassage],
    *,
    relevance: dict[str, float] | None = None,
    read: Sequence[ReadSpan] = (),
    chosen: ReadSpan | None = None,
) -> Outcome:
    """The outcome with a trace: the passages found, the relevance and best spans read, the span chosen."""
    passages = tuple(ReadPassage(passage_id=k, relevance=v) for k, v in (relevance or {}).items())
    steps = (
        RetrieveStep(ms=1, passages=tuple(found)),
        ReadStep(ms=1, passages_read=len(passages), spans=len(read), best=tuple(read), passages=passages),
        DecideStep(
            ms=1,
            confidence=outcome.confidence,
            threshold=0.5,
            features={},
            passages_read=len(passages),
            chosen=chosen,
        ),
    )
    return replace(outcome, trace=Trace(steps=steps))


def scripted(outcomes: Mapping[str, Outcome | Exception]) -> Callable[[Question], Outcome]:
    """Answers by the id of a case."""
    by_question = {case.question: outcomes[case.id] for case in CASES if case.id in outcomes}

    def ask(question: Question) -> Outcome:
        outcome = by_question[question.text]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return ask


GOOD: Mapping[str, Outcome | Exception] = {
    "list": answer("Bring to the desk", *ITEMS),
    "yes_no": answer("No", DOGS),
    "why": answer(GATE, GATE),
    "fact": answer("nine", GATE),
    "parking": abstention(OTHER),
}
