"""The section around the evidence, for a reader who wants more than the answer."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.composition.compose import Composition
from rag.answering.composition.parts import Part, block_part, span_part
from rag.reading.table_rows import blocks_in
from rag.text import paragraphs
from rag.types import AnswerUnit, BlockKind, Document, Reading, Span, StatementRole

_MAX_WORDS = 300  # of a section that is shown whole; of a longer one, what stands around the evidence


def compose_section(reading: Reading) -> Composition:
    """The section of the best sentence: its heading, paragraphs, items, rows and code."""
    passage, document = reading.candidate.passage, reading.candidate.document
    best = max(
        zip(reading.support, passage.sentences, strict=True), key=lambda pair: (pair[0], -pair[1].start)
    )[1]
    within = _section_at(document, best.start)
    parts = [
        block_part(document, block)
        for block in blocks_in(document, within)
        if block.kind is not BlockKind.TABLE_HEADER and within.contains(block.span)
    ] or [
        span_part(document, paragraph, StatementRole.SENTENCE)
        for paragraph in paragraphs(document.text, within)
    ]
    return Composition(unit=AnswerUnit.SECTION, parts=tuple(_around(parts, best)))


def _section_at(document: Document, offset: int) -> Span:
    """The section at an offset; the whole document where it has none there."""
    whole = Span(0, len(document.text))
    return next((s.span for s in document.sections if s.span.start <= offset < s.span.end), whole)


def _around(parts: Sequence[Part], best: Span) -> list[Part]:
    """The parts from the best sentence's on both ways, as far as the words go; the heading always."""
    at = next((n for n, part in enumerate(parts) if part.span.overlaps(best)), 0)
    chosen = {at, 0} if parts[0].role is StatementRole.HEADING else {at}
    words = sum(len(parts[n].text.split()) for n in chosen)
    before, after = at - 1, at + 1
    while before >= 0 or after < len(parts):
        for number in (after, before):
            if 0 <= number < len(parts) and number not in chosen:
                words += len(parts[number].text.split())
                if words > _MAX_WORDS:
                    return [parts[n] for n in sorted(chosen)]
                chosen.add(number)
        before, after = before - 1, after + 1
    return [parts[n] for n in sorted(chosen)]
