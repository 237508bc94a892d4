"""A run as JSON data in a stable order: the one source of every other kept report.

The same input gives the same bytes: everything that differs from run to run is under ``times``, which may be
left out. Figures are rounded to six digits, beyond which a model's arithmetic differs between machines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.diagnose.stage import gold
from evals.gate import Verdict, count_stages
from evals.reports.labels import expected_label
from evals.run.by_form import FormFigures
from evals.run.figures import Figure
from evals.run.runner import Record, Run, answer_text, citations_of
from evals.run.summary import Slice
from rag.errors import UnknownDocument
from rag.explanation.corpus import Corpus
from rag.explanation.regions import Region
from rag.types import Abstention, Answer, Citation, Document, Outcome, RetrievedPassage

PASSAGES = 6  # of a trace that are kept
CONTEXT = 240  # characters of a document kept before and after a citation
_NO_SCORES = frozenset({"right", "verdict"})  # kept apart from the numbers


def as_data(
    name: str,
    run: Run,
    *,
    figures: Mapping[str, Figure],
    slices: Sequence[Slice],
    forms: Sequence[FormFigures] = (),
    verdicts: Sequence[Verdict],
    models: Mapping[str, str],
    corpus: Corpus | None,
    note: str = "",
    drafts: int = 0,
    times: Mapping[str, Figure] | None = None,
) -> dict[str, Any]:
    """The whole run. With ``times`` None the same input gives the same data."""
    data: dict[str, Any] = {
        "dataset": name,
        "passed": all(verdict.passed for verdict in verdicts),
        "note": note,
        "drafts": drafts,
        "models": dict(models),
        "documents": dict(sorted(corpus.versions().items())) if corpus else {},
        "figures": {key: _figure_data(figure) for key, figure in figures.items()},
        "slices": [_slice_data(one) for one in slices],
        "forms": [_form_data(one) for one in forms],
        "stages": dict(count_stages(run.records)),
        "verdicts": [_verdict_data(verdict) for verdict in verdicts],
        "cases": [_record_data(record, corpus) for record in run.records],
    }
    if times is not None:
        data["times"] = {
            **{key: _figure_data(figure) for key, figure in times.items()},
            "ms": {record.case.id: round(record.ms, 3) for record in run.records},
            "steps": {record.case.id: _steps(record.outcome) for record in run.records},
        }
    return data


def _steps(outcome: Outcome | None) -> dict[str, float]:
    return {} if outcome is None else {k: round(ms, 3) for k, ms in outcome.trace.timings_ms.items()}


def _figure_data(figure: Figure) -> dict[str, Any]:
    data: dict[str, Any] = {"value": _rounded(figure.value), "n": figure.n}
    if figure.low is not None:
        data["interval"] = [_rounded(figure.low), _rounded(figure.high)]
    return data


def _slice_data(one: Slice) -> dict[str, Any]:
    return {
        "tag": one.tag,
        "right": _figure_data(one.right),
        "citation_recall": _figure_data(one.citation_recall),
    }


def _form_data(one: FormFigures) -> dict[str, Any]:
    figures = {name: _figure_data(figure) for name, figure in one.figures.items()}
    return {"form": str(one.form), "figures": figures}


def _verdict_data(verdict: Verdict) -> dict[str, Any]:
    return {
        "name": verdict.name,
        "passed": verdict.passed,
        "told": verdict.summary,
        "bound": verdict.bound,
        "direction": {True: "at_least", False: "at_most", None: None}[verdict.at_least],
        "cases": list(verdict.cases),
        "stages": dict(verdict.stages),
    }


def _record_data(record: Record, corpus: Corpus | None) -> dict[str, Any]:
    case, outcome = record.case, record.outcome
    scores = {key: getattr(record.scores, key) for key in record.scores.__slots__ if key not in _NO_SCORES}
    return {
        "id": case.id,
        "question": case.question,
        "history": [{"question": turn.question, "answer": turn.answer} for turn in case.history],
        "answerable": case.answerable,
        "kind": case.kind,
        "form": None if case.form is None else str(case.form),
        "polarity": case.polarity,
        "tags": list(case.tags),
        "expected": expected_label(record),
        "must_cite": [[str(evidence) for evidence in group] for group in case.must_cite],
        "passed": not record.failure,
        "right": record.scores.right,
        "verdict": None if record.scores.verdict is None else str(record.scores.verdict),
        "answer": answer_text(outcome) or None,
        "trouble": record.failure or None,
        "stage": str(record.diagnosis.stage) if record.diagnosis else None,
        "why": record.diagnosis.why if record.diagnosis else None,
        "error": record.error or None,
        "scores": {key: _rounded(value) for key, value in scores.items() if value is not None},
        "ranks": None if record.ranking is None else list(record.ranking.ranks),
        "citations_exact": None if record.exact is None else all(record.exact),
        "documents": sorted({citation.uri for citation in citations_of(outcome)}),
        "outcome": None if outcome is None else _outcome_data(outcome, corpus),
        "trace": None if outcome is None else _trace_data(outcome, _gold(record, corpus), corpus),
    }


def _gold(record: Record, corpus: Corpus | None) -> tuple[Region, ...]:
    """Where the documents hold a case's answer; empty for an unanswerable one."""
    return () if corpus is None or not record.case.answerable else gold(record.case, corpus)


