"""A document as JSON in pieces, so that a slow client of a long one holds no copy of it.

The pieces together are ``rag.wire.documents.DocumentOut``. All responses of one document share its text; how
much text is being sent at once is bounded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from threading import Lock

from pydantic import BaseModel
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from rag.errors import Busy
from rag.ports.catalog import OriginalRecord
from rag.types import Document, Span
from rag.wire.convert import block_out, document_out, page_out, section_out

_PIECE = 32_768  # code points of text in a piece
_ITEMS = 200  # sections, pages or blocks in a piece
_PIECEWISE = {"text", "sections", "pages", "blocks"}
MAX_CHARACTERS = 100_000_000
"""Code points of the documents that are being sent at once; a single longer one is sent alone."""


class Sending:
    """Counts the text that is being sent. Safe to use from many threads."""

    def __init__(self, characters: int = MAX_CHARACTERS) -> None:
        self._limit = characters
        self._sent = 0
        self._lock = Lock()

    @contextmanager
    def counted(self, characters: int) -> Iterator[None]:
        """Counts so much text while the block runs. Raises Busy where it is too much beside the rest."""
        with self._lock:
            if self._sent and self._sent + characters > self._limit:
                raise Busy("too many long documents are being read; ask again in a moment")
            self._sent += characters
        try:
            yield
        finally:
            with self._lock:
                self._sent -= characters


class DocumentResponse(StreamingResponse):
    """A document, or the part of it in a span; its text counts as sent until the response ends.

    Raises:
        Busy: when it begins, before anything is sent.
    """

    def __init__(
        self, document: Document, span: Span, sending: Sending, original: OriginalRecord | None = None
    ) -> None:
        super().__init__(document_pieces(document, span, original), media_type="application/json")
        self._counted = sending.counted(len(document.text))
        self._counted.__enter__()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._counted.__exit__(None, None, None)


def document_pieces(
    document: Document, span: Span, original: OriginalRecord | None = None
) -> Iterator[bytes]:
    """The JSON of ``DocumentOut`` with the text of a span, and its sections, pages and blocks."""
    fields = document_out(document, Span(0, 0), original).model_dump(exclude=_PIECEWISE, mode="json")
    fields["start"] = span.start
    yield json.dumps(fields)[:-1].encode("ascii") + b', "text": "'
    for start in range(span.start, span.end, _PIECE):
        text = document.text[start : min(start + _PIECE, span.end)]
        # A lone surrogate has no UTF-8; as ``\udXXX`` it is JSON.
        yield json.dumps(text, ensure_ascii=False)[1:-1].encode("utf-8", "backslashreplace")
    yield b'", "sections": ['
    yield from _list(section_out(section) for section in document.sections if _is_in(section.span, span))
    yield b'], "pages": ['
    yield from _list(page_out(page) for page in document.pages if _is_in(page.span, span))
    yield b'], "blocks": ['
    yield from _list(block_out(block) for block in document.blocks if _is_in(block.span, span))
    yield b"]}"


def _is_in(part: Span, span: Span) -> bool:
    return part.overlaps(span)


def _list(items: Iterable[BaseModel]) -> Iterator[bytes]:
    """The items of a JSON array, some in each piece."""
    rest = iter(items)
    separator = ""
    while piece := list(islice(rest, _ITEMS)):
        yield (separator + ", ".join(item.model_dump_json() for item in piece)).encode()
        separator = ", "
