"""Questions to start with: those that were configured, or some made of the documents' headings.

A made one is suggested only where the service answers it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.ports import Catalog
from rag.types import Answer, Document, Outcome, Question

_DOCUMENTS = 20  # looked at for headings
_TRIED = 16
WANTED = 4
_WORDS = range(2, 12)


def made(catalog: Catalog, collection: str, ask: Callable[[Question], Outcome]) -> list[str]:
    """Up to four questions that a collection's headings raise and its documents answer."""
    records = catalog.list(collection, limit=_DOCUMENTS)
    documents = catalog.documents(record.id for record in records)
    raised = _in_turn([list(_questions(document)) for document in documents.values()])
    found: list[str] = []
    for question in list(dict.fromkeys(raised))[:_TRIED]:
        if isinstance(ask(Question(text=question, collection=collection)), Answer):
            found.append(question)
        if len(found) == WANTED:
            break
    return found


def _questions(document: Document) -> Iterator[str]:
    """Headings that are questions as they are, then what the others are about."""
    headings = [section.path[-1].strip() for section in document.sections if section.path]
    fit = [heading for heading in headings if len(heading.split()) in _WORDS]
    yield from (heading for heading in fit if heading.endswith("?"))
    yield from (f"What is said about “{heading}”?" for heading in fit if heading[-1].isalnum())


def _in_turn(lists: Sequence[Sequence[str]]) -> Iterable[str]:
    """The first of each, then the second of each: no document crowds out the others."""
    longest = max(map(len, lists), default=0)
    return (questions[at] for at in range(longest) for questions in lists if at < len(questions))
