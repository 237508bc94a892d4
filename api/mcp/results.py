"""What ``search`` and ``fetch`` return, in the shape that deep-research clients read.

https://platform.openai.com/docs/mcp: ``search`` gives ``results`` of ``id``, ``title`` and ``url``; ``fetch``
gives ``id``, ``title``, ``text``, ``url`` and ``metadata``.
"""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

from api.links import Links
from api.markdown.writer import source_title
from rag.wire.documents import DocumentOut
from rag.wire.searching import SearchOut

WINDOW = 20_000  # code points of a document that are fetched at once
_PLACE = re.compile(r"(?P<document>.+)#(?P<start>\d+)-(?P<end>\d+)", re.S)


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True)


class Found(_Result):
    """A passage that may hold the answer."""

    id: str = Field(description="for `fetch`")
    title: str = Field(description="the document's title, and the headings above the passage")
    url: str = Field(description="a page with the passage marked, to cite it")
    text: str = Field(description="the passage")


class SearchResults(_Result):
    """Passages, best first."""

    results: list[Found]


class Fetched(_Result):
    """A document's text, or the part of a long one around a passage."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, str] = Field(
        description="`uri`, `version`, `start`, `end` and `characters` of the whole text, `next`: the id to "
        "fetch what follows; and the document's own"
    )


def found(results: SearchOut, links: Links) -> SearchResults:
    """The passages of a search."""
    citations = [result.citation for result in results.results]
    return SearchResults(
        results=[
            Found(
                id=place_id(c.document_id, c.start, c.end),
                title=source_title(c),
                url=links.citation(c),
                text=c.quote,
            )
            for c in citations
        ]
    )


def fetched(document: DocumentOut, id_: str, links: Links) -> Fetched:
    """The part of a document that an id names.

    Args:
        id_: the document's, or a place in it as ``place_id`` writes it.
    """
    _, span = parse_id(id_)
    length = len(document.text)
    start, end = window(length, *(span or (0, 0)))
    marked = span or (0, end)
    metadata = {
        **document.metadata,
        "uri": document.uri,
        "version": document.version,
        "collection": document.collection,
        "start": str(start),
        "end": str(end),
        "characters": str(length),
    }
    if end < length:
        metadata["next"] = place_id(document.id, end, min(end + WINDOW, length))
    return Fetched(
        id=id_,
        title=document.title,
        text=document.text[start:end],
        url=links.document(document, *marked),
        metadata=metadata,
    )


def window(length: int, start: int, end: int) -> tuple[int, int]:
    """The part of a text to fetch: all of it, or ``WINDOW`` code points around a span or from its start.

    >>> window(100, 3, 9), window(100_000, 50_000, 50_100), window(100_000, 20_000, 40_000)
    ((0, 100), (40050, 60050), (20000, 40000))
    """
    if length <= WINDOW:
        return 0, length
    start, end = min(start, length), min(end, length)
    first = start if end - start >= WINDOW else max(0, (start + end - WINDOW) // 2)
    first = min(first, length - WINDOW)
    return first, first + WINDOW


def place_id(document_id: str, start: int, end: int) -> str:
    """The id of a passage: its document and its code points."""
    return f"{document_id}#{start}-{end}"


def parse_id(id_: str) -> tuple[str, tuple[int, int] | None]:
    """The document's id, and the span where the id names one.

    >>> parse_id("handbook#3-9"), parse_id("handbook")
    (('handbook', (3, 9)), ('handbook', None))
    """
    match = _PLACE.fullmatch(id_)
    if match is None:
        return id_, None
    return match["document"], (int(match["start"]), int(match["end"]))
