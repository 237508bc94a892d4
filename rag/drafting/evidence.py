"""The numbered evidence that an LLM drafts from: the sentences, items and rows of the best passages.

Each has the reader's word on it: how relevant its passage is to the question, and how far it supports an
answer itself. A drafted sentence can rest only on what the reader accepts (``rag/drafting/keep_rules.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Protocol

from rag.answering.composition.lists import list_at
from rag.answering.composition.parts import Part, sentence_part
from rag.answering.decision import Decision
from rag.answering.selection import sentence_support
from rag.english.words import mentions
from rag.question.analysis import QuestionAnalysis
from rag.reading.context import heading_line, readable_text
from rag.reading.table_rows import blocks_in
from rag.types import BlockKind, Candidate, QuestionForm, Reading, Span, StatementRole

_LISTING = (QuestionForm.LIST, QuestionForm.HOW_TO, QuestionForm.OVERVIEW)
_UNNUMBERED = (BlockKind.HEADING, BlockKind.TABLE_HEADER)


class ReadQuestion(Protocol):
    """A question, or one part of a question, with what was retrieved, read and decided for it."""

    @property
    def analysis(self) -> QuestionAnalysis: ...

    @property
    def candidates(self) -> Sequence[Candidate]: ...

    @property
    def decision(self) -> Decision: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """When the reader accepts a place for a question: the least relevance and support, as logits."""

    min_relevance: float
    min_support: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceUnit:
    """One numbered sentence, item or row.

    ``accepted_for`` holds the indices of the question's parts for which the reader accepts this place.
    """

    number: int
    part: Part
    candidate: Candidate
    accepted_for: frozenset[int]

    @property
    def source(self) -> str:
        """The document's title and the headings above, from the outermost."""
        section = self.part.document.section_at(self.part.span.start)
        return " > ".join(dict.fromkeys(name for name in (self.part.document.title, *section) if name))

    def cited_texts(self) -> list[str]:
        """What is cited with it: its readable text, and the sentences or header it refers to."""
        text = self.part.document.text
        return [self.part.text, *(" ".join(span.slice(text).split()) for span in self.part.cited[1:])]

    def around(self) -> list[str]:
        """The passage that it is of, with the title and headings above."""
        return texts_around(self.candidate)


def texts_around(candidate: Candidate) -> list[str]:
    """A passage's readable text, and the title and headings above it."""
    document, passage = candidate.document, candidate.passage
    return [readable_text(document, passage, passage.span), heading_line(document, passage), document.title]


def collect_evidence(
    found: Sequence[ReadQuestion], *, passages: int, characters: int, acceptance: Acceptance
) -> list[EvidenceUnit]:
    """The units of the best passages, numbered from 1; the parts of a question take turns.

    Args:
        passages: how many passages at most.
        characters: how many code points of units at most; the passage that exceeds them is left out, with
            those after it.
    """
    units: list[EvidenceUnit] = []
    left = characters
    for candidate in _best_passages(found)[:passages]:
        parts = [sentence_part(candidate, sentence) for sentence in _numbered_sentences(candidate)]
        left -= sum(len(part.text) for part in parts)
        if left < 0:
            break
        accepted = [_accepted_spans(question, candidate, acceptance) for question in found]
        for part in parts:
            accepted_for = frozenset(
                index
                for index, (question, spans) in enumerate(zip(found, accepted, strict=True))
                if _is_accepted(part, spans, with_list=question.analysis.form in _LISTING)
            )
            units.append(
                EvidenceUnit(number=len(units) + 1, part=part, candidate=candidate, accepted_for=accepted_for)
            )
    return units


def _best_passages(found: Sequence[ReadQuestion]) -> list[Candidate]:
    """Each passage once, the most relevant first."""
    ranks = zip_longest(*(question.decision.by_relevance for question in found))
    readings = [reading for rank in ranks for reading in rank if reading is not None]
    return list({reading.candidate.passage.id: reading.candidate for reading in readings}.values())


def _numbered_sentences(candidate: Candidate) -> Iterator[Span]:
    """The passage's sentences; headings and header rows aren't any, and stand in citations anyway."""
    for sentence in candidate.passage.sentences:
        kinds = {block.kind for block in blocks_in(candidate.document, sentence)}
        if not kinds or not kinds.issubset(_UNNUMBERED):
            yield sentence


def _accepted_spans(question: ReadQuestion, candidate: Candidate, acceptance: Acceptance) -> tuple[Span, ...]:
    """The passage's sentences that the reader accepts for this question; none of a passage that lacks one of
    its names, since what is said of one agency is no answer on another."""
    reading = _reading_of(question, candidate)
    if reading is None or reading.relevance < acceptance.min_relevance:
        return ()
    around = texts_around(candidate)
    if not all(mentions(around, [name]) for name in question.analysis.names):
        return ()
    support = sentence_support(question.analysis, reading)
    return tuple(
        sentence
        for sentence, logit in zip(candidate.passage.sentences, support, strict=True)
        if logit >= acceptance.min_support
    )


def _reading_of(question: ReadQuestion, candidate: Candidate) -> Reading | None:
    readings = question.decision.ranked
    return next((r for r in readings if r.candidate.passage.id == candidate.passage.id), None)


def _is_accepted(part: Part, spans: Sequence[Span], *, with_list: bool) -> bool:
    """Whether a part is accepted itself or, ``with_list``, as an item of a list of which something is."""
    if any(span.overlaps(part.span) for span in spans):
        return True
    if not with_list or part.role is not StatementRole.ITEM:
        return False
    blocks = list_at(part.document, part.span)
    if blocks is None:
        return False
    of_list = [block.span for block in blocks.blocks]
    of_list += [] if blocks.lead_in is None else [blocks.lead_in]
    return any(span.overlaps(other) for span in spans for other in of_list)
