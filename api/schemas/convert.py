"""Feedback, jobs and gaps to their wire models and back; the rest of the contract is in ``rag/wire``."""

from __future__ import annotations

from collections.abc import Sequence

from api.schemas.feedback import FeedbackIn, FeedbackOut, PlaceOut
from api.schemas.question_log import AskedOut, GapOut, UsageOut, WordingOut
from ingest.report import document_results
from rag.answering.citations import to_citation
from rag.ports.catalog import Catalog
from rag.ports.feedback import Feedback
from rag.ports.jobs import Job
from rag.ports.question_log import Place
from rag.question_log.gaps import Gap
from rag.question_log.usage import AskedOften, Usage
from rag.settings import QuestionLogSettings
from rag.types import Span
from rag.wire.asking import CitationOut
from rag.wire.convert import citation_out, summary_out, version_in, version_out
from rag.wire.jobs import JobOut, ResultOut

MAX_KEPT = 2_000  # code points of an answer that are kept with feedback on it
_MAX_NEVER_CITED = 100  # documents listed


def feedback_in(body: FeedbackIn) -> Feedback:
    """The core's feedback."""
    return Feedback(
        answer_id=body.answer_id,
        collection=body.collection,
        question=body.question,
        answer=body.answer[:MAX_KEPT],
        helpful=body.helpful,
        note=body.note.strip(),
        citations=tuple((c.document_id, version_in(c.version), c.start, c.end) for c in body.citations),
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


def gap_out(gap: Gap, catalog: Catalog) -> GapOut:
    """A gap with the text of its closest passages, those that are still stored in the same version."""
    return GapOut(
        id=gap.id,
        collection=gap.collection,
        question=gap.question,
        open=gap.is_open,
        count=gap.count,
        by_week=list(gap.by_week),
        confidence=round(gap.confidence, 4),
        wordings=[WordingOut(question=w.question, count=w.count, open=w.is_open) for w in gap.wordings],
        closest=_citations(gap.closest, catalog),
        first_at=gap.first_at,
        last_at=gap.last_at,
        closed_at=gap.closed_at or None,
    )


def usage_out(usage: Usage, collection: str, settings: QuestionLogSettings) -> UsageOut:
    """What is asked of a collection."""
    return UsageOut(
        enabled=settings.enabled,
        days=settings.days,
        collection=collection,
        asked=usage.asked,
        answered=usage.answered,
        since=usage.since or None,
        most_asked=[_asked_out(asked) for asked in usage.most_asked],
        most_disliked=[_asked_out(asked) for asked in usage.most_disliked],
        never_cited=[summary_out(record) for record in usage.never_cited[:_MAX_NEVER_CITED]],
        never_cited_total=len(usage.never_cited),
    )


def _asked_out(asked: AskedOften) -> AskedOut:
    return AskedOut(
        question=asked.question,
        count=asked.count,
        answered=asked.answered,
        helpful=asked.helpful,
        unhelpful=asked.unhelpful,
    )


def _citations(places: Sequence[Place], catalog: Catalog) -> list[CitationOut]:
    documents = catalog.documents({document_id for document_id, *_ in places})
    return [
        citation_out(to_citation(documents[document_id], Span(start, end)))
        for document_id, version, start, end in places
        if document_id in documents and documents[document_id].sha256 == version
    ]
