"""Headings to sections: which text stands under which path of headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ingest.formats.titles import tidy
from rag.errors import DocumentTooLarge
from rag.types import Section, Span

MAX_HEADING = 300  # code points of a heading in a path
_MAX_PATHS = 50_000_000  # code points of all paths of a document, each of which repeats those above it


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading's span, its text and its level (1 the outermost)."""

    span: Span
    text: str
    level: int


def outline(headings: Sequence[Heading], end: int, title: str) -> tuple[Section, ...]:
    """One section a heading, from its line to the next heading or the text's ``end``.

    A heading that repeats the document's title is left out of the paths: each citation carries
    the title already. A heading is cut at ``MAX_HEADING`` code points.

    Raises:
        DocumentTooLarge: long headings nest so deep that their paths outgrow ``_MAX_PATHS``.
    """
    sections: list[Section] = []
    path: list[Heading] = []
    characters = 0
    for heading, following in zip_longest(headings, headings[1:]):
        path = [above for above in path if above.level < heading.level]
        if tidy(heading.text) != title:
            path.append(heading)
        span = Span(heading.span.start, following.span.start if following else end)
        sections.append(Section(span=span, path=tuple(above.text[:MAX_HEADING] for above in path)))
        characters += sum(map(len, sections[-1].path))
        if characters > _MAX_PATHS:
            raise DocumentTooLarge("its headings are too long and nest too deep to be kept with each section")
    return tuple(sections)
