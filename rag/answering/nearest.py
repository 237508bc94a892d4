"""The passages that an abstention shows: the nearest to the question, as whole paragraphs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.citations import to_citation
from rag.answering.selection import sentence_support
from rag.question.analysis import QuestionAnalysis
from rag.reading.table_rows import blocks_in
from rag.types import Block, BlockKind, Citation, Document, Reading, Span

MAX_NEAREST = 5
# Logits of relevance from which down a passage is far from the question (docs/decisions/answer-units.md).
FAR = -3.0
_MAX_WIDENING = 1_000  # code points that a paragraph's rest may have to be shown with its passage


def nearest_passages(analysis: QuestionAnalysis, readings: Sequence[Reading]) -> tuple[Citation, ...]:
    """The citations of at most ``MAX_NEAREST`` passages, each with its likeliest sentence; none that is far.

    Args:
        readings: of all passages read, the most relevant first.
    """
    citations: list[Citation] = []
    for reading in readings:
        if reading.relevance <= FAR:
            continue
        citation = _citation(analysis, reading)
        is_shown = any(citation.quote == c.quote or _overlap(citation, c) for c in citations)
        if not is_shown:
            citations.append(citation)
        if len(citations) == MAX_NEAREST:
            break
    return tuple(citations)


def _citation(analysis: QuestionAnalysis, reading: Reading) -> Citation:
    passage, document = reading.candidate.passage, reading.candidate.document
    support = sentence_support(analysis, reading)
    likeliest = passage.sentences[max(range(len(support)), key=lambda number: (support[number], -number))]
    return replace(to_citation(document, _widened(document, passage.span)), likeliest=likeliest)


def _overlap(one: Citation, other: Citation) -> bool:
    return one.document_id == other.document_id and one.span.overlaps(other.span)


def _widened(document: Document, span: Span) -> Span:
    """The span with the rest of its first and last paragraph, and a question with what answers it."""
    blocks = blocks_in(document, span)
    if not blocks:
        return span
    first, last = blocks[0], blocks[-1]
    before = _neighbour(document, first, -1)
    if before is not None and _is_question(document, before):
        first = before
    after = _neighbour(document, last, 1)
    if after is not None and _is_question(document, last):
        last = after
    start = first.span.start if span.start - first.span.start <= _MAX_WIDENING else span.start
    end = last.span.end if last.span.end - span.end <= _MAX_WIDENING else span.end
    return Span(min(start, span.start), max(end, span.end))


def _neighbour(document: Document, block: Block, step: int) -> Block | None:
    """The block before (-1) or after (1) another one, in the same section; None where there is none."""
    number = bisect_right(document.blocks, block.span.start, key=lambda other: other.span.start) - 1 + step
    if not 0 <= number < len(document.blocks):
        return None
    neighbour = document.blocks[number]
    if neighbour.kind is BlockKind.HEADING:
        return None
    is_near = document.section_at(neighbour.span.start) == document.section_at(block.span.start)
    return neighbour if is_near else None


def _is_question(document: Document, block: Block) -> bool:
    return block.span.slice(document.text).rstrip(" *_").endswith("?")
