"""Document to passages: whole sentences that are read together, never across a heading."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise, zip_longest

from ingest.sentence_packing import cut, joined, weight
from rag.text import paragraphs, sentences
from rag.types import Block, BlockKind, Document, Passage, Span

VERSION = 1
_CODE_WORDS = 40
_LINE = re.compile(r"\S[^\n]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """One sentence to be packed: its weight in words, and the block it is from."""

    span: Span
    weight: int
    block: Block


class PassageSplitter:
    """Fulfils the ``Splitter`` port with passages of ``min_words`` to ``max_words`` words.

    Of all ways to cut a section the cheapest is taken: cuts between paragraphs are free, those
    inside one or between a list and its lead-in are dear, passages under ``min_words`` cost the
    more the shorter they are. None is longer than ``max_words`` (weighed as in ``ingest.cut``): a
    longer sentence is cut at a clause, a word or, where it has neither, anywhere.

    Raises:
        ValueError: if not ``1 <= min_words <= max_words``.
    """

    def __init__(self, min_words: int = 60, max_words: int = 150) -> None:
        if not 1 <= min_words <= max_words:
            raise ValueError(f"min_words ({min_words}) must lie between 1 and max_words ({max_words})")
        self._min = min_words
        self._max = max_words
        self._costs = tuple(self._size_cost(size) for size in range(max_words + 1))

    @property
    def fingerprint(self) -> str:
        return f"passages/{VERSION}:{self._min}-{self._max}"

    def split(self, document: Document) -> Iterator[Passage]:
        """Passages in order; together they hold every character but headings and white space."""
        for group in _groups(document):
            pieces = [piece for block in group for piece in self._pieces(document.text, block)]
            for start, end in self._packed(pieces):
                yield _passage(document, pieces[start:end])

    def _pieces(self, text: str, block: Block) -> Iterator[_Piece]:
        for sentence in _units(text, block):
            for part in cut(text, sentence, self._max):
                yield _Piece(span=part, weight=weight(part.slice(text)), block=block)

    def _packed(self, pieces: Sequence[_Piece]) -> list[tuple[int, int]]:
        """Index ranges of the cheapest passages, by dynamic programming over all cuts."""
        ends = [0, *accumulate(piece.weight for piece in pieces)]
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(pieces) + 1):
            price = _cut_cost(pieces[end - 1], pieces[end]) if end < len(pieces) else 0.0
            first = end - 1
            while first > 0 and ends[end] - ends[first - 1] <= self._max:
                first -= 1
            best.append(
                min(
                    (best[start][0] + self._costs[ends[end] - ends[start]] + price, start)
                    for start in range(first, end)
                )
            )
        edges = [len(pieces)]
        while edges[-1]:
            edges.append(best[edges[-1]][1])
        return list(pairwise(reversed(edges)))

    def _size_cost(self, size: int) -> float:
        """Up to 2 for a passage far too short, and a slight pull towards the middle."""
        middle = (self._min + self._max) / 2
        lacking = max(0.0, 1 - size / self._min)
        return 2 * lacking**2 + 0.2 * (size / middle - 1) ** 2


def _cut_cost(left: _Piece, right: _Piece) -> float:
    if left.block is right.block:
        return 1.0
    if right.block.context_span is None:
        return 0.0
    return 0.3 if left.block.kind is right.block.kind else 0.8


def _groups(document: Document) -> Iterator[list[Block]]:
    """Runs of blocks to be packed together: a section's text without its heading.

    A heading is text only where it stands alone: no text of its own follows, nor a sub-section.
    """
    cuts = sorted({edge for s in document.sections for edge in (s.span.start, s.span.end)})
    parts = [part for block in _covered(document) for part in _clipped(block, cuts)]
    runs = [
        list(run)
        for _, run in groupby(parts, key=lambda p: (bisect_right(cuts, p.span.start), _is_heading(p)))
    ]
    for run, following in zip_longest(runs, runs[1:]):
        if not _is_heading(run[0]) or _stands_alone(document, run[-1], following):
            yield run


def _is_heading(block: Block) -> bool:
    return block.kind is BlockKind.HEADING


def _stands_alone(document: Document, heading: Block, following: Sequence[Block] | None) -> bool:
    if following is None:
        return True
    here, there = (document.section_at(block.span.start) for block in (heading, following[0]))
    return there[: len(here)] != here


def _covered(document: Document) -> Iterator[Block]:
    """The document's blocks without gaps: text that no reader claimed is paragraphs."""
    at = 0
    for block in document.blocks:
        yield from _paragraphs(document.text, Span(at, max(at, block.span.start)))
        yield block
        at = block.span.end
    yield from _paragraphs(document.text, Span(at, len(document.text)))


def _paragraphs(text: str, within: Span) -> Iterator[Block]:
    for span in paragraphs(text, within):
        yield Block(span=span, kind=BlockKind.PARAGRAPH)


def _clipped(block: Block, cuts: Sequence[int]) -> Iterator[Block]:
    """The block itself, or its parts where a section ends inside it."""
    first, last = bisect_right(cuts, block.span.start), bisect_left(cuts, block.span.end)
    edges = [block.span.start, *cuts[first:last], block.span.end]
    if len(edges) == 2:
        yield block
        return
    for start, end in pairwise(edges):
        yield Block(span=Span(start, end), kind=block.kind, context_span=block.context_span)


def _units(text: str, block: Block) -> tuple[Span, ...]:
    """What is searched as one: a sentence, a table row, a few lines of code."""
    if block.kind in (BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER):
        return paragraphs(text, block.span)
    if block.kind is BlockKind.CODE:
        found = _LINE.finditer(text, block.span.start, block.span.end)
        lines = (Span(line.start(), line.start() + len(line[0].rstrip())) for line in found)
        return tuple(joined(text, lines, _CODE_WORDS))
    return sentences(text, block.span)


def _passage(document: Document, pieces: Sequence[_Piece]) -> Passage:
    span = Span(pieces[0].span.start, pieces[-1].span.end)
    return Passage(
        document_id=document.id,
        version=document.sha256,
        span=span,
        sentences=tuple(piece.span for piece in pieces),
        context_spans=_outer_leads(document.blocks, pieces, span),
        collection=document.collection,
    )


def _outer_leads(blocks: Sequence[Block], pieces: Sequence[_Piece], span: Span) -> tuple[Span, ...]:
    """Leads of the passage's blocks, and theirs in turn, that the passage doesn't hold itself."""
    found: set[Span] = set()
    for block in {id(piece.block): piece.block for piece in pieces}.values():
        context_span = block.context_span
        while context_span is not None and context_span not in found:
            if not span.contains(context_span):
                found.add(context_span)
            at = bisect_right(blocks, context_span.start, key=lambda b: b.span.start) - 1
            further = blocks[at].context_span if at >= 0 else None
            context_span = further if further is not None and further < context_span else None
    return tuple(sorted(found))
