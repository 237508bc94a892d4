"""Suggested questions, made from the headings of a collection's documents.

Most headings make no sensible question, so one is suggested only if the service gives it a sure answer with
a citation from the section of that heading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.ports.catalog import Catalog
from rag.types import Answer, Certainty, Document, Outcome, Question

MAX_SUGGESTIONS = 4
_MAX_DOCUMENTS = 20  # whose headings are used
_MAX_TRIED = 40  # questions asked
_QUESTION_WORDS = range(2, 12)  # number of words of a heading that is a question
_MAX_NAME_WORDS = 4  # of a heading that is a name

QuestionAndHeading = tuple[str, str]


def suggest_questions(catalog: Catalog, collection: str, ask: Callable[[Question], Outcome]) -> list[str]:
    """At most ``MAX_SUGGESTIONS`` questions made from headings and answered from their sections."""
    records = catalog.list(collection, limit=_MAX_DOCUMENTS)
    documents = catalog.documents(record.id for record in records)
    headings = dict(_interleaved([list(_questions_of(document)) for document in documents.values()]))
    suggestions: list[str] = []
    for question, heading in list(headings.items())[:_MAX_TRIED]:
        if len(suggestions) == MAX_SUGGESTIONS:
            break
        if _is_answered_from(heading, ask(Question(text=question, collection=collection))):
            suggestions.append(question)
    return suggestions


def _is_answered_from(heading: str, outcome: Outcome) -> bool:
    if not isinstance(outcome, Answer) or outcome.certainty is not Certainty.SURE:
        return False
    return any(c.section and c.section[-1].strip() == heading for c in outcome.citations)


def _questions_of(document: Document) -> Iterator[QuestionAndHeading]:
    """Headings that are questions as they are; then ``What is NAME?`` of those that look like a name."""
    headings = [section.path[-1].strip() for section in document.sections if section.path]
    yield from ((h, h) for h in headings if h.endswith("?") and len(h.split()) in _QUESTION_WORDS)
    yield from ((f"What is {h}?", h) for h in headings if _is_name(h))


def _is_name(heading: str) -> bool:
    words = heading.split()
    return (
        0 < len(words) <= _MAX_NAME_WORDS
        and heading[-1].isalnum()
        and all(not word[0].islower() for word in words[1:])
    )


def _interleaved(lists: Sequence[Sequence[QuestionAndHeading]]) -> Iterable[QuestionAndHeading]:
    """The first of each list, then the second of each, so that every document has its share."""
    longest = max(map(len, lists), default=0)
    return (items[index] for index in range(longest) for items in lists if index < len(items))
