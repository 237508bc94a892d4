"""A scripted backend: a fixed answer, unless a test makes it slow, busy, broken or not ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from copy import copy
from dataclasses import dataclass, field
from typing import Any, cast

from rag.errors import UnknownDocument
from rag.ports.catalog import DocumentRecord, OriginalRecord
from rag.question.analysis import analyze_question
from rag.settings import Settings
from rag.storage.original_files import OriginalFiles
from rag.storage.visible_catalog import Remembered, VisibleCatalog
from rag.text import sentences
from rag.types import (
    Abstention,
    Answer,
    Candidate,
    Citation,
    Document,
    DraftedStatement,
    Outcome,
    Passage,
    Progress,
    Question,
    ReadStep,
    Reason,
    RetrievedPassage,
    RetrieveStep,
    Scores,
    Span,
    Statement,
    Trace,
)
from rag.types.view import View
from tests.fakes.access_keys import MemoryKeys
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import MemoryFeedback, MemoryQuestionLog

TEXT = "Minutes – May.\nAda said: “We’re late 🙂.” She asked for a second ship."
QUOTE = "She asked for a second ship."
DOCUMENT = Document(id="notes/may 1.txt", uri="file:///notes/may%201.txt", title="Minutes", text=TEXT)
_AT = TEXT.index(QUOTE)
CITATION = Citation(
    document_id=DOCUMENT.id,
    version=DOCUMENT.sha256,
    title=DOCUMENT.title,
    uri=DOCUMENT.uri,
    start=_AT,
    end=_AT + len(QUOTE),
    quote=QUOTE,
    prefix=TEXT[_AT - 10 : _AT],
)
RETRIEVED = tuple(
    RetrievedPassage(
        passage_id=f"p{n}",
        document_id=DOCUMENT.id,
        span=Span(n, n + 1),
        fused=1.0 - n,
        dense=0.5,
        lexical=None,
    )
    for n in range(3)
)
TRACE = Trace(
    steps=(
        RetrieveStep(ms=1.234, passages=RETRIEVED),
        ReadStep(ms=9.0, passages_read=2, spans=0, best=()),
    )
)


def answer(question: str) -> Answer:
    """The fake's answer to every question."""
    return Answer(
        question=question,
        text="Ada",
        statements=(Statement(text=QUOTE, citations=(0,)),),
        citations=(CITATION,),
        confidence=0.91239,
        trace=TRACE,
    )


def abstention(question: str) -> Abstention:
    """The fake's abstention."""
    return Abstention(
        question=question, reason=Reason.NOT_ANSWERED_HERE, confidence=0.2, nearest=(CITATION,), trace=TRACE
    )


@dataclass
class ScriptedEngine:
    """``script`` is called with each question; it returns an outcome, raises or waits as a test needs it.

    ``steps_before_script`` is the number of steps observed before that, the others after it; then what is
    ``drafted``.
    """

    settings: Settings
    script: Callable[[str], Outcome] = answer
    steps_before_script: int = 0
    drafted: Sequence[DraftedStatement] = ()
    questions: list[Question] = field(default_factory=list)
    deadlines: list[float | None] = field(default_factory=list)

    def ask(
        self,
        question: Question,
        *,
        deadline: float | None = None,
        observe: Callable[[Progress], None] | None = None,
    ) -> Outcome:
        checked = analyze_question(question.text, limit=self.settings.limits.question_characters)
        self.questions.append(question)
        self.deadlines.append(deadline)
        for step in TRACE.steps[: self.steps_before_script]:
            if observe is not None:
                observe(step)
        outcome = self.script(checked.text)
        for progress in (*TRACE.steps[self.steps_before_script :], *self.drafted):
            if observe is not None:
                observe(progress)
        return outcome

    def search(self, question: Question, k: int = 10) -> list[Candidate]:
        self.script(analyze_question(question.text, limit=self.settings.limits.question_characters).text)
        span = CITATION.span
        passage = Passage(document_id=DOCUMENT.id, version=DOCUMENT.sha256, span=span, sentences=(span,))
        scores = Scores(fused=1.23456, dense=0.5)
        return [Candidate(passage=passage, document=DOCUMENT, scores=scores)][:k]


