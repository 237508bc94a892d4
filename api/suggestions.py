"""Suggested questions: those that people would ask, and that the service answers well.

They are made of what the collection holds: questions asked most, headings and lines that are questions, and
the keys of tables. Each is asked, and kept only if the answer comes from the place that the question is of.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rag.english.function_words import PREPOSITIONS, QUESTION_WORDS
from rag.english.verbs import AUXILIARIES
from rag.english.words import content_words
from rag.ports.catalog import Catalog
from rag.ports.feedback import Feedback
from rag.reading.table_rows import named_cells
from rag.types import (
    Answer,
    Block,
    BlockKind,
    Certainty,
    Document,
    Outcome,
    Question,
    Span,
    StatementRole,
)

MAX_SUGGESTIONS = 4
_MAX_DOCUMENTS = 100  # whose questions are used
_MAX_TRIED = 16  # questions asked
_WORDS = range(4, 15)  # of a question
_CONFIDENCE = 0.75  # of an answer that is only likely, where it comes from the question's own place
_ALIKE = 2 / 3  # of the content words of the question that has fewer
_QUESTIONS_OF_A_FAQ = 3  # at least
_MAX_KEY_WORDS = 4
_SECONDS = 10.0  # after which no further question is tried
_MIN_ASKED = 3  # helpful answers to a question that make it one of those asked most
_LETTERS_OF_A_KEY = re.compile(r"[^\W\d_]{2}")
_NUMBERING = re.compile(r"^(?:[Qq]\s?\d*[.:)]|\d+(?:\.\d+)*[.:)]?|[-*+•])\s+")
_MARKUP = re.compile(r"[*_`#]+")
# Columns that a question can name: "What is the price of …?"
_ASKED_COLUMNS = frozenset(
    """address amount budget capacity charge cost deadline default deposit depth discount distance duration
    email extension fare fee height interval length limit maximum minimum owner percentage period phone port
    premium price rate rent salary size speed surcharge temperature time timeout unit value version volume
    weight width""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A question and the place that should answer it; None: any place does."""

    text: str
    document_id: str = ""
    place: Span | None = None


def suggest_questions(
    catalog: Catalog, collection: str, ask: Callable[[Question], Outcome], *, asked: Sequence[str] = ()
) -> list[str]:
    """At most ``MAX_SUGGESTIONS`` questions, each asked and answered here; none rather than a bad one.

    Args:
        asked: what readers asked most, the most first.
    """
    records = catalog.list(collection, limit=_MAX_DOCUMENTS)
    documents = catalog.documents(record.id for record in records)
    suggestions: list[str] = []
    end = time.monotonic() + _SECONDS
    candidates = _candidates(list(documents.values()), asked)
    for candidate in islice(candidates, _MAX_TRIED):
        is_new = not any(_are_alike(candidate.text, suggested) for suggested in suggestions)
        if is_new and _is_answered_well(candidate, ask(Question(text=candidate.text, collection=collection))):
            suggestions.append(candidate.text)
        if len(suggestions) == MAX_SUGGESTIONS or time.monotonic() > end:
            break
    return suggestions


def most_asked(feedback: Iterable[Feedback], collection: str) -> list[str]:
    """The questions of a collection whose answers helped readers several times, the most often first."""
    first: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for entry in feedback:
        if entry.helpful and entry.answer and entry.collection == collection:
            folded = entry.question.casefold().strip()
            first.setdefault(folded, entry.question.strip())
            counts[folded] += 1
    return [first[folded] for folded, count in counts.most_common() if count >= _MIN_ASKED]


def _candidates(documents: Sequence[Document], asked: Sequence[str]) -> Iterator[_Candidate]:
    """Those asked most first, then one of each document in turn; none that two places would answer."""
    of_documents = [[*_question_headings(d), *_question_lines(d), *_table_questions(d)] for d in documents]
    counts = Counter(candidate.text.casefold() for candidates in of_documents for candidate in candidates)
    own = [[c for c in candidates if counts[c.text.casefold()] == 1] for candidates in of_documents]
    yield from (_Candidate(text=text) for text in asked if len(text.split()) in _WORDS)
    yield from _interleaved(own)


def _is_answered_well(candidate: _Candidate, outcome: Outcome) -> bool:
    """Wholly and surely; where the answer is from the question's own place, with enough confidence."""
    if not isinstance(outcome, Answer) or outcome.unanswered or outcome.conflicts or outcome.is_drafted:
        return False
    if candidate.place is None:
        return outcome.certainty is Certainty.SURE
    if outcome.certainty is not Certainty.SURE and outcome.confidence < _CONFIDENCE:
        return False
    first = [outcome.citations[statement.citations[0]] for statement in outcome.statements]
    shows_more = any(statement.role is not StatementRole.HEADING for statement in outcome.statements)
    return shows_more and all(
        citation.document_id == candidate.document_id and candidate.place.overlaps(citation.span)
        for citation in first
    )


