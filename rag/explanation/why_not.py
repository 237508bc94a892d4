"""Why an expected passage did not answer: the stage of the pipeline at which it was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answering.comparison import normalise
from rag.explanation.corpus import Corpus
from rag.explanation.passage_trace import PassageTrace, RankedPassage, trace_regions
from rag.explanation.regions import Region, is_named, quote_spans
from rag.explanation.wording import certainty, count, items_shown, margin, one_line, relevance
from rag.text import sentences
from rag.types import Answer, Document, Outcome, Span

_SIMILAR = 0.6  # share of the expected words that a sentence must have to be shown as the nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """The stages that an expected passage passed: lines in plain words, in the order of the pipeline.

    ``stage`` is where it was lost: ``ingest``, ``retrieve`` (not found), ``unread`` (found, not read),
    ``rank`` (another passage ranks first after reading), ``read`` (its passage is first, and another unit of
    it was chosen), ``trust``, ``cut`` (a list or table of which too little is shown) or ``cite``. It is empty
    where the answer is from this passage.
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
    if not trace.is_read:
        read = trace.passages_read
        lines.append(f"read: no, {count(read, 'better passage was', 'better passages were')} enough")
        return WhyNot(stage="unread", lines=tuple(lines))
    lines.append(f"read: {_reading(trace)}")
    if not trace.is_first and not _is_cited(regions, outcome):
        lines.append(_chosen_instead(trace))
        return WhyNot(stage="rank", lines=tuple(lines))
    return _decided(regions, outcome, trace, lines)


def _decided(regions: Sequence[Region], outcome: Outcome, trace: PassageTrace, lines: list[str]) -> WhyNot:
    needed = "" if trace.threshold is None else f", where {trace.threshold:.0%} is needed"
    if not isinstance(outcome, Answer):
        lines.append(f"trusted: no, it is right with {outcome.confidence:.0%}{needed}")
        return WhyNot(stage="trust", lines=tuple(lines))
    lines.append(f"trusted: {certainty(outcome)}, it is right with {outcome.confidence:.0%}{needed}")
    if not _is_cited(regions, outcome):
        instead = one_line(outcome.citations[0].quote)
        if trace.chosen is not None and _is_in(regions, trace.chosen.span, _document(trace)):
            lines.append(f"cited: no, but “{instead}”")
            return WhyNot(stage="cite", lines=tuple(lines))
        lines.append(f"chosen: no, but “{instead}” of its passage")
        return WhyNot(stage="read", lines=tuple(lines))
    shown = items_shown(outcome)
    is_cut = outcome.item_count is not None and shown < outcome.item_count
    if is_cut and not _is_wholly_cited(regions, outcome):
        lines.append(f"shown: {shown} of {outcome.item_count}, and not all of this")
        return WhyNot(stage="cut", lines=tuple(lines))
    lines.append(f"answered: “{outcome.text}”, from this passage")
    return WhyNot(stage="", lines=tuple(lines))


def _document(trace: PassageTrace) -> str:
    """The document of the passage that ranks first, which is one of those expected."""
    return next(r.passage.document_id for r in trace.retrieved if r.passage.passage_id == trace.first)


def _is_cited(regions: Sequence[Region], outcome: Outcome) -> bool:
    """True where an answer cites a part of the regions."""
    citations = outcome.citations if isinstance(outcome, Answer) else ()
    return any(_is_in(regions, citation.span, citation.document_id) for citation in citations)


def _is_in(regions: Sequence[Region], span: Span, document_id: str) -> bool:
    return any(region.document_id == document_id and region.span.overlaps(span) for region in regions)


def _is_wholly_cited(regions: Sequence[Region], answer: Answer) -> bool:
    """True where the first and the last character of one region are cited."""

    def is_at(region: Region, offset: int) -> bool:
        return any(
            citation.document_id == region.document_id and citation.start <= offset < citation.end
            for citation in answer.citations
        )

    return any(is_at(region, region.span.start) and is_at(region, region.span.end - 1) for region in regions)


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


def _reading(trace: PassageTrace) -> str:
    """What an expected passage was read as, and its rank by relevance."""
    best = max(trace.read, key=lambda span: span.margin, default=None)
    parts = [] if best is None else [f"as “{one_line(best.text)}”, {margin(best.margin)}"]
    rank = trace.read_rank
    if rank is not None:
        parts.append(f"rank {rank.rank} of {trace.passages_read} by relevance ({relevance(rank.relevance)})")
    return "; ".join(parts) or "yes"


def _chosen_instead(trace: PassageTrace) -> str:
    if trace.chosen is None:
        return f"chosen: no, {'another passage' if trace.first else 'nothing'} was"
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