@dataclass
class FewDocuments:
    """The part of a Catalog that the HTTP routes read, over documents in memory."""

    stored: tuple[Document, ...] = (DOCUMENT,)
    fault: Exception | None = None
    written: int = 1
    records: dict[str, OriginalRecord] = field(default_factory=dict)

    def document(self, document_id: str, version: str | None = None) -> Document:
        for document in self.stored:
            if document.id == document_id and version in (None, document.sha256):
                return document
        raise UnknownDocument(f"there is no document {document_id!r}")

    def original(self, document_id: str) -> OriginalRecord | None:
        return self.records.get(document_id)

    def passages_of(self, document_id: str) -> list[Passage]:
        return [passage_of(document) for document in self.stored if document.id == document_id]

    def list(
        self,
        collection: str | None = None,
        *,
        limit: int | None = None,
        after: str = "",
        under: str = "",
        containing: str = "",
        filters: Mapping[str, str] | None = None,
    ) -> list[DocumentRecord]:
        chosen = (
            d
            for d in sorted(self.stored, key=lambda d: d.id)
            if d.id > after and d.uri.startswith(under) and (filters or {}).items() <= d.metadata.items()
            if containing.lower() in f"{d.title}\n{d.uri}".lower()
        )
        return [_record(d) for d in chosen if collection in (None, d.collection)][:limit]

    def collections(self) -> set[str]:
        return {document.collection for document in self.stored}

    def count(self, collection: str | None = None) -> int:
        if self.fault:
            raise self.fault
        return len(self.list(collection))

    def generation(self) -> int:
        return self.written

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]:
        return {key: self.document(key) for key in document_ids}

    def fingerprint(self) -> str | None:
        return "fingerprint"

    def hidden_from(self, groups: AbstractSet[str]) -> dict[str, str]:
        return {}


def passage_of(document: Document) -> Passage:
    """All of a document as one passage."""
    return Passage(
        document_id=document.id,
        version=document.sha256,
        span=Span(0, len(document.text)),
        sentences=sentences(document.text),
    )


def _record(document: Document) -> DocumentRecord:
    return DocumentRecord(
        id=document.id,
        collection=document.collection,
        uri=document.uri,
        title=document.title,
        media_type=document.media_type,
        version=document.sha256,
        characters=len(document.text),
        passages=1,
        updated_at="2026-01-31T12:00:00+00:00",
    )


class FakeBackend:
    """An open service made of the scripted engine and the documents in memory."""

    def __init__(self, settings: Settings | None = None, script: Callable[[str], Outcome] = answer) -> None:
        self.settings = settings or Settings()
        self.engine = ScriptedEngine(self.settings, script)
        self.catalog = FewDocuments()
        self.feedback = MemoryFeedback()
        self.original_files: OriginalFiles | None = None
        self.question_log = MemoryQuestionLog()
        self.access_keys = MemoryKeys()
        self.embedder = BagEmbedder()
        self.notes: tuple[str, ...] = ()
        self.indexes = {"terms": "ready"}
        self.not_ready: Exception | None = None

    def check_ready(self) -> None:
        if self.not_ready is not None:
            raise self.not_ready

    def index_states(self) -> dict[str, str]:
        return self.indexes

    def index_rows(self) -> dict[str, int]:
        return {"dense": 2, "lexical": 1}

    def model_times(self) -> dict[str, tuple[int, float]]:
        return {"reader": (4, 0.5)}

    def seen_by(self, view: View) -> FakeBackend:
        """Its one engine for everybody, over the documents of the view's collections."""
        if view.collections is None:
            return self
        seen = copy(self)
        seen.catalog = cast(Any, VisibleCatalog(cast(Any, self.catalog), view, Remembered()))
        return seen

    def models(self) -> dict[str, str]:
        return {"embedder": "fake-embedder", "reader": "fake-reader"}

    def __enter__(self) -> FakeBackend:
        return self

    def __exit__(self, *_: object) -> None:
        pass