def _question_headings(document: Document) -> Iterator[_Candidate]:
    """Headings that are questions, answered by their sections."""
    for section in document.sections:
        text = _tidy(section.path[-1]) if section.path else ""
        if _is_question(text):
            yield _Candidate(text=text, document_id=document.id, place=section.span)


def _question_lines(document: Document) -> list[_Candidate]:
    """Paragraphs that are one question, answered by the block after it; a FAQ has several of them."""
    candidates: list[_Candidate] = []
    for block, answer in zip(document.blocks, document.blocks[1:], strict=False):
        is_line = block.kind is BlockKind.PARAGRAPH
        text = _tidy(block.span.slice(document.text)) if is_line and len(block.span) < 200 else ""
        if _is_question(text) and answer.kind is not BlockKind.HEADING:
            candidates.append(_Candidate(text=text, document_id=document.id, place=answer.span))
    return candidates if len(candidates) >= _QUESTIONS_OF_A_FAQ else []


def _table_questions(document: Document) -> Iterator[_Candidate]:
    """For each table: a column that a question can name, of its first row."""
    previous: Span | None = None
    for block in document.blocks:
        if block.kind is BlockKind.TABLE_ROW and block.context_span != previous:
            previous = block.context_span
            text = _table_question(document, block)
            if text is not None:
                yield _Candidate(text=text, document_id=document.id, place=block.span)


def _table_question(document: Document, row: Block) -> str | None:
    """``What is the price of Margherita?`` of a row; None where that would be no good question."""
    cells = [
        (name.strip(), cell.slice(document.text)) for name, cell in named_cells(document.text, row) or []
    ]
    if len(cells) < 2:
        return None
    key = cells[0][1]
    is_name = _LETTERS_OF_A_KEY.search(key) and len(key.split()) <= _MAX_KEY_WORDS and "|" not in key
    for name, value in cells[1:]:
        words = name.casefold().split()
        if is_name and value and words and words[-1] in _ASKED_COLUMNS and len(words) <= 3:
            return f"What is the {name.lower() if name.istitle() else name} of {key}?"
    return None


def _is_question(text: str) -> bool:
    """Whether a text is one whole question: "Why the rush?" isn't, for want of a verb."""
    words = [word.strip(",;:?!\"'“”’()").casefold() for word in text.split()]
    if len(words) not in _WORDS or not text.endswith("?") or text.count("?") > 1 or text.isupper():
        return False
    is_led_in = words[0] in PREPOSITIONS and words[1] in QUESTION_WORDS
    begins = words[0] in QUESTION_WORDS or words[0] in AUXILIARIES or is_led_in
    return begins and not AUXILIARIES.isdisjoint(words)


def _are_alike(one: str, other: str) -> bool:
    """Whether two questions have most of their content words in common."""
    words, others = set(content_words(one)), set(content_words(other))
    return len(words & others) >= _ALIKE * min(len(words), len(others))


def _tidy(text: str) -> str:
    """On one line, without numbering and Markdown's marks."""
    return _NUMBERING.sub("", " ".join(_MARKUP.sub("", text).split()))


def _interleaved(lists: Sequence[Sequence[_Candidate]]) -> Iterable[_Candidate]:
    """The first of each list, then the second of each, so that every document has its share."""
    longest = max(map(len, lists), default=0)
    return (items[index] for index in range(longest) for items in lists if index < len(items))
