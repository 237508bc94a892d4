"""The pipeline of one question: retrieve, read, decide, compose, cite. It ends in an answer or abstention.

With an LLM, retrieval also searches rewritten questions, and a draft that was verified stands in the place of
the composed answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace

from rag.answering.canned_reply import canned_reply
from rag.answering.cell_lookup import named_cell
from rag.answering.citations import CitationList
from rag.answering.close_reading import CloseReading
from rag.answering.composition.compose import Composition, compose
from rag.answering.composition.section import compose_section
from rag.answering.conflicts import conflict_candidates, to_conflict
from rag.answering.decision import Decider, Decision
from rag.answering.duplicates import without_duplicates
from rag.answering.follow_up import speaks_of_follow_up
from rag.answering.nearest import nearest_passages
from rag.answering.statements import to_statements
from rag.answering.step_recorder import Observer, StepRecorder
from rag.answering.verify import is_exact
from rag.drafting.drafter import Drafter
from rag.drafting.rewriting import Rewriter
from rag.errors import UnknownCollection
from rag.ports.catalog import Catalog, PartialCatalog
from rag.ports.reader import Reader
from rag.question.analysis import QuestionAnalysis, analyze_question
from rag.question.more import question_to_tell_more_of
from rag.question.parts import question_parts
from rag.question.rewording import reword
from rag.question.small_talk.detection import small_talk
from rag.retrieval.editions import named_edition, of_edition
from rag.retrieval.rank_fusion import merge_by_rank
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from rag.types import (
    DEFAULT_COLLECTION,
    Abstention,
    Answer,
    AnswerUnit,
    Candidate,
    Certainty,
    Outcome,
    Question,
    QuestionForm,
    Reading,
    Reason,
)

_SHORT_UNITS = (AnswerUnit.SHORT_ANSWER, AnswerUnit.YES_NO)
_SHORT_FORMS = (QuestionForm.FACT, QuestionForm.LIST, QuestionForm.DEFINITION)
_LINE_UNITS = (AnswerUnit.LIST, AnswerUnit.STEPS, AnswerUnit.ROWS, AnswerUnit.SECTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """One question, or one part of a question, read and decided."""

    analysis: QuestionAnalysis
    candidates: Sequence[Candidate]
    decision: Decision


class Engine:
    """Answers questions over what is committed. Safe to use from several threads at once.

    Args:
        span_reader: finds short answers in the best passages (``CloseReading``); None: ``reader`` does.
        drafter: words answers with an LLM; None: every answer is composed of quotes.
        rewriter: makes further search queries with an LLM.
    """

    def __init__(
        self,
        catalog: Catalog,
        retriever: Retriever,
        reader: Reader,
        decider: Decider,
        settings: Settings,
        *,
        span_reader: Reader | None = None,
        drafter: Drafter | None = None,
        rewriter: Rewriter | None = None,
    ) -> None:
        self._catalog: Catalog = catalog
        self._retriever = retriever
        self._reader = reader
        self._span_reader = span_reader
        self._decider = decider
        self._settings = settings
        self._drafter = drafter
        self._rewriter = rewriter

    def over(self, catalog: PartialCatalog) -> Engine:
        """This engine for somebody who may see only the documents of this catalog."""
        engine = copy(self)
        engine._catalog, engine._retriever = catalog, self._retriever.over(catalog)
        return engine

    def ask(
        self, question: Question, *, deadline: float | None = None, observe: Observer | None = None
    ) -> Outcome:
        """The answer with its citations, or an abstention with its reason.

        A question of several parts is answered part by part. Small talk gets an abstention with a canned
        reply. "Tell me more" is answered by the section that the answer before it is from.

        Args:
            deadline: a ``time.monotonic()`` value after which no further step begins.
            observe: called with each step as it ends, and each drafted statement as it is verified, in the
                same thread; what it raises ends the question.

        Raises:
            InvalidQuestion: empty or too long.
            UnknownCollection: no such collection.
            DeadlineExceeded: the time was up between two steps.
            IndexUnavailable: an index can't be reached.
        """
        recorder = StepRecorder(deadline, observe)
        earlier = question_to_tell_more_of(question)
        if earlier is None:
            return self._ask(question, recorder)
        outcome = self._ask(earlier, recorder, whole_section=True)
        return replace(outcome, question=" ".join(question.text.split()))

    def _ask(self, question: Question, recorder: StepRecorder, *, whole_section: bool = False) -> Outcome:
        """As ``ask``; with ``whole_section`` the answer is the section that holds the evidence."""
        analysis = self._analyze(question)
        talk = small_talk(analysis.text) if self._settings.small_talk.replies else None
        if talk is not None:
            return Abstention(
                question=analysis.text,
                reason=Reason.NOTHING_RELEVANT,
                confidence=0.0,
                reply=canned_reply(talk, question, self._catalog, self._settings.small_talk.texts),
                trace=recorder.trace(),
            )
        texts = question_parts(analysis.standalone)
        if len(texts) > 1:
            drafts = [
                self._draft(question, self._analyze(replace(question, text=text, history=())), recorder)
                for text in texts
            ]
            if any(draft.decision.certainty for draft in drafts):
                drafted = None if whole_section else self._drafted(analysis, drafts, recorder)
                return drafted or self._answer(analysis, drafts, recorder, whole_section=whole_section)
        draft = self._draft(question, analysis, recorder)
        if not draft.candidates:
            is_empty = not self._catalog.count(question.collection)
            reason = Reason.NOTHING_INDEXED if is_empty else Reason.NOTHING_RELEVANT
            return Abstention(
                question=analysis.text,
                reason=reason,
                confidence=0.0,
                asked_as=analysis.asked_as,
                trace=recorder.trace(),
            )
        drafted = None if whole_section else self._drafted(analysis, [draft], recorder)
        if drafted is not None:
            return drafted
        if draft.decision.certainty is None:
            reason = draft.decision.reason or Reason.NOT_ANSWERED_HERE
            return self._abstain(analysis, draft, reason, recorder)
        return self._answer(analysis, [draft], recorder, whole_section=whole_section)

    def search(self, question: Question, k: int = 10) -> list[Candidate]:
        """The ``k`` best passages, best first; the spelling isn't corrected. Raises as ``ask`` does."""
        return self._search(question, self._analyze(question), k)[1]

    def retrieve(self, question: Question) -> tuple[QuestionAnalysis, list[Candidate]]:
        """The candidates that ``ask`` reads the best of, best first, and the question as it reads it.

        A question of several parts is taken as one, and none is rewritten. Raises as ``ask`` does.
        """
        return self._retrieve(question, self._analyze(question))

    def _analyze(self, question: Question) -> QuestionAnalysis:
        limit = self._settings.limits.question_characters
        analysis = analyze_question(question.text, limit=limit, history=question.history)
        is_known = question.collection == DEFAULT_COLLECTION or (
            question.collection in self._catalog.collections()
        )
        if not is_known:
            raise UnknownCollection(f"there is no collection {question.collection!r}")
        return analysis

    def _draft(self, question: Question, analysis: QuestionAnalysis, recorder: StepRecorder) -> _Draft:
        analysis, candidates = self._retrieve(question, analysis)
        candidates = self._with_rewritten(question, analysis, candidates, recorder)
        is_unchanged = analysis.standalone in analysis.text
        recorder.retrieved(candidates, None if is_unchanged else analysis.standalone)
        held = max(len(candidates), self._retriever.passages_held(question.collection))
        share = len(candidates) / max(1, held)
        edition = named_edition(analysis.standalone, candidates)
        if edition.others:
            narrowed = of_edition(analysis, edition)
            own = [c for c in candidates if c.document.id in edition.documents]
            decision = self._read(narrowed, candidates, own, share, recorder)
            if decision.certainty is not None:
                return _Draft(analysis=narrowed, candidates=candidates, decision=decision)
        readable = [c for c in candidates if c.passage.id not in edition.others]
        decision = self._read(analysis, candidates, readable, share, recorder)
        return _Draft(analysis=analysis, candidates=candidates, decision=decision)

    def _retrieve(
        self, question: Question, analysis: QuestionAnalysis
    ) -> tuple[QuestionAnalysis, list[Candidate]]:
        """The analysis reworded by the best candidates, and the candidates."""
        return self._search(question, analysis, self._settings.retrieve.pool, self._reader.knows)

    def _with_rewritten(
        self,
        question: Question,
        analysis: QuestionAnalysis,
        candidates: list[Candidate],
        recorder: StepRecorder,
    ) -> list[Candidate]:
        """The candidates merged with those of the LLM's further queries, if it makes any."""
        if self._rewriter is None:
            return candidates
        pool = self._settings.retrieve.pool
        queries = self._rewriter.queries(analysis, question.history, recorder)
        further = [self._retriever.retrieve(replace(question, text=query), pool) for query in queries]
        return merge_by_rank(candidates, further, pool)

    def _search(
        self,
        question: Question,
        analysis: QuestionAnalysis,
        k: int,
        is_known: Callable[[str], bool] | None = None,
    ) -> tuple[QuestionAnalysis, list[Candidate]]:
        """The ``k`` best candidates, and the analysis with the words that they were searched with.

        A question that ``reword`` changes by what its first search returned is searched twice.
        """
        query = _search_query(question, analysis)
        to_read = min(self._settings.read.passages, self._settings.retrieve.pool)
        candidates = self._retriever.retrieve(query, max(k, to_read))
        texts = [candidate.text for candidate in candidates[:to_read]]
        defining = self._retriever.definitions(query)
        limit = self._settings.limits.question_characters
        headings = [
            heading
            for candidate in candidates[:to_read]
            for heading in candidate.document.headings_at(candidate.passage.span.start)
        ]
        reworded = reword(analysis, texts, defining, headings=headings, is_known=is_known, limit=limit)
        if reworded != analysis:
            candidates = self._retriever.retrieve(_search_query(question, reworded), k)
        return reworded, candidates[:k]

    def _read(
        self,
        analysis: QuestionAnalysis,
        candidates: Sequence[Candidate],
        readable: Sequence[Candidate],
        retrieved_share: float,
        recorder: StepRecorder,
    ) -> Decision:
        """Reads the best passages, if any: a few first, the others only if those give no clear answer.

        Args:
            readable: those of the candidates that may answer.
        """
        settings = self._settings.read
        cell = named_cell(analysis, readable) if analysis.form is QuestionForm.FACT else None
        first = [] if cell is None else [cell.candidate]
        to_read = without_duplicates([*first, *readable])[: settings.passages]
        decision = self._decider.decide(analysis, candidates, [], retrieved_share=retrieved_share)
        close_reading = CloseReading(self._span_reader, analysis.standalone)
        count = self._decider.passages_to_read_closely(analysis, candidates)
        readings: list[Reading] = []
        while len(readings) < len(to_read):
            end = settings.passages if readings else settings.first
            readings += self._reader.read(analysis.standalone, to_read[len(readings) : end])
            recorder.read(readings)
            closely = close_reading.of(self._decider.rank(analysis, readings), count)
            decision = self._decider.decide(analysis, candidates, closely, retrieved_share=retrieved_share)
            if self._decider.is_clear(decision) and self._is_about(analysis, decision):
                unread = conflict_candidates(decision, to_read[len(readings) :], settings.conflict_cosine_gap)
                to_read = [*to_read[: len(readings)], *unread]
        if readings:
            if cell is not None:
                decision = self._decider.with_named_cell(decision, cell)
            elif analysis.new or analysis.shared:
                decision = self._about_follow_up(analysis, candidates, closely, decision, retrieved_share)
            recorder.decided(decision, passages_read=len(readings))
        return decision

    def _about_follow_up(
        self,
        analysis: QuestionAnalysis,
        candidates: Sequence[Candidate],
        readings: Sequence[Reading],
        decision: Decision,
        retrieved_share: float,
    ) -> Decision:
        """The decision, if its evidence speaks of what a follow-up asks; else one over readings that do.

        Such a one is never sure. Where none does there is no answer.
        """
        if decision.certainty is None or self._is_about(analysis, decision):
            return decision
        about = [r for r in readings if speaks_of_follow_up(analysis, r, None)]
        other = self._decider.decide(analysis, candidates, about, retrieved_share=retrieved_share)
        if other.certainty is not None and self._is_about(analysis, other):
            return replace(other, certainty=Certainty.LIKELY)
        return replace(decision, certainty=None, reason=Reason.NOT_CONFIDENT)

    def _is_about(self, analysis: QuestionAnalysis, decision: Decision) -> bool:
        """Whether the decision's evidence speaks of what a follow-up asks; true of other questions."""
        if decision.reading is None or not (analysis.new or analysis.shared):
            return True
        short = decision.span if self._decider.has_short_answer(decision) else None
        return speaks_of_follow_up(analysis, decision.reading, short)

    def _drafted(
        self, analysis: QuestionAnalysis, drafts: Sequence[_Draft], recorder: StepRecorder
    ) -> Answer | None:
        """The LLM's answer, verified; None where there is no LLM, or the answer without it stands."""
        if self._drafter is None:
            return None
        drafted = self._drafter.draft(analysis, drafts, recorder)
        return replace(drafted, asked_as=analysis.asked_as) if drafted is not None else None

    def _answer(
        self,
        analysis: QuestionAnalysis,
        drafts: Sequence[_Draft],
        recorder: StepRecorder,
        *,
        whole_section: bool,
    ) -> Outcome:
        """The answer of those drafts that have one; the others are named as unanswered."""
        answered = [draft for draft in drafts if draft.decision.certainty is not None]
        compositions = [
            compose_section(d.decision.reading)
            if whole_section and d.decision.reading
            else self._compose(d, recorder)
            for d in answered
        ]
        citations = CitationList()
        statements = dict.fromkeys(
            statement
            for draft, composition in zip(answered, compositions, strict=True)
            if draft.decision.reading is not None
            for statement in to_statements(
                composition.parts, draft.decision.reading.candidate, draft.candidates, citations
            )
        )
        conflicts = tuple(
            to_conflict(span, citations)
            for draft, composition in zip(answered, compositions, strict=True)
            if composition.span is not None
            for span in draft.decision.competing
        )
        documents = {c.document.id: c.document for draft in answered for c in draft.candidates}
        if not all(is_exact(citation, documents[citation.document_id]) for citation in citations.items):
            return self._abstain(analysis, answered[0], Reason.UNSUPPORTED, recorder)
        recorder.cited(len(citations.items))
        units = {composition.unit for composition in compositions}
        unit = units.pop() if len(units) == 1 else AnswerUnit.SENTENCES
        decisions = [draft.decision for draft in answered]
        is_whole = len(answered) == len(drafts)
        is_sure = is_whole and all(
            draft.decision.certainty is Certainty.SURE and not draft.analysis.guessed for draft in answered
        )
        counts = [c.item_count for c in compositions if c.item_count is not None]
        return Answer(
            question=analysis.text,
            text=_text(compositions),
            statements=tuple(statements),
            citations=tuple(citations.items),
            confidence=min(decision.confidence for decision in decisions),
            unit=unit,
            certainty=Certainty.SURE if is_sure else Certainty.LIKELY,
            short_answer_confidence=_short_answer_confidence(decisions, compositions, unit),
            item_count=sum(counts) if counts else None,
            unanswered=tuple(d.analysis.standalone for d in drafts if d.decision.certainty is None),
            conflicts=conflicts,
            asked_as=analysis.asked_as,
            trace=recorder.trace(),
        )

    def _compose(self, draft: _Draft, recorder: StepRecorder) -> Composition:
        """The answer in the asked-for unit; a short answer is refined first."""
        analysis, decision = draft.analysis, draft.decision
        assert decision.reading is not None  # noqa: S101 (for the type checker: it was answered)
        short = decision.span if self._decider.has_short_answer(decision) else None
        if short is not None and analysis.form in _SHORT_FORMS and not decision.is_named_cell:
            reader = self._span_reader or self._reader
            refined = reader.refine(analysis.standalone, short)
            short = self._decider.choose_better_typed(analysis, refined, short)
            recorder.refined(short)
        return compose(analysis, decision, decision.reading, short_answer=short)

    def _abstain(
        self, analysis: QuestionAnalysis, draft: _Draft, reason: Reason, recorder: StepRecorder
    ) -> Abstention:
        """An abstention that shows the nearest passages, if any is near."""
        nearest = nearest_passages(analysis, draft.decision.by_relevance)
        recorder.cited(len(nearest))
        return Abstention(
            question=analysis.text,
            reason=reason,
            confidence=draft.decision.confidence,
            nearest=nearest,
            asked_as=analysis.asked_as,
            trace=recorder.trace(),
        )


def _short_answer_confidence(
    decisions: Sequence[Decision], compositions: Sequence[Composition], unit: AnswerUnit
) -> float | None:
    """The lowest of the parts' where the answer is short; None where it isn't."""
    if unit not in _SHORT_UNITS:
        return None
    return min(
        decision.short_answer_confidence if composition.polarity is None else composition.polarity
        for decision, composition in zip(decisions, compositions, strict=True)
    )


def _text(compositions: Sequence[Composition]) -> str:
    """Short answers, else the parts' texts: a list's on lines of their own."""
    texts: dict[str, None] = {}
    are_short = all(composition.text is not None for composition in compositions)
    for composition in compositions:
        separator = "\n" if composition.unit in _LINE_UNITS else " "
        parts = [composition.text] if composition.text is not None else [p.text for p in composition.parts]
        texts[separator.join(part if separator == "\n" else " ".join(part.split()) for part in parts)] = None
    if are_short:
        return "; ".join(texts)
    return ("\n" if any("\n" in text for text in texts) else " ").join(texts)


def _search_query(question: Question, analysis: QuestionAnalysis) -> Question:
    return replace(question, text=analysis.search_text)
