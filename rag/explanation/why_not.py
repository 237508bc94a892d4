"""Why an expected passage did not answer: the stage of the pipeline at which it was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answering.comparison import normalise
from rag.explanation.corpus import Corpus
from rag.explanation.passage_trace import PassageTrace, RankedPassage, trace_regions
from rag.explanation.regions import Region, is_named, quote_spans
from rag.explanation.wording import count, margin, one_line
from rag.text import sentences
from rag.types import Answer, Document, Outcome, Span

_SIMILAR = 0.6  # share of the expected words that a sentence must have to be shown as the nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """The stages that an expected passage passed: lines in plain words, in the order of the pipeline.

    ``stage`` is where it was lost; empty if it was not, as the answer is from this passage.
    """

    stage: str
    lines: tuple[str, ...]


def why_not(expected: str, outcome: Outcome, corpus: Corpus) -> WhyNot:
    """Follows an expected passage through the trace of one question.

    Args:
        expected: text of a document (white space may differ), or a document's id, title or file name.
    """
    documents = corpus.documents()
    regions = _expected_regions(expected, documents)
    if not regions:
        return WhyNot(stage="ingest", lines=("ingested: no", *_nearest(expected, documents)))
    trace = trace_regions(regions, outcome.trace)
    by_id = {document.id: document for document in documents}
    lines = [f"ingested: yes, in {_places(regions, by_id)}"]
    if not trace.retrieved:
        lines.append(f"retrieved: no, it is not among the {trace.pool_size} passages found")
        return WhyNot(stage="retrieve", lines=tuple(lines))
    lines += _split_note(regions, trace)
    lines.append(f"retrieved: {_ranks(trace.retrieved[0])}, of {trace.pool_size}")
    if not trace.read:
        read = trace.passages_read
        lines.append(f"read: no, {count(read, 'better passage was', 'better passages were')} enough")
        return WhyNot(stage="retrieve", lines=tuple(lines))
    best = max(trace.read, key=lambda span: span.margin)
    lines.append(f"read: as “{one_line(best.text)}”, {margin(best.margin)}")
    if not trace.is_chosen:
        lines.append(_chosen_instead(trace))
        return WhyNot(stage="read", lines=tuple(lines))
    return _decided(outcome, trace, lines)


def _decided(outcome: Outcome, trace: PassageTrace, lines: list[str]) -> WhyNot:
    needed = "" if trace.threshold is None else f", where {trace.threshold:.0%} is needed"
    if not isinstance(outcome, Answer):
        lines.append(f"trusted: no, it is right with {outcome.confidence:.0%}{needed}")
        return WhyNot(stage="trust", lines=tuple(lines))
    lines.append(f"trusted: yes, it is right with {outcome.confidence:.0%}{needed}")
    lines.append(f"answered: “{outcome.text}”, from this passage")
    return WhyNot(stage="", lines=tuple(lines))


def _expected_regions(expected: str, documents: Sequence[Document]) -> list[Region]:
    """The regions that hold the text; all of a document for its id, title or file name."""
    of_text = [Region(d.id, span) for d in documents for span in quote_spans(d.text, expected)]
    return of_text or [
        Region(d.id, Span(0, len(d.text)))
        for d in documents
        if d.text and is_named(expected, document_id=d.id, uri=d.uri, title=d.title)
    ]


def _places(regions: Sequence[Region], by_id: Mapping[str, Document]) -> str:
    places = [f"{by_id[r.document_id].uri} at {r.span.start}-{r.span.end}" for r in regions[:3]]
    return "; ".join(places) + (f" and {len(regions) - 3} more places" if len(regions) > 3 else "")


def _split_note(regions: Sequence[Region], trace: PassageTrace) -> list[str]:
    """A line if no single passage holds a whole region."""
    for region in regions:
        for ranked in trace.retrieved:
            if region.overlaps(ranked.passage) and ranked.passage.span.contains(region.span):
                return []
    return [f"split: no one passage holds all of it; {len(trace.retrieved)} hold a part"]


def _ranks(ranked: RankedPassage) -> str:
    by_retriever = (("meaning", ranked.dense_rank), ("words", ranked.lexical_rank))
    ranks = ", ".join(
        f"{'not found' if rank is None else f'rank {rank}'} by {name}" for name, rank in by_retriever
    )
    return f"rank {ranked.rank} ({ranks})"


def _chosen_instead(trace: PassageTrace) -> str:
    if trace.chosen is None:
        return "chosen: no, nothing was"
    return f"chosen: no, “{one_line(trace.chosen.text)}” from another passage, {margin(trace.chosen.margin)}"


def _nearest(expected: str, documents: Sequence[Document]) -> list[str]:
    """A line with the sentence that has most of the expected words, if one has enough of them."""
    expected_words = set(normalise(expected).split())
    line, best_share = "", 0.0
    for document in documents:
        for sentence in sentences(document.text):
            text = sentence.slice(document.text)
            share = len(expected_words & set(normalise(text).split())) / max(1, len(expected_words))
            if share > best_share:
                line, best_share = f"{document.uri} says “{one_line(text)}”", share
    if best_share < _SIMILAR:
        return ["no document holds this text, nor anything near it"]
    return [f"no document holds exactly this text; {line}"]
