"""A trace's steps to their wire form and back.

On the wire a step is a name, milliseconds and a ``detail`` object whose keys depend on the name; in the core
each kind of step is a type of its own (``rag/types/trace.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.types import (
    CiteStep,
    DecideStep,
    DraftStep,
    DroppedSentence,
    DropRule,
    ReadPassage,
    ReadSpan,
    ReadStep,
    RefineStep,
    RetrievedPassage,
    RetrieveStep,
    RewriteStep,
    Span,
    Step,
)


def step_detail(step: Step) -> dict[str, object]:
    """The ``detail`` of a step, as JSON values."""
    match step:
        case RetrieveStep():
            standalone = {"asked_as": step.standalone_question} if step.standalone_question else {}
            passages = [_passage_out(passage) for passage in step.passages]
            return {"retrieved": len(passages), "passages": passages, **standalone}
        case ReadStep():
            read = [{"id": one.passage_id, "relevance": one.relevance} for one in step.passages]
            return {
                "spans": step.spans,
                "best": [_span_out(span) for span in step.best],
                **({"passages": read} if read else {}),
            }
        case DecideStep():
            return {
                "confidence": step.confidence,
                "threshold": step.threshold,
                "features": dict(step.features),
                "passages_read": step.passages_read,
                "chosen": _span_out(step.chosen) if step.chosen else None,
            }
        case RefineStep():
            return {"chosen": _span_out(step.chosen)}
        case RewriteStep():
            return {"queries": list(step.queries), "failure": step.failure}
        case DraftStep():
            return _draft_out(step)
        case CiteStep():
            return {"citations": step.citations}


def step_in(name: str, ms: float, detail: Mapping[str, Any]) -> Step:
    """The core's step, of the name, milliseconds and detail of a wire step.

    Raises:
        KeyError, TypeError, ValueError: no step has this name, or the detail lacks one of its fields.
    """
    match name.split(" "):
        case ["retrieve"]:
            passages = tuple(_passage_in(passage) for passage in detail["passages"])
            return RetrieveStep(ms=ms, passages=passages, standalone_question=detail.get("asked_as"))
        case ["read", count]:
            best = tuple(_span_in(span) for span in detail["best"])
            read = tuple(
                ReadPassage(passage_id=row["id"], relevance=row["relevance"])
                for row in detail.get("passages") or ()
            )
            return ReadStep(ms=ms, passages_read=int(count), spans=detail["spans"], best=best, passages=read)
        case ["decide"]:
            return DecideStep(
                ms=ms,
                confidence=detail["confidence"],
                threshold=detail["threshold"],
                features=detail["features"],
                passages_read=detail["passages_read"],
                chosen=_span_in(detail["chosen"]) if detail["chosen"] else None,
            )
        case ["refine"]:
            return RefineStep(ms=ms, chosen=_span_in(detail["chosen"]))
        case ["rewrite"]:
            return RewriteStep(ms=ms, queries=tuple(detail["queries"]), failure=detail["failure"])
        case ["draft"]:
            return _draft_in(ms, detail)
        case ["cite"]:
            return CiteStep(ms=ms, citations=detail["citations"])
    raise ValueError(f"no step is called {name!r}")


def _passage_out(passage: RetrievedPassage) -> dict[str, object]:
    return {
        "id": passage.passage_id,
        "document_id": passage.document_id,
        "start": passage.span.start,
        "end": passage.span.end,
        "fused": passage.fused,
        "dense": passage.dense,
        "lexical": passage.lexical,
    }


def _passage_in(row: Mapping[str, Any]) -> RetrievedPassage:
    return RetrievedPassage(
        passage_id=row["id"],
        document_id=row["document_id"],
        span=Span(row["start"], row["end"]),
        fused=row["fused"],
        dense=row["dense"],
        lexical=row["lexical"],
    )


def _span_out(span: ReadSpan) -> dict[str, object]:
    return {
        "passage": span.passage_id,
        "start": span.span.start,
        "end": span.span.end,
        "text": span.text,
        "margin": span.margin,
    }


def _span_in(row: Mapping[str, Any]) -> ReadSpan:
    return ReadSpan(
        passage_id=row["passage"],
        span=Span(row["start"], row["end"]),
        text=row["text"],
        margin=row["margin"],
    )


def _draft_out(step: DraftStep) -> dict[str, object]:
    return {
        "model": step.model,
        "evidence": step.evidence,
        "kept": step.kept,
        "used": step.is_used,
        "declined": step.is_declined,
        "failure": step.failure,
        "prompt_tokens": step.prompt_tokens,
        "completion_tokens": step.completion_tokens,
        "dropped": [
            {
                "text": sentence.text,
                "rule": sentence.rule.value,
                "cited": list(sentence.cited),
                "score": sentence.score,
                "missing": list(sentence.missing),
            }
            for sentence in step.dropped
        ],
    }


def _draft_in(ms: float, detail: Mapping[str, Any]) -> DraftStep:
    return DraftStep(
        ms=ms,
        model=detail["model"],
        evidence=detail["evidence"],
        kept=detail["kept"],
        is_used=detail["used"],
        is_declined=detail["declined"],
        failure=detail["failure"],
        prompt_tokens=detail["prompt_tokens"],
        completion_tokens=detail["completion_tokens"],
        dropped=tuple(
            DroppedSentence(
                text=row["text"],
                rule=DropRule(row["rule"]),
                cited=tuple(row["cited"]),
                score=row["score"],
                missing=tuple(row["missing"]),
            )
            for row in detail["dropped"]
        ),
    )
