"""The core's values to wire models and back.

A version is bare hex in the core and ``sha256:<hex>`` on the wire; probabilities and scores are rounded to
four decimals, times in milliseconds to two.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from rag.answering.citations import to_citation
from rag.ports.catalog import DocumentRecord, OriginalRecord
from rag.types import (
    Abstention,
    Answer,
    AnswerUnit,
    Block,
    Candidate,
    Certainty,
    Citation,
    Conflict,
    Document,
    DraftedStatement,
    Outcome,
    Page,
    Question,
    Section,
    Span,
    Statement,
    Trace,
    Turn,
)
from rag.wire.asking import (
    AbstentionOut,
    AnswerOut,
    AskIn,
    CitationOut,
    ConflictOut,
    SpanOut,
    StatementEvent,
    StatementOut,
    StepOut,
    TraceOut,
    TurnIn,
)
from rag.wire.documents import BlockOut, DocumentOut, DocumentSummary, OriginalOut, PageOut, SectionOut
from rag.wire.links import document_url, original_url, text_fragment
from rag.wire.replies import reply_in, reply_out
from rag.wire.searching import PassageOut, ScoresOut
from rag.wire.trace import step_detail, step_in

_ALGORITHM = "sha256:"


def version_out(sha256: str) -> str:
    """A version in its wire form."""
    return _ALGORITHM + sha256


def version_in(version: str) -> str:
    """A version's bare hex."""
    return version.removeprefix(_ALGORITHM)


def question_in(body: AskIn) -> Question:
    """The core's question."""
    return Question(
        text=body.question,
        history=tuple(Turn(question=turn.question, answer=turn.answer) for turn in body.history),
        filters=body.filters,
        collection=body.collection,
    )


def question_out(question: Question, *, trace: bool = False) -> AskIn:
    """A question in its wire form."""
    return AskIn(
        question=question.text,
        collection=question.collection,
        history=[TurnIn(question=turn.question, answer=turn.answer) for turn in question.history],
        filters=dict(question.filters),
        trace=trace,
    )


def outcome_out(outcome: Outcome, *, trace: TraceOut | None = None) -> AnswerOut:
    """An answer or abstention with a new id; two answers to the same question have different ids."""
    answer = outcome if isinstance(outcome, Answer) else None
    return AnswerOut(
        id=f"ans_{uuid4().hex}",
        question=outcome.question,
        answered=answer is not None,
        unit=answer.unit if answer else None,
        certainty=answer.certainty if answer else None,
        confidence=_probability(outcome.confidence),
        short_answer_confidence=_short_answer_confidence(answer),
        answer=answer.text if answer else None,
        statements=[_statement_out(statement) for statement in answer.statements] if answer else [],
        item_count=answer.item_count if answer else None,
        unanswered=list(answer.unanswered) if answer else [],
        drafted=answer is not None and answer.is_drafted,
        citations=[citation_out(citation) for citation in answer.citations] if answer else [],
        conflicts=[_conflict_out(conflict) for conflict in answer.conflicts] if answer else [],
        abstention=_abstention_out(outcome) if isinstance(outcome, Abstention) else None,
        reply=reply_out(outcome.reply) if isinstance(outcome, Abstention) and outcome.reply else None,
        asked_as=outcome.asked_as,
        trace=trace,
    )


def outcome_in(body: AnswerOut) -> Outcome:
    """The core's answer or abstention, with its trace where one was sent.

    An answer without a unit or a certainty, of an earlier version, is a sure short answer of sentences.

    Raises:
        ValueError: it is neither, for example an answer without a citation, or with a quote whose length
            isn't that of its span.
    """
    trace = trace_in(body.trace)
    if body.abstention is not None:
        return Abstention(
            question=body.question,
            reason=body.abstention.reason,
            confidence=body.confidence,
            nearest=tuple(citation_in(citation) for citation in body.abstention.nearest),
            reply=reply_in(body.reply) if body.reply else None,
            asked_as=body.asked_as,
            trace=trace,
        )
    return Answer(
        question=body.question,
        text=body.answer or "",
        statements=tuple(
            Statement(text=s.text, citations=tuple(s.citations), role=s.role) for s in body.statements
        ),
        citations=tuple(citation_in(citation) for citation in body.citations),
        confidence=body.confidence,
        unit=body.unit or AnswerUnit.SHORT_ANSWER,
        certainty=body.certainty or Certainty.SURE,
        short_answer_confidence=body.short_answer_confidence,
        item_count=body.item_count,
        unanswered=tuple(body.unanswered),
        is_drafted=body.drafted,
        conflicts=tuple(Conflict(text=c.text, citations=tuple(c.citations)) for c in body.conflicts),
        asked_as=body.asked_as,
        trace=trace,
    )


def drafted_out(drafted: DraftedStatement) -> StatementEvent:
    """A drafted statement with what it cites."""
    cited = [citation_out(citation) for citation in drafted.citations]
    return StatementEvent(**dict(_statement_out(drafted.statement)), cited=cited)


def citation_out(citation: Citation) -> CitationOut:
    """A citation with its links."""
    return CitationOut(
        document_id=citation.document_id,
        version=version_out(citation.version),
        title=citation.title,
        uri=citation.uri,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        prefix=citation.prefix,
        suffix=citation.suffix,
        page=citation.page,
        section=list(citation.section),
        url=citation.url
        or document_url(citation.document_id, citation.version, citation.start, citation.end),
        text_fragment=text_fragment(citation),
        columns=list(citation.columns),
        likeliest=_span_out(citation.likeliest),
    )


