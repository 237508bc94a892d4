"""A document to passages: whole sentences that are read together, never across a heading."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise, zip_longest

from ingest.sentence_packing import cut_to_limit, effective_words, gap_words, join_to_limit
from rag.text import paragraphs, sentences
from rag.types import Block, BlockKind, Document, Passage, Span

VERSION = 3
_CODE_WORDS = 40
_MAX_CONTEXT = 2_000  # code points of a passage's context spans together; further ones are left out
_LINE = re.compile(r"\S[^\n]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _PackedSentence:
    """A sentence, or part of a long one: its length in words, and the block that it is from."""

    span: Span
    words: int
    block: Block


class PassageSplitter:
    """Fulfils the ``Splitter`` port with passages of ``min_words`` to ``max_words`` words.

    Of all ways to cut a section the one of least cost is taken: cuts between paragraphs cost nothing,
    those inside one or between a list and its introduction cost much, and passages under ``min_words`` cost
    the more the shorter they are. None is longer than ``max_words`` (counted by
    ``ingest.sentence_packing.effective_words``): a longer sentence is cut after a clause, else after a
    word, else anywhere.

    Raises:
        ValueError: if not ``1 <= min_words <= max_words``.
    """

    def __init__(self, min_words: int = 60, max_words: int = 150) -> None:
        if not 1 <= min_words <= max_words:
            raise ValueError(f"min_words ({min_words}) must lie between 1 and max_words ({max_words})")
        self._min = min_words
        self._max = max_words
        self._size_costs = tuple(self._size_cost(words) for words in range(max_words + 1))

    @property
    def fingerprint(self) -> str:
        return f"passages/{VERSION}:{self._min}-{self._max}"

    def split(self, document: Document) -> Iterator[Passage]:
        """Passages in order; together they hold every character except headings and white space."""
        for group in _block_groups(document):
            packed = [sentence for block in group for sentence in self._sentences(document.text, block)]
            for start, end in self._passage_ranges(packed):
                yield _passage(document, packed[start:end])

    def _sentences(self, text: str, block: Block) -> Iterator[_PackedSentence]:
        for span in _sentence_spans(text, block):
            for part in cut_to_limit(text, span, self._max):
                yield _PackedSentence(span=part, words=effective_words(part.slice(text)), block=block)

    def _passage_ranges(self, packed: Sequence[_PackedSentence]) -> list[tuple[int, int]]:
        """Index ranges of the passages of least total cost, by dynamic programming over all cuts.

        ``best`` has, for each end, the least cost up to it and the start of the passage that ends there;
        ``ends`` and ``starts`` the words up to each cut, without and with the gap after it.
        """
        gaps = [0, *(gap_words(left.span, right.span) for left, right in pairwise(packed))]
        ends = [0, *accumulate(gap + sentence.words for gap, sentence in zip(gaps, packed, strict=False))]
        starts = [end + gap for end, gap in zip(ends, gaps, strict=False)]
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(packed) + 1):
            cut_cost = _cut_cost(packed[end - 1], packed[end]) if end < len(packed) else 0.0
            first = end - 1
            while first > 0 and ends[end] - starts[first - 1] <= self._max:
                first -= 1
            best.append(
                min(
                    (
                        best[start][0] + self._size_costs[ends[end] - starts[start]] + cut_cost,
                        start,
                    )
                    for start in range(first, end)
                )
            )
        edges = [len(packed)]
        while edges[-1]:
            edges.append(best[edges[-1]][1])
        return list(pairwise(reversed(edges)))

    def _size_cost(self, words: int) -> float:
        """Up to 2 for a passage that is too short, and up to about 0.2 for a size off the middle."""
        middle = (self._min + self._max) / 2
        lacking = max(0.0, 1 - words / self._min)
        return 2 * lacking**2 + 0.2 * (words / middle - 1) ** 2


def _cut_cost(left: _PackedSentence, right: _PackedSentence) -> float:
    if left.block is right.block:
        return 1.0
    if right.block.context_span is None:
        return 0.0
    return 0.3 if left.block.kind is right.block.kind else 0.8


def _block_groups(document: Document) -> Iterator[list[Block]]:
    """Groups of blocks to be packed together: a section's text without its heading.

    A heading is text only if it stands alone: neither text nor a sub-section follows it.
    """
    edges = sorted({edge for s in document.sections for edge in (s.span.start, s.span.end)})
    parts = [part for block in _blocks_without_gaps(document) for part in _clip(block, edges)]
    groups = [
        list(group)
        for _, group in groupby(parts, key=lambda p: (bisect_right(edges, p.span.start), _is_heading(p)))
    ]
    for group, following in zip_longest(groups, groups[1:]):
        if not _is_heading(group[0]) or _stands_alone(document, group[-1], following):
            yield group


def _is_heading(block: Block) -> bool:
    return block.kind is BlockKind.HEADING


def _stands_alone(document: Document, heading: Block, following: Sequence[Block] | None) -> bool:
    if following is None:
        return True
    own, next_section = (document.section_at(block.span.start) for block in (heading, following[0]))
    return next_section[: len(own)] != own


def _blocks_without_gaps(document: Document) -> Iterator[Block]:
    """The document's blocks; text between them is paragraphs."""
    at = 0
    for block in document.blocks:
        yield from _paragraphs(document.text, Span(at, max(at, block.span.start)))
        yield block
        at = block.span.end
    yield from _paragraphs(document.text, Span(at, len(document.text)))


