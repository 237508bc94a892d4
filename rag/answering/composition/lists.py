"""Whole lists, procedures and tables around a place of a document, over the borders of passages."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from rag.types import Block, BlockKind, Document, Span

MAX_AHEAD = 50  # blocks after a sentence among which what it leads into is looked for
_MAX_BETWEEN = 3  # blocks of code or text that may stand between two items of one list
_BETWEEN = (BlockKind.CODE, BlockKind.PARAGRAPH, BlockKind.QUOTE)
_NUMBER = re.compile(r"\(?(\d{1,3})[.)]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockList:
    """A list's or table's blocks in order: items or rows, with what stands between them.

    ``lead_in`` is the sentence before a list, or a table's header row.
    """

    blocks: tuple[Block, ...]
    kind: BlockKind
    lead_in: Span | None

    @property
    def items(self) -> tuple[Block, ...]:
        """The items or rows alone."""
        return tuple(block for block in self.blocks if block.kind is self.kind)


def list_at(document: Document, span: Span) -> BlockList | None:
    """The list or table that a span is part of, or that it leads into; None where there is neither.

    It ends at a heading. What stands between two items (code, a note) belongs to it, and code under the last.
    """
    at = _listed_block(document, span)
    if at is None:
        at = _item_above(document, span)
    if at is None:
        return None
    blocks = document.blocks
    kind = blocks[at].kind
    first, last = at, at
    while (before := _next_item(document, first, kind, step=-1)) is not None:
        first = before
    while (after := _next_item(document, last, kind, step=1)) is not None:
        last = after
    end = last
    # Code under the last item belongs to it; text under it may be anything.
    while kind is BlockKind.LIST_ITEM and end + 1 < len(blocks) and blocks[end + 1].kind is BlockKind.CODE:
        end += 1
    return BlockList(blocks=tuple(blocks[first : end + 1]), kind=kind, lead_in=blocks[first].context_span)


def part_at(blocks: BlockList, span: Span) -> BlockList:
    """Of a nested list the part that a span is in: what its item leads into, else the items beside it.

    A nested item's lead-in is the item above it. The list itself where the span's item is of the outermost
    ones and leads into none, or the span is of none.
    """
    at = next((number for number, block in enumerate(blocks.blocks) if block.span.overlaps(span)), None)
    if at is None or blocks.kind is not BlockKind.LIST_ITEM:
        return blocks
    outer = {block.span: number for number, block in enumerate(blocks.blocks)}
    is_lead_in = any(block.context_span == blocks.blocks[at].span for block in blocks.blocks)
    lead_in = blocks.blocks[at].span if is_lead_in else blocks.blocks[at].context_span
    if lead_in not in outer:
        return blocks
    inner: list[Block] = []
    lead_ins = {lead_in}
    for block in blocks.blocks[outer[lead_in] + 1 :]:
        if block.kind is blocks.kind:
            if block.context_span not in lead_ins:
                break
            lead_ins.add(block.span)
        inner.append(block)
    return BlockList(blocks=tuple(inner), kind=blocks.kind, lead_in=lead_in)


def _listed_block(document: Document, span: Span) -> int | None:
    """The first item or row that a span overlaps, else the first that it is the lead-in of."""
    first = bisect_right(document.blocks, span.start, key=lambda block: block.span.end)
    for number in range(first, min(first + MAX_AHEAD, len(document.blocks))):
        block = document.blocks[number]
        if block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW):
            if block.span.start < span.end:
                return number
            is_led_in = block.context_span is not None and block.context_span.overlaps(span)
            return number if is_led_in else None
        if block.kind is BlockKind.HEADING and block.span.start >= span.end:
            return None
    return None


def _item_above(document: Document, span: Span) -> int | None:
    """The item above a span that is code or a note of its list; None where it is of no list."""
    blocks = document.blocks
    at = bisect_right(blocks, span.start, key=lambda block: block.span.end)
    if at == len(blocks) or blocks[at].span.start >= span.end:
        return None
    number = at
    while number >= 0 and at - number <= _MAX_BETWEEN and blocks[number].kind in _BETWEEN:
        number -= 1
    if number < 0 or blocks[number].kind is not BlockKind.LIST_ITEM:
        return None
    after = _next_item(document, number, BlockKind.LIST_ITEM, step=1)
    is_between = after is not None and after > at
    is_code = all(block.kind is BlockKind.CODE for block in blocks[number + 1 : at + 1])
    return number if is_between or is_code else None


def _next_item(document: Document, number: int, kind: BlockKind, *, step: int) -> int | None:
    """The item before or after one; None where the list begins or ends."""
    blocks = document.blocks
    for between in range(_MAX_BETWEEN + 1):
        other = number + step * (between + 1)
        if not 0 <= other < len(blocks):
            return None
        block = blocks[other]
        if block.kind is kind:
            is_same = between == 0 or _is_same_list(document, *sorted((number, other)))
            return other if is_same else None
        if kind is BlockKind.TABLE_ROW or block.kind not in _BETWEEN:
            return None
    return None


def _is_same_list(document: Document, number: int, after: int) -> bool:
    """With something between them, two items are of one list if they share their lead-in or are 1. and 2."""
    one, other = document.blocks[number], document.blocks[after]
    if one.context_span is not None and one.context_span == other.context_span:
        return True
    before, behind = (_NUMBER.match(document.text, block.span.start) for block in (one, other))
    return before is not None and behind is not None and int(behind[1]) == int(before[1]) + 1
