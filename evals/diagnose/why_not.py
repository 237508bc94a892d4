"""Explain why not: a person names the passage they had in mind; at which stage was it lost?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evals.cases.evidence import Evidence, normalize_whitespace
from evals.diagnose.explain import count, margin
from evals.diagnose.passage_trace import Found, Region, Whereabouts, regions, whereabouts
from evals.run.corpus import Corpus
from rag.answering.comparison import normalise
from rag.types import Answer, Document, Outcome, Span

_CLOSE = 0.6  # share of its words that a sentence must have to count as the nearest text


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """What became of an expected passage: lines in plain words, in the order of the question's way.

    ``stage`` is where it was lost, ``""`` where it was not: it is what was answered.
    """

    stage: str
    lines: tuple[str, ...]


def why_not(expected: str, outcome: Outcome, corpus: Corpus) -> WhyNot:
    """Follows an expected passage through the trace of one question.

    Args:
        expected: text of a document, white space apart, or a document's name.
    """
    documents = corpus.documents()
    where = _regions(expected, documents)
    if not where:
        return WhyNot(stage="ingest", lines=("ingested: no", *_nearest(expected, documents)))
    way = whereabouts(where, outcome.trace)
    names = {document.id: document for document in documents}
    lines = [f"ingested: yes, in {_places(where, names)}"]
    if not way.found:
        lines.append(f"retrieved: no, it is not among the {way.of} passages found")
        return WhyNot(stage="retrieve", lines=tuple(lines))
    lines += _split(where, way)
    lines.append(f"retrieved: {_ranks(way.found[0])}, of {way.of}")
    if not way.read:
        read = way.passages_read
        lines.append(f"read: no, {count(read, 'better passage was', 'better passages were')} enough")
        return WhyNot(stage="retrieve", lines=tuple(lines))
    best = max(way.read, key=lambda span: float(span["margin"]))
    lines.append(f"read: as “{normalize_whitespace(str(best['text']))}”, {margin(best['margin'])}")
    if not way.chosen_here:
        lines.append(_other(way))
        return WhyNot(stage="read", lines=tuple(lines))
    return _decided(outcome, way, lines)


def _decided(outcome: Outcome, way: Whereabouts, lines: list[str]) -> WhyNot:
    least = "" if way.threshold is None else f", where {way.threshold:.0%} is needed"
    if not isinstance(outcome, Answer):
        lines.append(f"trusted: no, it is right with {outcome.confidence:.0%}{least}")
        return WhyNot(stage="trust", lines=tuple(lines))
    lines.append(f"trusted: yes, it is right with {outcome.confidence:.0%}{least}")
    lines.append(f"answered: “{outcome.text}”, from this passage")
    return WhyNot(stage="", lines=tuple(lines))


def _regions(expected: str, documents: Sequence[Document]) -> tuple[Region, ...]:
    """Where the text stands; a document's own name stands for all of it."""
    return regions([Evidence(quote=expected)], documents) or regions([Evidence(document=expected)], documents)


def _places(where: Sequence[Region], names: dict[str, Document]) -> str:
    told = [f"{names[r.document_id].uri} at {r.span.start}-{r.span.end}" for r in where[:3]]
    return "; ".join(told) + (f" and {len(where) - 3} more places" if len(where) > 3 else "")


def _split(where: Sequence[Region], way: Whereabouts) -> list[str]:
    """Says so where no one passage holds all of it."""
    for region in where:
        for found in way.found:
            if region.meets(found.told) and _span(found.told).contains(region.span):
                return []
    return [f"split: no one passage holds all of it; {len(way.found)} hold a part"]


def _span(told: Any) -> Span:
    return Span(int(told["start"]), int(told["end"]))


def _ranks(found: Found) -> str:
    by = (("meaning", found.dense_rank), ("words", found.lexical_rank))
    told = ", ".join(f"{'not found' if rank is None else f'rank {rank}'} by {name}" for name, rank in by)
    return f"rank {found.rank} ({told})"


def _other(way: Whereabouts) -> str:
    if way.chosen is None:
        return "chosen: no, nothing was"
    text, sure = normalize_whitespace(str(way.chosen["text"])), margin(way.chosen["margin"])
    return f"chosen: no, “{text}” from another passage, {sure}"


def _nearest(expected: str, documents: Sequence[Document]) -> list[str]:
    """The sentence that shares most of its words, where one shares enough of them."""
    from rag.text import sentences

    wanted = set(normalise(expected).split())
    best, share = "", 0.0
    for document in documents:
        for sentence in sentences(document.text):
            text = sentence.slice(document.text)
            here = len(wanted & set(normalise(text).split())) / max(1, len(wanted))
            if here > share:
                best, share = f"{document.uri} says “{normalize_whitespace(text)}”", here
    if share < _CLOSE:
        return ["no document holds this text, nor anything near it"]
    return [f"no document holds exactly this text; {best}"]
