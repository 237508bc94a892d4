"""Questions to start with: those that were configured, or some made of the documents' headings.

Most headings make no question anybody would ask. So a made one is suggested only where the service
answers it, and from the very section that raised it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.ports.catalog import Catalog
from rag.types import Answer, Document, Outcome, Question

WANTED = 4
_DOCUMENTS = 20  # looked at for headings
_TRIED = 40
_WORDS = range(2, 12)  # of a heading that is a question
_NAME = 4  # words at most of one that names something

Raised = tuple[str, str]
"""A question and the heading it is made of."""


def made(catalog: Catalog, collection: str, ask: Callable[[Question], Outcome]) -> list[str]:
    """Up to four questions that a collection's headings raise and their sections answer."""
    records = catalog.list(collection, limit=_DOCUMENTS)
    documents = catalog.documents(record.id for record in records)
    raised = dict(_in_turn([list(_raised(document)) for document in documents.values()]))
    found: list[str] = []
    for question, heading in list(raised.items())[:_TRIED]:
        if len(found) < WANTED and _answered(ask(Question(text=question, collection=collection)), heading):
            found.append(question)
    return found


def _answered(outcome: Outcome, heading: str) -> bool:
    return isinstance(outcome, Answer) and any(
        citation.section and citation.section[-1].strip() == heading for citation in outcome.citations
    )


def _raised(document: Document) -> Iterator[Raised]:
    """Headings that are questions, as they are; then what those are that look like a name."""
    headings = [section.path[-1].strip() for section in document.sections if section.path]
    yield from ((h, h) for h in headings if h.endswith("?") and len(h.split()) in _WORDS)
    yield from ((f"What is {h}?", h) for h in headings if _is_name(h))


def _is_name(heading: str) -> bool:
    words = heading.split()
    return (
        0 < len(words) <= _NAME and heading[-1].isalnum() and all(not word[0].islower() for word in words[1:])
    )


def _in_turn(lists: Sequence[Sequence[Raised]]) -> Iterable[Raised]:
    """The first of each, then the second of each: no document crowds out the others."""
    longest = max(map(len, lists), default=0)
    return (raised[at] for at in range(longest) for raised in lists if at < len(raised))
