"""Parts of an answer: a text to show, and the exact spans of the document that it rests on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.citations import context_spans, naming_sentences, readable_sentence
from rag.reading.table_rows import blocks_in, named_cells, split_cells
from rag.types import Block, BlockKind, Candidate, Document, Passage, Span, StatementRole

_MARKER = re.compile(r"(?:[-*+•‣▪]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+(?:\[[ xX]\]\s+)?")
_BULLET = re.compile(r"[-*+•‣▪]\s+")
MAX_QUOTE = 4_000  # code points of a block or lead-in that is shown whole; a longer one is cut
_LAST_WORD = 300  # code points at the end of such a quote in which it ends with a word, if there is one
_ROLES = {
    BlockKind.HEADING: StatementRole.HEADING,
    BlockKind.LIST_ITEM: StatementRole.ITEM,
    BlockKind.TABLE_ROW: StatementRole.ROW,
    BlockKind.CODE: StatementRole.CODE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One unit of an answer. ``span`` is its place; ``cited`` are all spans it rests on, its own first."""

    document: Document
    span: Span
    text: str
    role: StatementRole
    cited: tuple[Span, ...]


def sentence_part(candidate: Candidate, sentence: Span) -> Part:
    """A sentence of a passage with its pronouns' antecedents; a row or item alike where it is one whole."""
    document, passage = candidate.document, candidate.passage
    block = _whole_block(document, sentence)
    cited = dict.fromkeys(
        (
            sentence,
            *naming_sentences(document, passage, sentence),
            *context_spans(document, passage, sentence),
        )
    )
    if block is not None:
        return Part(
            document=document,
            span=sentence,
            text=block_text(document, block, passage),
            role=_ROLES[block.kind],
            cited=tuple(cited),
        )
    return Part(
        document=document,
        span=sentence,
        text=readable_sentence(document, passage, sentence),
        role=StatementRole.SENTENCE,
        cited=tuple(cited),
    )


def block_part(document: Document, block: Block, *, role: StatementRole | None = None) -> Part:
    """A block of a document, cited whole up to ``MAX_QUOTE``; of a row its header too."""
    block = replace(block, span=bounded(document.text, block.span))
    is_row = block.kind is BlockKind.TABLE_ROW
    has_header = is_row and block.context_span is not None and len(block.context_span) <= MAX_QUOTE
    context = (block.context_span,) if has_header and block.context_span else ()
    return Part(
        document=document,
        span=block.span,
        text=block_text(document, block),
        role=role or _ROLES.get(block.kind, StatementRole.SENTENCE),
        cited=(block.span, *context),
    )


def span_part(document: Document, span: Span, role: StatementRole) -> Part:
    """Any span of a document as it stands, white space folded, up to ``MAX_QUOTE``."""
    span = bounded(document.text, span)
    return Part(
        document=document,
        span=span,
        text=" ".join(span.slice(document.text).split()),
        role=role,
        cited=(span,),
    )


def bounded(text: str, span: Span) -> Span:
    """The span itself, or its beginning of at most ``MAX_QUOTE`` code points, to the end of a word."""
    if len(span) <= MAX_QUOTE:
        return span
    cut = span.start + MAX_QUOTE
    last = text[cut - _LAST_WORD : cut].rsplit(maxsplit=1)
    return Span(span.start, cut - _LAST_WORD + len(last[0]) if len(last) > 1 else cut)


def block_text(document: Document, block: Block, passage: Passage | None = None) -> str:
    """A block as it is shown: a row as "column: cell; …", an item without its marker, code line by line."""
    text = block.span.slice(document.text)
    if block.kind is BlockKind.CODE:
        return _outdented(document, block)
    if block.kind is BlockKind.TABLE_ROW:
        cells = named_cells(document.text, block)
        if cells is not None:
            return "; ".join(
                f"{name}: {cell.slice(document.text)}" if name else cell.slice(document.text)
                for name, cell in cells
            )
        return "; ".join(
            cell.slice(document.text) for cell in split_cells(document.text, block.span) if len(cell)
        )
    if passage is not None:
        text = readable_sentence(document, passage, block.span)
    text = " ".join(text.split())
    return _MARKER.sub("", text, count=1) if block.kind is BlockKind.LIST_ITEM else text


def without_bullet(text: str) -> str:
    """A short answer without the bullet of the list item that it is the beginning of."""
    return _BULLET.sub("", text, count=1) if _BULLET.match(text) else text


def _outdented(document: Document, block: Block) -> str:
    """Code without the indent that its lines have where it stands in a list; of the first it is before it."""
    before = document.text[: block.span.start]
    indent = before[before.rfind("\n") + 1 :]
    code = block.span.slice(document.text)
    return code.replace(f"\n{indent}", "\n") if indent.isspace() else code


def in_order(parts: Sequence[Part]) -> list[Part]:
    """Parts of one document by position, none inside another."""
    ordered: list[Part] = []
    for part in sorted(parts, key=lambda part: (part.span.start, -part.span.end)):
        if not ordered or part.span.start >= ordered[-1].span.end:
            ordered.append(part)
    return ordered


def _whole_block(document: Document, sentence: Span) -> Block | None:
    """The list item, row or code that a sentence is the whole of."""
    for block in blocks_in(document, sentence):
        is_listed = block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.CODE)
        if is_listed and sentence.contains(block.span) and len(sentence) <= len(block.span) + 1:
            return block
    return None
