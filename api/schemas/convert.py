"""Feedback and jobs to their wire models and back; the rest of the contract is in ``rag/wire``."""

from __future__ import annotations

from api.schemas.feedback import FeedbackIn, FeedbackOut, PlaceOut
from ingest.report import document_results
from rag.ports.feedback import Feedback
from rag.ports.jobs import Job
from rag.wire.convert import version_in, version_out
from rag.wire.jobs import JobOut, ResultOut

MAX_KEPT = 2_000  # code points of an answer that are kept with feedback on it


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