def _paragraphs(text: str, within: Span) -> Iterator[Block]:
    for span in paragraphs(text, within):
        yield Block(span=span, kind=BlockKind.PARAGRAPH)


def _clip(block: Block, section_edges: Sequence[int]) -> Iterator[Block]:
    """The block itself, or its parts if a section ends inside it."""
    first, last = bisect_right(section_edges, block.span.start), bisect_left(section_edges, block.span.end)
    edges = [block.span.start, *section_edges[first:last], block.span.end]
    if len(edges) == 2:
        yield block
        return
    for start, end in pairwise(edges):
        yield Block(span=Span(start, end), kind=block.kind, context_span=block.context_span)


def _sentence_spans(text: str, block: Block) -> tuple[Span, ...]:
    """A block's sentences; of a table its rows, of code stretches of a few lines."""
    if block.kind in (BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER):
        return paragraphs(text, block.span)
    if block.kind is BlockKind.CODE:
        matches = _LINE.finditer(text, block.span.start, block.span.end)
        lines = (Span(line.start(), line.start() + len(line[0].rstrip())) for line in matches)
        return tuple(join_to_limit(text, lines, _CODE_WORDS))
    return sentences(text, block.span)


def _passage(document: Document, packed: Sequence[_PackedSentence]) -> Passage:
    span = Span(packed[0].span.start, packed[-1].span.end)
    return Passage(
        document_id=document.id,
        version=document.sha256,
        span=span,
        sentences=tuple(sentence.span for sentence in packed),
        context_spans=_context_spans(document.blocks, packed, span),
        collection=document.collection,
    )


def _context_spans(
    blocks: Sequence[Block], packed: Sequence[_PackedSentence], passage_span: Span
) -> tuple[Span, ...]:
    """Context spans of the passage's blocks, and theirs in turn, that lie outside the passage.

    At most ``_MAX_CONTEXT`` code points of them, those of the first blocks: each of many passages may have
    the same long header or lead-in.
    """
    outside: set[Span] = set()
    characters = 0
    for block in {id(sentence.block): sentence.block for sentence in packed}.values():
        context_span = block.context_span
        while context_span is not None and context_span not in outside:
            if not passage_span.contains(context_span) and characters + len(context_span) <= _MAX_CONTEXT:
                outside.add(context_span)
                characters += len(context_span)
            at = bisect_right(blocks, context_span.start, key=lambda b: b.span.start) - 1
            further = blocks[at].context_span if at >= 0 else None
            context_span = further if further is not None and further < context_span else None
    return tuple(sorted(outside))