def _outcome_data(outcome: Outcome, corpus: Corpus | None) -> dict[str, Any]:
    """An answer with its citations, or an abstention with the nearest ones."""
    data: dict[str, Any] = {
        "answered": isinstance(outcome, Answer),
        "confidence": _rounded(outcome.confidence),
    }
    if isinstance(outcome, Answer):
        data["unit"], data["certainty"] = str(outcome.unit), str(outcome.certainty)
        data["short_answer_confidence"] = _rounded(outcome.short_answer_confidence)
        data["item_count"], data["unanswered"] = outcome.item_count, list(outcome.unanswered)
        data["statements"] = [
            {"text": s.text, "citations": list(s.citations), "role": str(s.role)} for s in outcome.statements
        ]
        data["conflicts"] = [{"text": c.text, "citations": list(c.citations)} for c in outcome.conflicts]
    else:
        data["reason"] = str(outcome.reason)
        data |= {"reply": str(outcome.reply.kind)} if outcome.reply else {}
    key = "nearest" if isinstance(outcome, Abstention) else "citations"
    data[key] = [_citation_data(citation, corpus) for citation in citations_of(outcome)]
    return data


def _citation_data(citation: Citation, corpus: Corpus | None) -> dict[str, Any]:
    before, after = _context(citation, corpus)
    return {
        "document_id": citation.document_id,
        "version": citation.version,
        "title": citation.title,
        "uri": citation.uri,
        "section": list(citation.section),
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "before": before,
        "after": after,
    }


def _context(citation: Citation, corpus: Corpus | None) -> tuple[str, str]:
    document = _document(corpus, citation.document_id, citation.version)
    if document is None:
        return citation.prefix, citation.suffix
    text, start, end = document.text, citation.start, citation.end
    return text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]


def _document(corpus: Corpus | None, document_id: str, version: str | None = None) -> Document | None:
    if corpus is None:
        return None
    try:
        return corpus.document(document_id, version)
    except UnknownDocument:
        return None


def _trace_data(outcome: Outcome, gold: Sequence[Region], corpus: Corpus | None) -> dict[str, Any]:
    """The trace without its times: the best passages and those that hold expected evidence."""
    trace = outcome.trace
    passages = trace.retrieved.passages if trace.retrieved else ()
    read = {span.passage_id: span for span in (trace.read.best if trace.read else ())}
    relevance = {one.passage_id: one.relevance for one in (trace.read.passages if trace.read else ())}
    decided = trace.decided
    chosen = decided.chosen.passage_id if decided and decided.chosen else None
    rows = []
    for rank, passage in enumerate(passages, 1):
        is_gold = any(region.overlaps(passage) for region in gold)
        if rank <= PASSAGES or is_gold:
            span = read.get(passage.passage_id)
            rows.append(
                {
                    "rank": rank,
                    "gold": is_gold,
                    "document_id": passage.document_id,
                    "start": passage.span.start,
                    "end": passage.span.end,
                    "fused": passage.fused,
                    "dense": passage.dense,
                    "lexical": passage.lexical,
                    "text": _snippet(passage, corpus),
                    "relevance": relevance.get(passage.passage_id),
                    "read": None if span is None else {"text": span.text, "margin": span.margin},
                    "chosen": passage.passage_id == chosen,
                }
            )
    return {
        "found": len(passages),
        "passages": rows,
        "threshold": decided.threshold if decided else None,
        "features": {name: _rounded(x) for name, x in decided.features.items()} if decided else {},
    }


def _snippet(passage: RetrievedPassage, corpus: Corpus | None) -> str:
    document = _document(corpus, passage.document_id)
    if document is None:
        return ""
    text = " ".join(passage.span.slice(document.text).split())
    return text if len(text) <= 2 * CONTEXT else text[: 2 * CONTEXT - 1] + "…"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
