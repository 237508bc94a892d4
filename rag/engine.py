"""The straight line: a question in, an answer or an abstention out, and a trace of each step."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from rag.answering import citations as cite
from rag.answering.decision import Decider, Decision
from rag.answering.verify import exact
from rag.errors import DeadlineExceeded, UnknownCollection
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
    Conflict,
    Outcome,
    Question,
    Reason,
    Span,
    SpanAnswer,
    Step,
    Trace,
)

NEAREST = 3
ELSEWHERE = 4  # further places of the same answer that are cited

Observe = Callable[[Step], None]


@dataclass(slots=True)
class _Watch:
    """Times the steps of one question and holds it to its deadline."""

    deadline: float | None
    observe: Observe | None = None
    steps: list[Step] = field(default_factory=list)
    _since: float = field(default_factory=time.perf_counter)

    def step(self, name: str, **detail: object) -> None:
        """Ends a step. Raises DeadlineExceeded where the question's time is up."""
        now = time.perf_counter()
        self.steps.append(Step(name=name, ms=(now - self._since) * 1e3, detail=detail))
        self._since = now
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise DeadlineExceeded("the question took longer than it may")
        if self.observe is not None:
            self.observe(self.steps[-1])

    def trace(self) -> Trace:
        return Trace(steps=tuple(self.steps))


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
        self, question: Question, *, deadline: float | None = None, observe: Observe | None = None
    ) -> Outcome:
        """The answer with its citations, or an abstention with its reason.

        Args:
            deadline: a ``time.monotonic()`` value after which no further step begins.
            observe: told each step as it ends, in the thread that asks; what it raises ends the question.

        Raises:
            InvalidQuestion: empty or too long.
            UnknownCollection: no such collection.
            DeadlineExceeded: the time was up between two steps.
            IndexUnavailable: an index can't be reached.
        """
        analysis = self._analyze(question)
        watch = _Watch(deadline, observe)
        analysis, candidates = self._candidates(question, analysis, watch)
        if not candidates:
            empty = not self._catalog.count(question.collection)
            reason = Reason.NOTHING_INDEXED if empty else Reason.NOTHING_RELEVANT
            return Abstention(question=analysis.text, reason=reason, confidence=0.0, trace=watch.trace())
        decision = self._read(analysis, candidates, watch)
        return self._answer(analysis, candidates, decision, watch)

    def search(self, question: Question, k: int = 10) -> list[Candidate]:
        """The ``k`` best passages, best first. Raises as ``ask`` does."""
        analysis = self._analyze(question)
        return self._retriever.retrieve(_tidied(question, analysis), k)

    def _analyze(self, question: Question) -> QuestionAnalysis:
        limit = self._settings.limits.question_characters
        analysis = analyze_question(question.text, limit=limit, history=question.history)
        known = question.collection == DEFAULT_COLLECTION or (
            question.collection in self._catalog.collections()
        )
        if not known:
            raise UnknownCollection(f"there is no collection {question.collection!r}")
        return analysis

    def _candidates(
        self, question: Question, analysis: QuestionAnalysis, watch: _Watch
    ) -> tuple[QuestionAnalysis, list[Candidate]]:
        """What is found, and the question with its slips put right by the best of it."""
        pool = self._settings.retrieve.pool
        found = self._retriever.retrieve(_tidied(question, analysis), pool)
        near = [candidate.text for candidate in found[: self._settings.read.passages]]
        meant = correct_spelling(analysis.standalone, near, self._reader.knows)
        if meant != analysis.standalone:
            again = analyze_question(meant, limit=max(len(meant), self._settings.limits.question_characters))
            analysis = replace(
                again,
                text=analysis.text,
                search_text=correct_spelling(analysis.search_text, near, self._reader.knows),
            )
            found = self._retriever.retrieve(_tidied(question, analysis), pool)
        told = {} if analysis.standalone in analysis.text else {"asked_as": analysis.standalone}
        watch.step("retrieve", retrieved=len(found), passages=[_told(c) for c in found], **told)
        return analysis, found

    def _read(self, analysis: QuestionAnalysis, candidates: Sequence[Candidate], watch: _Watch) -> Decision:
        """Reads the best passages, a few first, the rest only where those don't make it clear."""
        settings = self._settings.read
        chosen = distinct(candidates)[: settings.passages]
        decision = self._decider.decide(analysis, candidates, [])
        spans: list[SpanAnswer] = []
        read = 0
        while read < len(chosen):
            until = settings.first if read == 0 else settings.passages
            for answers in self._reader.read(analysis.standalone, chosen[read:until]):
                spans += answers
            read = min(until, len(chosen))
            watch.step(f"read {read}", spans=len(spans), best=_best_spans(spans))
            decision = self._decider.decide(analysis, candidates, spans)
            if self._decider.is_clear(decision):
                chosen = [*chosen[:read], *_contenders(decision, chosen[read:], settings.contender)]
        watch.step(
            "decide",
            confidence=decision.confidence,
            threshold=self._settings.decide.threshold,
            features=decision.features,
            passages_read=read,
            chosen=_told_span(decision.best) if decision.best else None,
        )
        return decision

    def _answer(
        self, analysis: QuestionAnalysis, candidates: Sequence[Candidate], decision: Decision, watch: _Watch
    ) -> Outcome:
        best = decision.best
        if best is None or decision.reason is not None:
            reason = decision.reason or Reason.NOT_ANSWERED_HERE
            return self._abstain(analysis, candidates, reason, decision, watch)
        if not analysis.wants_sentences:
            best = self._decider.choose_better_typed(
                analysis, self._reader.refine(analysis.standalone, best), best
            )
            watch.step("closer", chosen=_told_span(best))
        citations = cite.Citations()
        statements = cite.statements((best, *_elsewhere(best, candidates)), citations)
        conflicts = tuple(_conflict(rival, citations) for rival in decision.competing)
        text = " ".join(s.text for s in statements) if analysis.wants_sentences else best.text
        documents = {c.document.id: c.document for c in candidates}
        if not all(exact(c, documents[c.document_id]) for c in citations.found):
            return self._abstain(analysis, candidates, Reason.UNSUPPORTED, decision, watch)
        watch.step("cite", citations=len(citations.found))
        return Answer(
            question=analysis.text,
            text=" ".join(text.split()),
            statements=statements,
            citations=tuple(citations.found),
            confidence=decision.confidence,
            conflicts=conflicts,
            trace=watch.trace(),
        )

    def _abstain(
        self,
        analysis: QuestionAnalysis,
        candidates: Sequence[Candidate],
        reason: Reason,
        decision: Decision,
        watch: _Watch,
    ) -> Abstention:
        """An abstention that shows the sentences that came nearest: the best read one first."""
        citations = cite.Citations()
        if decision.best is not None:
            citations.add(decision.best.candidate.document, cite.holding(decision.best)[:1])
        for candidate in candidates:
            if len(citations.found) >= NEAREST:
                break
            citations.add(candidate.document, (_found_sentence(candidate),))
        watch.step("cite", citations=len(citations.found))
        return Abstention(
            question=analysis.text,
            reason=reason,
            confidence=decision.confidence,
            nearest=tuple(citations.found),
            trace=watch.trace(),
        )


