"""The parts of a document that questions are drafted from: sentences of prose, lists with their lead-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.text import sentences
from rag.types import Block, BlockKind, Document, Span

_MARKER = re.compile(r"^\s*(?:[-*+•‣▪]|\(?\d{1,3}[.)]|[a-z][.)])\s+")
_PROSE = {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
_LIST_LENGTHS = range(2, 11)  # items of a list that a question asks for
_MAX_ITEM_WORDS = 40


@dataclass(frozen=True, slots=True)
class ListWithLead:
    """The items of a list without their markers, and the sentence that leads in; each in one line.

    ``is_nested``: an item of another list leads in.
    """

    lead: str
    items: tuple[str, ...]
    is_nested: bool


def one_line(text: str) -> str:
    """A text without a list's marker, white space collapsed."""
    return " ".join(_MARKER.sub("", text).split())


def prose_sentences(document: Document, within: Span | None = None) -> Iterator[str]:
    """The sentences of paragraphs and items in one line each; of the whole text where it has no blocks."""
    limit = within or Span(0, len(document.text))
    if not document.blocks:
        for span in sentences(document.text, limit):
            yield one_line(span.slice(document.text))
        return
    for block in document.blocks:
        if block.kind in _PROSE and limit.contains(block.span):
            for span in sentences(document.text, block.span):
                yield one_line(span.slice(document.text))


def lists(document: Document, within: Span | None = None) -> Iterator[ListWithLead]:
    """Lists of two to ten items, each with the sentence that leads in."""
    limit = within or Span(0, len(document.text))
    by_lead: dict[Span, list[Block]] = {}
    item_spans = {block.span for block in document.blocks if block.kind is BlockKind.LIST_ITEM}
    for block in document.blocks:
        if block.kind is BlockKind.LIST_ITEM and block.context_span and limit.contains(block.span):
            by_lead.setdefault(block.context_span, []).append(block)
    for lead, blocks in by_lead.items():
        items = tuple(one_line(block.span.slice(document.text)) for block in blocks)
        if len(items) in _LIST_LENGTHS and all(0 < len(item.split()) <= _MAX_ITEM_WORDS for item in items):
            yield ListWithLead(_last_sentence(document.text, lead), items, lead in item_spans)


def _last_sentence(text: str, lead: Span) -> str:
    spans = sentences(text, lead)
    return one_line(spans[-1].slice(text)) if spans else ""
