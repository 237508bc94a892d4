"""Questions that headings ask, or that say how something is done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.cases.drafting.draft import Draft
from evals.cases.drafting.passages import lists, prose_sentences
from evals.cases.drafting.wording import asked_by_reader, lowered_title, stands_alone
from rag.english.action_verbs import ACTION_VERBS, ACTION_VERBS_ALSO_NOUNS, NOUNS_IN_ING, gerund_base
from rag.question.form import question_form
from rag.types import Document, QuestionForm, Section

_LEADING = re.compile(
    r"^(?:\d+(?:\.\d+)*[.)]?|(?:chapter|lesson|part|section|step)\s+\w+[:.]?)\s+", re.IGNORECASE
)
_HOW_TO = re.compile(r"^how to (?P<what>.+)$", re.IGNORECASE)
_QUESTION_WORDS = range(4, 19)
_HEADING_WORDS = range(2, 9)
_MIN_EVIDENCE_WORDS = 5
_OPENS_A_QUESTION = re.compile(
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|may|must|should"
    r"|will|has|have)\b",
    re.IGNORECASE,
)


def from_headings(document: Document) -> Iterator[Draft]:
    """A question for each heading that is one, or names an action, with what its section says first."""
    for section in document.sections:
        heading = _LEADING.sub("", section.path[-1].strip().rstrip(".:")) if section.path else ""
        question = _question(heading, document)
        if question is not None:
            draft = _answered(question, document, section)
            if draft is not None:
                yield draft


def _question(heading: str, document: Document) -> str | None:
    if heading.endswith("?"):
        is_whole = len(heading.split()) in _QUESTION_WORDS and _OPENS_A_QUESTION.match(heading)
        return heading if is_whole and stands_alone(heading[:-1], at_least=4, at_most=18) else None
    if len(heading.split()) not in _HEADING_WORDS or not stands_alone(heading):
        return None
    how_to = _HOW_TO.match(heading)
    if how_to is not None:
        return asked_by_reader(f"How do I {lowered_title(how_to['what'], document.text)}?")
    first, _, rest = heading.partition(" ")
    base = gerund_base(first.casefold(), ACTION_VERBS - ACTION_VERBS_ALSO_NOUNS)
    if base is None or first.casefold() in NOUNS_IN_ING or "(" in rest or _is_noun(first, document):
        return None
    return asked_by_reader(f"How do I {base} {lowered_title(rest, document.text)}?")


def _is_noun(word: str, document: Document) -> bool:
    """Whether a word in -ing belongs to a noun in this document: "an approving official"."""
    as_noun = rf"\b(?:an?|the|his/her|your)\s+{re.escape(word)}\b"
    return re.search(as_noun, document.text, re.IGNORECASE) is not None


def _answered(question: str, document: Document, section: Section) -> Draft | None:
    form = question_form(question)
    text = list(prose_sentences(document, section.span))
    first = next((line for line in text if len(line.split()) >= _MIN_EVIDENCE_WORDS), None)
    if first is None:
        return None
    if form is QuestionForm.YES_NO:
        said = text[0].split()[0].strip(".,;:!").casefold()
        if said not in {"yes", "no"}:
            return None
        return Draft(question=question, quotes=(first,), form=form, polarity=said)
    shown = next(lists(document, section.span), None)
    if shown is not None and first.endswith(":"):
        form = QuestionForm.HOW_TO if form is QuestionForm.HOW_TO else QuestionForm.LIST
        return Draft(question=question, quotes=shown.items, form=form)
    if first.endswith(":"):
        return None
    # What is the right short answer a rule can't tell: the evidence decides.
    return Draft(
        question=question, quotes=(first,), form=QuestionForm.OVERVIEW if form is QuestionForm.FACT else form
    )
