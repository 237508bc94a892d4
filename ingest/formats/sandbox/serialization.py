"""A document as JSON and back, to pass between processes; unlike a pickle, reading it runs no code."""

from __future__ import annotations

import json
from typing import Any

from rag.types import Block, BlockKind, Document, Page, Section, Span


def pack(document: Document) -> dict[str, Any]:
    """The document as JSON values; spans as flat lists of integers."""
    return {
        "id": document.id,
        "uri": document.uri,
        "title": document.title,
        "text": document.text,
        "media_type": document.media_type,
        "collection": document.collection,
        "metadata": dict(document.metadata),
        "sections": [[s.span.start, s.span.end, list(s.path)] for s in document.sections],
        "pages": [[p.span.start, p.span.end, p.number] for p in document.pages],
        "blocks": [
            [
                b.span.start,
                b.span.end,
                b.kind.value,
                *((b.context_span.start, b.context_span.end) if b.context_span else ()),
            ]
            for b in document.blocks
        ],
    }


def unpack(data: bytes) -> dict[str, Any]:
    """A message: ``{"document": Document}`` or ``{"error": name, "message": text}``.

    Raises:
        ValueError: the bytes are no JSON.
    """
    message: dict[str, Any] = json.loads(data)
    if "document" in message:
        message["document"] = _document(**message["document"])
    return message


def _document(*, sections: list[Any], pages: list[Any], blocks: list[Any], **fields: Any) -> Document:
    return Document(
        **fields,
        sections=tuple(Section(span=Span(a, b), path=tuple(path)) for a, b, path in sections),
        pages=tuple(Page(span=Span(a, b), number=number) for a, b, number in pages),
        blocks=tuple(
            Block(
                span=Span(a, b),
                kind=BlockKind(kind),
                context_span=Span(*context_span) if context_span else None,
            )
            for a, b, kind, *context_span in blocks
        ),
    )
