"""A scripted service for retrievers and query engines: one document, one passage, one citation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import cast

from rag.engine import Engine
from rag.ports.catalog import Catalog
from rag.types import Abstention, Answer, Candidate, Citation, Document, Outcome, Question, Reason, Statement
from tests.samples import candidate, document, find

TEXT = "Ann Lee leads the choir. It has 40 singers."
QUOTE = "It has 40 singers."
DOCUMENT = document(TEXT, metadata={"author": "Ann", "file_size": "43"})
CITATION = Citation(
    document_id=DOCUMENT.id,
    version=DOCUMENT.sha256,
    title=DOCUMENT.title,
    uri=DOCUMENT.uri,
    start=find(TEXT, QUOTE).start,
    end=find(TEXT, QUOTE).end,
    quote=QUOTE,
    section=("Music", "Choir"),
    page=2,
)


def answer(question: Question) -> Answer:
    return Answer(
        question=question.text,
        text="40",
        statements=(Statement(text=QUOTE, citations=(0,)),),
        citations=(CITATION,),
        confidence=0.9,
    )


def abstention(question: Question) -> Abstention:
    return Abstention(
        question=question.text, reason=Reason.NOT_CONFIDENT, confidence=0.3, nearest=(CITATION,)
    )


@dataclass
class ScriptedEngine:
    """Answers by ``script`` and keeps the questions of each method."""

    script: Callable[[Question], Outcome] = answer
    questions: list[Question] = field(default_factory=list)
    searched: list[tuple[Question, int]] = field(default_factory=list)

    def ask(self, question: Question) -> Outcome:
        self.questions.append(question)
        return self.script(question)

    def search(self, question: Question, k: int = 10) -> list[Candidate]:
        self.searched.append((question, k))
        return [candidate(DOCUMENT, QUOTE, fused=1.5)][:k]


@dataclass
class OneDocument:
    """The part of a catalog that a query engine reads."""

    stored: Document = DOCUMENT

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]:
        return {key: self.stored for key in document_ids if key == self.stored.id}


class ScriptedService:
    """Fulfils ``SearchService``."""

    def __init__(self, script: Callable[[Question], Outcome] = answer, stored: Document = DOCUMENT) -> None:
        self.scripted = ScriptedEngine(script)
        self.stored = OneDocument(stored)

    @property
    def engine(self) -> Engine:
        return cast(Engine, self.scripted)

    @property
    def catalog(self) -> Catalog:
        return cast(Catalog, self.stored)
