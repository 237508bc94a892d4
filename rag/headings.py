"""What stands over a passage: its document's title and the path of headings, as indexes and reader get them.

A title says what a text is about where its words don't ("It was founded in 1842."): it is embedded with
every sentence (docs/decisions/retrieval.md) and read before every passage (docs/decisions/running-models.md).
"""

from __future__ import annotations

from rag.types import Document, Passage


def headings(document: Document, passage: Passage) -> tuple[str, ...]:
    """Title and heading path of a passage, outermost first, a heading equal to the title once."""
    path = document.section_at(passage.span.start)
    return tuple(dict.fromkeys(part for part in (document.title, *path) if part.strip()))


def prefix(headings: tuple[str, ...]) -> str:
    """What goes before a text: ``title: ``, or ``title. heading > heading: ``; "" without any."""
    if not headings:
        return ""
    title, *path = headings
    return f"{title}. {' > '.join(path)}: " if path else f"{title}: "
