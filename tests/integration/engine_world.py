"""A library in a folder with real indexes, and engines over it whose reader the test decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import rag.engine
from ingest.formats import read
from ingest.split import PassageSplitter
from rag.adapters.chroma.index import ChromaIndex
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.tantivy import TantivyIndex
from rag.answering.calibration import Calibration
from rag.answering.decision import Decider
from rag.engine import Engine
from rag.ports.reader import Reader
from rag.question.analysis import QuestionAnalysis, analyze_question
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from rag.storage.library import Library
from rag.types import Answer, Citation, Document, Outcome, Question, QuestionForm, Turn
from tests.fakes.models import BagEmbedder
from tests.samples import passage
from tests.unit.rag.answering.samples import calibration


@dataclass
class World:
    """A library, its catalog, and engines over them."""

    library: Library
    catalog: SqliteCatalog
    retriever: Retriever

    def put(self, *documents: Document) -> None:
        """Documents of one passage each."""
        for doc in documents:
            self.library.replace(doc, (passage(doc),))

    def put_page(self, markdown: str, name: str = "page.md", *, max_words: int = 150) -> Document:
        """A Markdown page as the service reads and splits it."""
        doc = read(markdown.encode(), name, uri=name, document_id=name)
        self.library.replace(doc, tuple(PassageSplitter(min(8, max_words), max_words).split(doc)))
        return doc

    def make(
        self, reader: Reader, settings: Settings | None = None, *, fitted: Calibration | None = None
    ) -> Engine:
        """An engine that is sure of every answer, unless another calibration is given."""
        settings = settings or Settings()
        decider = Decider(fitted or calibration(), settings.decide)
        return Engine(self.catalog, self.retriever, reader, decider, settings)

    def is_exact(self, citation: Citation) -> bool:
        """Whether the stored text has the quote at its place."""
        text = self.catalog.document(citation.document_id).text
        return text[citation.start : citation.end] == citation.quote


@contextmanager
def open_world(folder: Path) -> Iterator[World]:
    with ExitStack() as stack:
        catalog = SqliteCatalog(folder / "catalog.sqlite3")
        stack.callback(catalog.close)
        dense = ChromaIndex(folder / "chroma")
        stack.callback(dense.close)
        lexical = TantivyIndex(folder / "terms")
        stack.callback(lexical.close)
        embedder = BagEmbedder()
        library = Library(catalog, dense, lexical, embedder)
        library.recover()
        retriever = Retriever(catalog, dense, lexical, embedder, Settings().retrieve)
        yield World(library=library, catalog=catalog, retriever=retriever)


def ask(engine: Engine, text: str = "who asked for an apology?") -> Outcome:
    return engine.ask(Question(text=text))


def answer(engine: Engine, text: str = "who asked for an apology?") -> Answer:
    outcome = ask(engine, text)
    assert isinstance(outcome, Answer), outcome
    return outcome


def quotes(reply: Answer) -> list[list[str]]:
    """By statement, what it cites."""
    return [[reply.citations[i].quote for i in s.citations] for s in reply.statements]


def take_as(monkeypatch: pytest.MonkeyPatch, form: QuestionForm) -> None:
    """Every question is of this form, whatever its words."""

    def analyze(text: str, *, limit: int, history: Sequence[Turn] = ()) -> QuestionAnalysis:
        return replace(analyze_question(text, limit=limit, history=history), form=form)

    monkeypatch.setattr(rag.engine, "analyze_question", analyze)
