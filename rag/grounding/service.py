"""Checks a text sentence by sentence: against given documents or texts, else against what is retrieved."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rag.answering.citations import CitationList
from rag.errors import DeadlineExceeded, InvalidText, UnknownDocument
from rag.grounding.facts import Missing
from rag.grounding.selection import SentenceIndex
from rag.grounding.sources import SourceSentence, of_candidates, of_passages, of_text, pieces
from rag.grounding.support import without_marks
from rag.grounding.verdict import Verdict, judge
from rag.grounding.words import content, words_of
from rag.ports.catalog import Catalog
from rag.text import sentences
from rag.types import DEFAULT_COLLECTION, Candidate, Citation, Question, Span

_PASSAGES = 8  # retrieved for a sentence
_SOURCE_CHARACTERS = 2_000_000  # of all documents and texts that a text is checked against
_QUERY_CHARACTERS = 500  # of a sentence, by which passages are retrieved


class PassageSearch(Protocol):
    """Finds passages, best first. ``rag.engine.Engine`` fulfils it."""

    def search(self, question: Question, k: int = 10) -> list[Candidate]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundingRequest:
    """A text, and what it should rest on.

    Attributes:
        collection: which documents may be looked at.
        document_ids: documents that it should rest on.
        texts: texts that it should rest on. Where there is neither, passages of the collection are retrieved.
        filters: metadata that retrieved passages' documents must have, exactly.
    """

    text: str
    collection: str = DEFAULT_COLLECTION
    document_ids: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenQuote:
    """An exact place in a text of the request: ``texts[text][span.start:span.end] == quote``."""

    text: int
    span: Span
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSentence:
    """One sentence of the checked text.

    Attributes:
        span: code points into the checked text.
        score: the calibrated probability that the sources support all of it.
        missing: what the sources don't hold; offsets into the sentence.
        citations: indices of the citations that it rests on, or that contradict it.
        quotes: the same in texts of the request.
    """

    text: str
    span: Span
    verdict: Verdict
    score: float
    missing: tuple[Missing, ...] = ()
    citations: tuple[int, ...] = ()
    quotes: tuple[GivenQuote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """The sentences of a text in order, and the citations that they number."""

    sentences: tuple[CheckedSentence, ...]
    citations: tuple[Citation, ...]


class GroundingChecker:
    """Checks texts over what is committed. Safe to use from several threads at once.

    >>> GroundingChecker(engine, catalog).check(GroundingRequest(text="Leave is 28 days."))
    ... # doctest: +SKIP
    """

    def __init__(self, search: PassageSearch, catalog: Catalog, *, characters: int = 20_000) -> None:
        """
        Args:
            characters: maximum length of a text to check.
        """
        self._search = search
        self._catalog = catalog
        self._characters = characters

    def check(self, request: GroundingRequest, *, deadline: float | None = None) -> Grounding:
        """The verdict on each sentence with a word, with exact citations.

        A sentence of more than 1,000 characters is checked in pieces.

        Args:
            deadline: a ``time.monotonic()`` value after which no further sentence is begun.

        Raises:
            InvalidText: the text is too long, or has no word; or the documents are too long together.
            UnknownCollection: no such collection.
            UnknownDocument: a document isn't there, or is of another collection.
            DeadlineExceeded: the time was up.
            IndexUnavailable: an index can't be reached.
        """
        spans = self._spans(request.text)
        given = _Sources(self._given(request, deadline)) if request.document_ids or request.texts else None
        citations = CitationList()
        checked = []
        for span in spans:
            _check_time(deadline)
            sources = given or _Sources(self._retrieved(span.slice(request.text), request))
            checked.append(_checked(request, span, sources, citations))
        return Grounding(sentences=tuple(checked), citations=tuple(citations.items))

    def _spans(self, text: str) -> list[Span]:
        if len(text) > self._characters:
            raise InvalidText(
                f"the text has {len(text):,} characters; at most {self._characters:,} can be checked"
            )
        found = (piece for sentence in sentences(text) for piece in pieces(text, sentence))
        spans = [span for span in found if words_of(without_marks(span.slice(text)))]
        if not spans:
            raise InvalidText("the text has no words")
        return spans

    def _given(self, request: GroundingRequest, deadline: float | None) -> list[SourceSentence]:
        found: list[SourceSentence] = []
        characters = sum(map(len, request.texts))
        _check_size(characters)
        for document_id in dict.fromkeys(request.document_ids):
            _check_time(deadline)
            document = self._catalog.document(document_id)
            if document.collection != request.collection:
                raise UnknownDocument(f"there is no document {document_id!r}")
            characters += len(document.text)
            _check_size(characters)
            found += of_passages(document, self._catalog.passages_of(document_id))
        for index, text in enumerate(request.texts):
            found += of_text(text, index)
        return found

    def _retrieved(self, sentence: str, request: GroundingRequest) -> list[SourceSentence]:
        query = without_marks(sentence)
        if not content(words_of(query)):
            return []
        question = Question(
            text=query[:_QUERY_CHARACTERS], collection=request.collection, filters=request.filters
        )
        return [*of_candidates(self._search.search(question, _PASSAGES))]


class _Sources:
    """Sentences to rest on, and the index that selects some of them."""

    def __init__(self, source_sentences: Sequence[SourceSentence]) -> None:
        self._sentences = source_sentences
        self._index = SentenceIndex([sentence.text for sentence in source_sentences])

    def select(self, statement: str) -> list[SourceSentence]:
        return [self._sentences[index] for index in self._index.select(statement)]


def _checked(
    request: GroundingRequest, span: Span, sources: _Sources, citations: CitationList
) -> CheckedSentence:
    statement = span.slice(request.text)
    chosen = sources.select(without_marks(statement))
    context = tuple(dict.fromkeys(line for source in chosen for line in source.context))
    judgement = judge(statement, [source.text for source in chosen], context=context)
    shown = [chosen[index] for index in judgement.contradicting] or chosen
    if judgement.verdict is Verdict.NOT_FOUND:
        shown = []
    indices = [i for s in shown if s.document is not None for i in citations.add(s.document, s.spans)]
    return CheckedSentence(
        text=statement,
        span=span,
        verdict=judgement.verdict,
        score=judgement.support.score,
        missing=judgement.support.facts,
        citations=tuple(dict.fromkeys(indices)),
        quotes=tuple(
            GivenQuote(text=source.given, span=place, quote=place.slice(request.texts[source.given]))
            for source in shown
            if source.given is not None
            for place in source.spans
        ),
    )


def _check_size(characters: int) -> None:
    if characters > _SOURCE_CHARACTERS:
        raise InvalidText(
            f"the documents and texts have more than {_SOURCE_CHARACTERS:,} characters; leave them out, and "
            "passages are retrieved"
        )


def _check_time(deadline: float | None) -> None:
    if deadline is not None and time.monotonic() > deadline:
        raise DeadlineExceeded("the text wasn't checked in time; send less of it, or fewer documents")
