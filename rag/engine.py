"""The pipeline of one question: retrieve, read, decide, cite. Its result is an answer or an abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.citations import CitationList, retrieved_sentence, sentences_of, to_statements
from rag.answering.conflicts import conflict_candidates, to_conflict
from rag.answering.decision import Decider, Decision
from rag.answering.duplicates import copies_of, without_duplicates
from rag.answering.step_recorder import Observer, StepRecorder
from rag.answering.verify import is_exact
from rag.errors import UnknownCollection
from rag.ports.catalog import Catalog
from rag.ports.reader import Reader
from rag.question.analysis import QuestionAnalysis, analyze_question
from rag.question.spelling import correct_spelling
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from rag.types import (
    DEFAULT_COLLECTION,
    Abstention,
    Answer,
    Candidate,
    Outcome,
    Question,
    Reason,
    SpanAnswer,
)

NEAREST = 3  # citations that an abstention shows


class Engine:
    """Answers questions over what is committed. Safe to use from several threads at once."""

    def __init__(
        self, catalog: Catalog, retriever: Retriever, reader: Reader, decider: Decider, settings: Settings
    ) -> None:
        self._catalog = catalog
        self._retriever = retriever
        self._reader = reader
        self._decider = decider
        self._settings = settings

    def ask(
        self, question: Question, *, deadline: float | None = None, observe: Observer | None = None
    ) -> Outcome:
        """The answer with its citations, or an abstention with its reason.

        Args:
            deadline: a ``time.monotonic()`` value after which no further step begins.
            observe: called with each step as it ends, in the same thread; what it raises ends the question.

        Raises:
            InvalidQuestion: empty or too long.
            UnknownCollection: no such collection.
            DeadlineExceeded: the time was up between two steps.
            IndexUnavailable: an index can't be reached.
        """
        analysis = self._analyze(question)
        recorder = StepRecorder(deadline, observe)
        analysis, candidates = self._retrieve(question, analysis, recorder)
        if not candidates:
            is_empty = not self._catalog.count(question.collection)
            reason = Reason.NOTHING_INDEXED if is_empty else Reason.NOTHING_RELEVANT
            return Abstention(question=analysis.text, reason=reason, confidence=0.0, trace=recorder.trace())
        decision = self._read(analysis, candidates, recorder)
        if decision.best is None or decision.reason is not None:
            reason = decision.reason or Reason.NOT_ANSWERED_HERE
            return self._abstain(analysis, candidates, reason, decision, recorder)
        return self._answer(analysis, candidates, decision, decision.best, recorder)

    def search(self, question: Question, k: int = 10) -> list[Candidate]:
        """The ``k`` best passages, best first. Raises as ``ask`` does."""
        return self._retriever.retrieve(_search_query(question, self._analyze(question)), k)

    def _analyze(self, question: Question) -> QuestionAnalysis:
        limit = self._settings.limits.question_characters
        analysis = analyze_question(question.text, limit=limit, history=question.history)
        is_known = question.collection == DEFAULT_COLLECTION or (
            question.collection in self._catalog.collections()
        )
        if not is_known:
            raise UnknownCollection(f"there is no collection {question.collection!r}")
        return analysis

    def _retrieve(
        self, question: Question, analysis: QuestionAnalysis, recorder: StepRecorder
    ) -> tuple[QuestionAnalysis, list[Candidate]]:
        """The candidates, and the analysis with its spelling corrected by the best of them."""
        pool = self._settings.retrieve.pool
        candidates = self._retriever.retrieve(_search_query(question, analysis), pool)
        texts = [candidate.text for candidate in candidates[: self._settings.read.passages]]
        corrected = correct_spelling(analysis.standalone, texts, self._reader.knows)
        if corrected != analysis.standalone:
            limit = max(len(corrected), self._settings.limits.question_characters)
            search_text = correct_spelling(analysis.search_text, texts, self._reader.knows)
            analysis = replace(
                analyze_question(corrected, limit=limit), text=analysis.text, search_text=search_text
            )
            candidates = self._retriever.retrieve(_search_query(question, analysis), pool)
        is_unchanged = analysis.standalone in analysis.text
        recorder.retrieved(candidates, None if is_unchanged else analysis.standalone)
        return analysis, candidates

    def _read(
        self, analysis: QuestionAnalysis, candidates: Sequence[Candidate], recorder: StepRecorder
    ) -> Decision:
        """Reads the best passages, a few first; the others only if those give no clear answer."""
        settings = self._settings.read
        to_read = without_duplicates(candidates)[: settings.passages]
        decision = self._decider.decide(analysis, candidates, [])
        spans: list[SpanAnswer] = []
        read = 0
        while read < len(to_read):
            end = settings.first if read == 0 else settings.passages
            for answers in self._reader.read(analysis.standalone, to_read[read:end]):
                spans += answers
            read = min(end, len(to_read))
            recorder.read(read, spans)
            decision = self._decider.decide(analysis, candidates, spans)
            if self._decider.is_clear(decision):
                unread = conflict_candidates(decision, to_read[read:], settings.conflict_cosine_gap)
                to_read = [*to_read[:read], *unread]
        recorder.decided(decision, threshold=self._settings.decide.threshold, passages_read=read)
        return decision

    def _answer(
        self,
        analysis: QuestionAnalysis,
        candidates: Sequence[Candidate],
        decision: Decision,
        best: SpanAnswer,
        recorder: StepRecorder,
    ) -> Outcome:
        if not analysis.wants_sentences:
            refined = self._reader.refine(analysis.standalone, best)
            best = self._decider.choose_better_typed(analysis, refined, best)
            recorder.refined(best)
        citations = CitationList()
        statements = to_statements(best, copies_of(best, candidates), citations)
        conflicts = tuple(to_conflict(span, citations) for span in decision.competing)
        documents = {candidate.document.id: candidate.document for candidate in candidates}
        if not all(is_exact(citation, documents[citation.document_id]) for citation in citations.items):
            return self._abstain(analysis, candidates, Reason.UNSUPPORTED, decision, recorder)
        recorder.cited(len(citations.items))
        text = " ".join(s.text for s in statements) if analysis.wants_sentences else best.text
        return Answer(
            question=analysis.text,
            text=" ".join(text.split()),
            statements=statements,
            citations=tuple(citations.items),
            confidence=decision.confidence,
            conflicts=conflicts,
            trace=recorder.trace(),
        )

    def _abstain(
        self,
        analysis: QuestionAnalysis,
        candidates: Sequence[Candidate],
        reason: Reason,
        decision: Decision,
        recorder: StepRecorder,
    ) -> Abstention:
        """An abstention that shows the nearest sentences, that of the best span first."""
        citations = CitationList()
        if decision.best is not None:
            citations.add(decision.best.candidate.document, sentences_of(decision.best)[:1])
        for candidate in candidates:
            if len(citations.items) >= NEAREST:
                break
            citations.add(candidate.document, (retrieved_sentence(candidate),))
        recorder.cited(len(citations.items))
        return Abstention(
            question=analysis.text,
            reason=reason,
            confidence=decision.confidence,
            nearest=tuple(citations.items),
            trace=recorder.trace(),
        )


def _search_query(question: Question, analysis: QuestionAnalysis) -> Question:
    return replace(question, text=analysis.search_text)