def citation_in(body: CitationOut) -> Citation:
    """The core's citation.

    Raises:
        ValueError: its quote is empty or not as long as its span.
    """
    return Citation(
        document_id=body.document_id,
        version=version_in(body.version),
        title=body.title,
        uri=body.uri,
        start=body.start,
        end=body.end,
        quote=body.quote,
        prefix=body.prefix,
        suffix=body.suffix,
        section=tuple(body.section),
        page=body.page,
        url=body.url,
        columns=tuple(body.columns),
        likeliest=None if body.likeliest is None else Span(body.likeliest.start, body.likeliest.end),
    )


def passage_citation(candidate: Candidate) -> Citation:
    """A citation of the whole of a retrieved passage."""
    return to_citation(candidate.document, candidate.passage.span)


def passage_out(candidate: Candidate) -> PassageOut:
    """A retrieved passage with its scores."""
    scores = candidate.scores
    return PassageOut(
        citation=citation_out(passage_citation(candidate)),
        scores=ScoresOut(
            fused=round(scores.fused, 4), dense=_rounded(scores.dense), lexical=_rounded(scores.lexical)
        ),
    )


def trace_out(trace: Trace, *, models: Mapping[str, str], index: str | None) -> TraceOut:
    """What each step did, by which models and over which index."""
    retrieved = trace.retrieved
    return TraceOut(
        timings_ms={name: round(ms, 2) for name, ms in trace.timings_ms.items()},
        retrieved=len(retrieved.passages) if retrieved else 0,
        models=dict(models),
        index=index,
        steps=[
            StepOut(name=step.name, ms=round(step.ms, 2), detail=step_detail(step)) for step in trace.steps
        ],
    )


def trace_in(body: TraceOut | None) -> Trace:
    """The core's trace; an empty one where none was sent.

    Raises:
        ValueError: a step has an unknown name or lacks a field.
    """
    if body is None:
        return Trace()
    try:
        return Trace(steps=tuple(step_in(step.name, step.ms, step.detail) for step in body.steps))
    except (KeyError, TypeError) as error:
        raise ValueError(f"a step of a trace lacks {error}") from error


def summary_out(record: DocumentRecord) -> DocumentSummary:
    """A document in a listing."""
    return DocumentSummary(
        id=record.id,
        collection=record.collection,
        uri=record.uri,
        title=record.title,
        media_type=record.media_type,
        version=version_out(record.version),
        characters=record.characters,
        passages=record.passages,
        updated_at=record.updated_at,
    )


def summary_in(body: DocumentSummary) -> DocumentRecord:
    """The catalog's record of a document."""
    return DocumentRecord(
        id=body.id,
        collection=body.collection,
        uri=body.uri,
        title=body.title,
        media_type=body.media_type,
        version=version_in(body.version),
        characters=body.characters,
        passages=body.passages,
        updated_at=body.updated_at,
    )


def document_out(
    document: Document, span: Span | None = None, original: OriginalRecord | None = None
) -> DocumentOut:
    """A document with its text, or with the part of it in a span; ``original``: the file it was read from."""
    part = span or Span(0, len(document.text))
    return DocumentOut(
        id=document.id,
        collection=document.collection,
        uri=document.uri,
        title=document.title,
        media_type=document.media_type,
        version=version_out(document.sha256),
        characters=len(document.text),
        start=part.start,
        text=part.slice(document.text),
        sections=[section_out(s) for s in document.sections if s.span.overlaps(part)],
        pages=[page_out(p) for p in document.pages if p.span.overlaps(part)],
        blocks=[block_out(b) for b in document.blocks if b.span.overlaps(part)],
        original=original_out(original, document.id),
        metadata=dict(document.metadata),
    )


def section_out(section: Section) -> SectionOut:
    """A section of a document."""
    return SectionOut(start=section.span.start, end=section.span.end, path=list(section.path))


def page_out(page: Page) -> PageOut:
    """A page of a document."""
    return PageOut(start=page.span.start, end=page.span.end, number=page.number)


def block_out(block: Block) -> BlockOut:
    """A block of a document."""
    return BlockOut(start=block.span.start, end=block.span.end, kind=block.kind)


def original_out(record: OriginalRecord | None, document_id: str) -> OriginalOut | None:
    """The file that a document was read from."""
    if record is None:
        return None
    return OriginalOut(
        name=record.name,
        media_type=record.media_type,
        size=record.size,
        url=original_url(document_id),
        has_pages=record.has_pages,
    )


def document_in(body: DocumentOut) -> Document:
    """The core's document, without its blocks; its version is computed from its text."""
    return Document(
        id=body.id,
        uri=body.uri,
        title=body.title,
        text=body.text,
        media_type=body.media_type,
        sections=tuple(Section(span=Span(s.start, s.end), path=tuple(s.path)) for s in body.sections),
        pages=tuple(Page(span=Span(p.start, p.end), number=p.number) for p in body.pages),
        metadata=body.metadata,
        collection=body.collection,
    )


def _span_out(span: Span | None) -> SpanOut | None:
    return None if span is None else SpanOut(start=span.start, end=span.end)


def _statement_out(statement: Statement) -> StatementOut:
    return StatementOut(text=statement.text, citations=list(statement.citations), role=statement.role)


def _conflict_out(conflict: Conflict) -> ConflictOut:
    return ConflictOut(text=conflict.text, citations=list(conflict.citations))


def _abstention_out(outcome: Abstention) -> AbstentionOut:
    return AbstentionOut(
        reason=outcome.reason, nearest=[citation_out(citation) for citation in outcome.nearest]
    )


def _short_answer_confidence(answer: Answer | None) -> float | None:
    if answer is None or answer.short_answer_confidence is None:
        return None
    return _probability(answer.short_answer_confidence)


def _probability(value: float) -> float:
    """Held to [0, 1], with four decimals."""
    return round(min(max(value, 0.0), 1.0), 4)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)
