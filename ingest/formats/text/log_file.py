"""Logs to a document: the text unchanged, each entry a block of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from rag.types import Block, BlockKind, Document, Section, Span

MEDIA_TYPE = "text/x-log"
_LINE = re.compile(r"\S[^\n]*")


def read(source: Source) -> Document:
    """The document of a log; an indented line (of a stack trace) goes with the entry above it.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded.
        DocumentTooLarge: more lines than the limit on blocks.
    """
    text = decode(source.data, source.name)
    blocks: list[Block] = []
    for block in _entries(text):
        blocks.append(block)
        source.limits.require_blocks(len(blocks))
    return Document(
        id=source.document_id,
        uri=source.uri,
        title=source.stem_title,
        text=text,
        media_type=MEDIA_TYPE,
        sections=(Section(span=Span(0, len(text)), path=()),),
        blocks=tuple(blocks),
        collection=source.collection,
    )


def _entries(text: str) -> Iterator[Block]:
    entry: Span | None = None
    for match in _LINE.finditer(text):
        span = Span(match.start(), match.start() + len(match[0].rstrip()))
        is_indented = match.start() > 0 and text[match.start() - 1] in " \t"
        if is_indented and entry is not None:
            yield Block(span=span, kind=BlockKind.CODE, context_span=entry)
        else:
            entry = span
            yield Block(span=span, kind=BlockKind.PARAGRAPH)