def _told(candidate: Candidate) -> dict[str, object]:
    """A found passage in a trace: its place and its scores, without its text."""
    span, scores = candidate.passage.span, candidate.scores
    return {
        "id": candidate.passage.id,
        "document_id": candidate.document.id,
        "start": span.start,
        "end": span.end,
        "fused": round(scores.fused, 4),
        "dense": None if scores.dense is None else round(scores.dense, 4),
        "lexical": None if scores.lexical is None else round(scores.lexical, 4),
    }


def _told_span(span: SpanAnswer) -> dict[str, object]:
    """A read span in a trace; ``margin`` is how much more the reader believes in it than in none."""
    return {
        "passage": span.candidate.passage.id,
        "start": span.span.start,
        "end": span.span.end,
        "text": span.text,
        "margin": round(span.margin, 4),
    }


def _best_spans(spans: Sequence[SpanAnswer]) -> list[dict[str, object]]:
    """The best span of each passage read, in the order read."""
    best: dict[str, SpanAnswer] = {}
    for span in spans:
        known = best.setdefault(span.candidate.passage.id, span)
        if span.margin > known.margin:
            best[span.candidate.passage.id] = span
    return [_told_span(span) for span in best.values()]


def _found_sentence(candidate: Candidate) -> Span:
    """The sentence retrieval found; while a passage is being re-split its hit may be of another cut."""
    sentences = candidate.passage.sentences
    return sentences[min(candidate.scores.sentence or 0, len(sentences) - 1)]


def _tidied(question: Question, analysis: QuestionAnalysis) -> Question:
    return Question(
        text=analysis.search_text,
        history=question.history,
        filters=question.filters,
        collection=question.collection,
    )


def _key(candidate: Candidate) -> str:
    return " ".join(candidate.text.split())


def distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates without those whose text was seen before: a copy needs no second reading."""
    seen: dict[str, Candidate] = {}
    for candidate in candidates:
        seen.setdefault(_key(candidate), candidate)
    return list(seen.values())


def _contenders(decision: Decision, unread: Sequence[Candidate], within: float) -> list[Candidate]:
    """Passages that may contradict a clear answer: other documents', as near to the question as its own.

    By cosine: fused scores are relative to what else was found, and say little in a small collection.
    """
    assert decision.best is not None  # noqa: S101 (a clear decision has one)
    held = decision.best.candidate
    least = (held.scores.dense or 0.0) - within
    return [
        candidate
        for candidate in unread
        if candidate.document.id != held.document.id
        and candidate.scores.dense is not None
        and candidate.scores.dense >= least
    ]


def _conflict(rival: SpanAnswer, citations: cite.Citations) -> Conflict:
    """Another document's answer, with the sentences that give it."""
    places = [cite.citations_for(rival, sentence, citations) for sentence in cite.holding(rival)]
    return Conflict(text=rival.text, citations=tuple(dict.fromkeys(i for indices in places for i in indices)))


def _elsewhere(best: SpanAnswer, candidates: Sequence[Candidate]) -> list[SpanAnswer]:
    """The same answer in other documents: copies of the passage that was read, span for span."""
    origin = best.candidate.passage.span.start
    found = []
    for other in candidates:
        if other.passage.id == best.candidate.passage.id or other.text != best.candidate.text:
            continue
        by = other.passage.span.start - origin
        if best.span.start + by < 0 or not best.candidate.passage.span.contains(best.span):
            continue
        found.append(
            SpanAnswer(
                candidate=other,
                span=best.span.shift(by),
                text=best.text,
                score=best.score,
                no_answer_score=best.no_answer_score,
            )
        )
    return found[:ELSEWHERE]
