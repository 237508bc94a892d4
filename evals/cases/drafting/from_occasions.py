"""Questions about an occasion: minutes, mails and notes whose title has a date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.cases.drafting.draft import Draft
from evals.cases.drafting.passages import lists, one_line
from evals.cases.drafting.wording import stands_alone
from rag.english.calendar import MONTHS
from rag.types import BlockKind, Document, QuestionForm

_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"
    rf"|\b(?:\d{{1,2}} )?(?:{_MONTH})(?: \d{{1,2}},?)? \d{{4}}\b",
    re.IGNORECASE,
)
_MEETING = re.compile(r"\b(?:meeting|call|session|summit|workshop|conference|assembly)\W*$", re.IGNORECASE)
_PRESENT = frozenset("attendance attendees attending participants present".split())
_NUMBER = re.compile(r"\s*[\[(]?#\d+[\])]?\s*$")
_MIN_NOTE_WORDS = 8
_TOPIC_WORDS = range(2, 13)
_MAX_NOTES = 4


def from_occasions(document: Document) -> Iterator[Draft]:
    """Who was present, and what was said about each item that has notes below it."""
    where = occasion(document.title)
    if where is None:
        return
    yield from _present(document, where)
    for shown in lists(document):
        topic = _NUMBER.sub("", shown.lead).rstrip(".:").strip()
        notes = [item for item in shown.items if len(item.split()) >= _MIN_NOTE_WORDS // 2]
        is_topic = shown.is_nested and len(topic.split()) in _TOPIC_WORDS and stands_alone(topic, at_most=12)
        if not is_topic or not notes or len(notes) > _MAX_NOTES:
            continue
        if sum(len(note.split()) for note in notes) >= _MIN_NOTE_WORDS:
            question = f"What was said about “{topic}” {where}?"
            yield Draft(question=question, quotes=tuple(notes), form=QuestionForm.OVERVIEW)


def occasion(title: str) -> str | None:
    """How a question names the occasion of a document; None where its title has no date."""
    date = _DATE.search(title)
    if date is None:
        return None
    name = title[: date.start()].strip(" -–—,:")
    if _MEETING.search(name) and date.end() == len(title.rstrip()):
        return f"at the {name} of {date[0]}"
    return f"in “{title}”"


def _present(document: Document, where: str) -> Iterator[Draft]:
    for section in document.sections:
        if not section.path or section.path[-1].strip(" :").casefold() not in _PRESENT:
            continue
        people = tuple(
            one_line(block.span.slice(document.text))
            for block in document.blocks
            if block.kind is BlockKind.LIST_ITEM and section.span.contains(block.span)
        )
        if 2 <= len(people) <= 20:
            yield Draft(question=f"Who was present {where}?", quotes=people, form=QuestionForm.LIST)
            return
