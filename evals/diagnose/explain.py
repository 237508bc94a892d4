"""How an answer came about, stage by stage, in plain words with the scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.cases.evidence import normalize_whitespace
from evals.run.corpus import Corpus
from rag.types import Answer, Outcome, Span

_SHOWN = 5  # passages that an explanation lists


def stages_of(outcome: Outcome, corpus: Corpus) -> list[str]:
    """A line a stage, with its scores: found, read, trusted, cited."""
    details = {step.name.split(" ")[0]: step.detail for step in outcome.trace.steps}
    meant = details.get("retrieve", {}).get("asked_as")
    passages = _rows(details.get("retrieve", {}).get("passages"))
    lines = [f"Understood as: {meant}"] if meant else []
    lines += [f"Found {count(len(passages), 'passage', 'passages')}; the best are"]
    lines += [f"{n}. {_found(told, corpus)}" for n, told in enumerate(passages[:_SHOWN], 1)]
    spans = _rows(details.get("read", {}).get("best"))
    if spans:
        lines.append(f"Read {len(spans)} of them, each for the words that answer best:")
    ranks = {told["id"]: n for n, told in enumerate(passages, 1)}
    lines += [
        f"passage {ranks.get(span['passage'], '?')}: “{normalize_whitespace(str(span['text']))}”, "
        f"{margin(span['margin'])}"
        for span in spans
    ]
    return [*lines, *_decision(outcome, details.get("decide", {}))]


def _rows(value: object) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else []


def _found(told: dict[str, Any], corpus: Corpus) -> str:
    document = corpus.document(str(told["document_id"]))
    text = normalize_whitespace(Span(int(told["start"]), int(told["end"])).slice(document.text))
    near = "not near by meaning" if told["dense"] is None else f"meaning {told['dense']:.2f}"
    words = "no words in common" if told["lexical"] is None else f"words {told['lexical']:.1f}"
    return f"{document.uri} {told['start']}-{told['end']} ({near}, {words}): {text[:90]}…"


def _decision(outcome: Outcome, detail: Mapping[str, Any]) -> list[str]:
    lines = []
    features: Mapping[str, float] = detail.get("features") or {}
    if features:
        told = ", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in features.items())
        lines.append(f"Weighed: {told}")
    least = detail.get("threshold")
    needed = "" if least is None else f", where {least:.0%} is needed"
    lines.append(f"The best candidate is right with {outcome.confidence:.0%}{needed}.")
    if isinstance(outcome, Answer):
        lines.append(f"Cited {count(len(outcome.citations), 'place', 'places')}, each checked to be exact.")
    else:
        lines.append(f"So there is no answer: {str(outcome.reason).replace('_', ' ')}.")
    return lines


def count(n: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{n} {one if n == 1 else many}"


def margin(value: float) -> str:
    """How much more, or less, the reader believed in a span than in there being no answer."""
    if value >= 0:
        return f"{value:.1f} above “not answered here”"
    return f"{-value:.1f} below “not answered here”"
