"""The core's values to wire models and back; the only place that knows both.

A version is bare hex inside and ``sha256:<hex>`` on the wire; probabilities go out with four
decimals, scores with four, times in milliseconds with two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

from api.links import document_url, text_fragment
from api.schemas.asking import AbstentionOut, AnswerOut, AskIn, CitationOut, StatementOut, StepOut, TraceOut
from api.schemas.documents import DocumentOut, DocumentSummary, PageOut, SectionOut
from api.schemas.feedback import FeedbackIn, FeedbackOut, PlaceOut
from api.schemas.jobs import JobOut, ResultOut
from api.schemas.searching import PassageOut, ScoresOut
from ingest.report import document_results
from rag.ports.catalog import DocumentRecord
from rag.ports.feedback import Feedback
from rag.ports.jobs import Job
from rag.types import (
    Abstention,
    Answer,
    Candidate,
    Citation,
    Conflict,
    Document,
    Outcome,
    Question,
    Statement,
    Trace,
    Turn,
)

_ALGORITHM = "sha256:"


def question_in(asked: AskIn) -> Question:
    """The core's question."""
    return Question(
        text=asked.question,
        history=tuple(Turn(question=turn.question, answer=turn.answer) for turn in asked.history),
        filters=asked.filters,
        collection=asked.collection,
    )


def answer_out(outcome: Outcome, *, trace: TraceOut | None = None) -> AnswerOut:
    """An answer or abstention under a fresh id, which names this one act of answering."""
    found = isinstance(outcome, Answer)
    return AnswerOut(
        id=f"ans_{uuid4().hex}",
        question=outcome.question,
        answered=found,
        confidence=round(min(max(outcome.confidence, 0.0), 1.0), 4),
        answer=outcome.text if isinstance(outcome, Answer) else None,
        statements=_statements(outcome.statements) if isinstance(outcome, Answer) else [],
        citations=[citation_out(c) for c in outcome.citations] if isinstance(outcome, Answer) else [],
        conflicts=_statements(outcome.conflicts) if isinstance(outcome, Answer) else [],
        abstention=_abstention(outcome) if isinstance(outcome, Abstention) else None,
        trace=trace,
    )


def _statements(parts: Sequence[Statement | Conflict]) -> list[StatementOut]:
    return [StatementOut(text=part.text, citations=list(part.citations)) for part in parts]


def _abstention(outcome: Abstention) -> AbstentionOut:
    return AbstentionOut(reason=outcome.reason, nearest=[citation_out(c) for c in outcome.nearest])


def citation_out(citation: Citation) -> CitationOut:
    """A citation with the links that lead to it."""
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
    )


def citation_in(sent: CitationOut) -> Citation:
    """The core's citation again.

    Raises:
        ValueError: its quote is empty or not as long as its span.
    """
    return Citation(
        document_id=sent.document_id,
        version=sent.version.removeprefix(_ALGORITHM),
        title=sent.title,
        uri=sent.uri,
        start=sent.start,
        end=sent.end,
        quote=sent.quote,
        prefix=sent.prefix,
        suffix=sent.suffix,
        section=tuple(sent.section),
        page=sent.page,
        url=sent.url,
    )


def feedback_in(sent: FeedbackIn) -> Feedback:
    """The core's feedback."""
    return Feedback(
        answer_id=sent.answer_id,
        collection=sent.collection,
        question=sent.question,
        answer=sent.answer,
        helpful=sent.helpful,
        note=sent.note.strip(),
        citations=tuple(
            (c.document_id, c.version.removeprefix(_ALGORITHM), c.start, c.end) for c in sent.citations
        ),
    )


def feedback_out(feedback: Feedback) -> FeedbackOut:
    """Feedback as it is listed."""
    return FeedbackOut(
        answer_id=feedback.answer_id,
        helpful=feedback.helpful,
        note=feedback.note,
        collection=feedback.collection,
        question=feedback.question,
        answer=feedback.answer,
        citations=[
            PlaceOut(document_id=key, version=version_out(version), start=start, end=end)
            for key, version, start, end in feedback.citations
        ],
        at=feedback.at or None,
    )


def version_out(sha256: str) -> str:
    """A version as the wire has it."""
    return _ALGORITHM + sha256


def trace_out(trace: Trace, *, models: Mapping[str, str], index: str | None) -> TraceOut:
    """What each step did, with what it was done."""
    found = next((s.detail.get("retrieved") for s in trace.steps if s.name == "retrieve"), 0)
    return TraceOut(
        timings_ms={name: round(ms, 2) for name, ms in trace.timings_ms.items()},
        retrieved=found if isinstance(found, int) else 0,
        models=dict(models),
        index=index,
        steps=[StepOut(name=s.name, ms=round(s.ms, 2), detail=dict(s.detail)) for s in trace.steps],
    )


def citation_of(candidate: Candidate) -> Citation:
    """A citation of the whole of a found passage."""
    document, span = candidate.document, candidate.passage.span
    return Citation(
        document_id=document.id,
        version=document.sha256,
        title=document.title,
        uri=document.uri,
        start=span.start,
        end=span.end,
        quote=candidate.text,
        section=document.section_at(span.start),
        page=document.page_at(span.start),
    )


def passage_out(candidate: Candidate) -> PassageOut:
    """A found passage with its scores."""
    scores = candidate.scores
    return PassageOut(
        citation=citation_out(citation_of(candidate)),
        scores=ScoresOut(
            fused=round(scores.fused, 4), dense=_rounded(scores.dense), lexical=_rounded(scores.lexical)
        ),
    )


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)


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


def document_out(document: Document) -> DocumentOut:
    """A document with its text."""
    return DocumentOut(
        id=document.id,
        collection=document.collection,
        uri=document.uri,
        title=document.title,
        media_type=document.media_type,
        version=version_out(document.sha256),
        text=document.text,
        sections=[
            SectionOut(start=s.span.start, end=s.span.end, path=list(s.path)) for s in document.sections
        ],
        pages=[PageOut(start=p.span.start, end=p.span.end, number=p.number) for p in document.pages],
        metadata=dict(document.metadata),
    )


def job_out(job: Job, *, results: bool = True) -> JobOut:
    """A job; ``results``: with what became of each document."""
    counts = job.report.get("counts", {})
    return JobOut(
        id=job.id,
        kind=job.kind,
        state=job.state,
        collection=job.collection,
        created_at=job.created_at,
        started_at=job.started_at or None,
        ended_at=job.ended_at or None,
        total=job.total,
        done=job.done,
        counts=counts if isinstance(counts, dict) else {},
        results=[ResultOut.model_validate(one) for one in document_results(job)] if results else [],
        error=job.error or None,
    )
