"""A document and its passages as JSON and back, to pass between processes.

Unlike a pickle, reading it runs no code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rag.types import Block, BlockKind, Document, Mention, Page, Passage, Section, Span


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


def pack_passages(passages: Sequence[Passage]) -> list[list[list[int]]]:
    """Passages as JSON values: the spans of each, of its sentences, context spans and mentions, all flat."""
    return [
        [
            [passage.span.start, passage.span.end],
            _flat(passage.sentences),
            _flat(passage.context_spans),
            _flat(span for mention in passage.mentions for span in (mention.span, mention.antecedent)),
        ]
        for passage in passages
    ]


def unpack(data: bytes) -> dict[str, Any]:
    """A message: ``{"document": Document, "passages": tuple}`` or ``{"error": name, "message": text}``.

    Without ``passages`` where none were asked for.

    Raises:
        ValueError: the bytes are no JSON.
    """
    message: dict[str, Any] = json.loads(data)
    if "document" in message:
        message["document"] = _document(**message["document"])
        if "passages" in message:
            message["passages"] = tuple(_passage(message["document"], *each) for each in message["passages"])
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


def _passage(
    document: Document, span: list[int], sentences: list[int], context_spans: list[int], mentions: list[int]
) -> Passage:
    pairs = iter(_spans(mentions))
    return Passage(
        document_id=document.id,
        version=document.sha256,
        span=Span(*span),
        sentences=_spans(sentences),
        context_spans=_spans(context_spans),
        mentions=tuple(
            Mention(span=own, antecedent=antecedent) for own, antecedent in zip(pairs, pairs, strict=True)
        ),
        collection=document.collection,
    )


def _flat(spans: Iterable[Span]) -> list[int]:
    return [offset for span in spans for offset in (span.start, span.end)]


def _spans(offsets: Sequence[int]) -> tuple[Span, ...]:
    return tuple(map(Span, offsets[::2], offsets[1::2]))
