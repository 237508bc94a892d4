"""A document of two sentences, outcomes over it, and a store that holds it: for tests of the evaluations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evals.cases.case import Case
from evals.cases.evidence import Evidence
from evals.cases.matchers import Exact
from evals.run.target import Target
from rag.errors import UnknownDocument
from rag.explanation.corpus import Corpus
from rag.ports.catalog import DocumentRecord
from rag.types import Abstention, Answer, Citation, Document, Outcome, Question, Reason, Statement

TEXT = "Ada Lovelace wrote the first program.\nShe lived in London."
DOCUMENT = Document(id="ada", uri="ada.txt", title="Ada", text=TEXT)

WHO = Case(
    id="who",
    question="Who wrote the first program?",
    answerable=True,
    answers=(Exact("Ada Lovelace"),),
    must_cite=((Evidence(quote="Ada Lovelace wrote the first program."),),),
)
WHERE = Case(
    id="where",
    question="Where did she live?",
    answerable=True,
    answers=(Exact("London"),),
    must_cite=((Evidence(quote="She lived in London."),),),
)
AGE = Case(id="age", question="How old was she?", answerable=False, kind="missing_detail")


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


def cite(quote: str, *, start: int | None = None, version: str = DOCUMENT.sha256) -> Citation:
    """A citation of a quote at its offsets, or (wrongly) at another start."""
    at = TEXT.index(quote) if start is None else start
    return Citation(
        document_id="ada",
        version=version,
        title="Ada",
        uri="ada.txt",
        start=at,
        end=at + len(quote),
        quote=quote,
    )


def answer(text: str, *citations: Citation, confidence: float = 0.9) -> Answer:
    """An answer whose statements are its quotes."""
    statements = tuple(Statement(text=c.quote, citations=(i,)) for i, c in enumerate(citations))
    return Answer(question="?", text=text, statements=statements, citations=citations, confidence=confidence)


def abstention(confidence: float = 0.1, *nearest: Citation) -> Abstention:
    return Abstention(question="?", reason=Reason.NOT_CONFIDENT, confidence=confidence, nearest=nearest)


GOOD: Mapping[str, Outcome] = {
    WHO.question: answer("Ada Lovelace", cite("Ada Lovelace wrote the first program.")),
    WHERE.question: answer("London", cite("She lived in London.")),
    AGE.question: abstention(0.2, cite("She lived in London.")),
}


def scripted(outcomes: Mapping[str, Outcome | Exception]) -> Callable[[Question], Outcome]:
    """Answers by question text; an exception in the script is raised."""

    def ask(question: Question) -> Outcome:
        outcome = outcomes[question.text]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return ask


def corpus() -> Corpus:
    return Corpus(Store())


def target(outcomes: Mapping[str, Outcome | Exception]) -> Target:
    """A system that answers by a script; every question retrieves the one document."""
    return Target(
        ask=scripted(outcomes),
        store=Store(),
        search=lambda question, k: [DOCUMENT.uri],
        models=lambda: {"reader": "r1"},
    )
