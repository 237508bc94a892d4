"""A decision to an answer in the asked-for unit: which parts of the documents it is composed of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.answering.composition.link_target import with_link_target
from rag.answering.composition.lists import MAX_AHEAD, BlockList, list_at, part_at
from rag.answering.composition.parts import (
    MAX_QUOTE,
    Part,
    block_part,
    bounded,
    in_order,
    sentence_part,
    span_part,
    without_bullet,
)
from rag.answering.decision import Decision
from rag.answering.selection import sentence_support, supported_sentences
from rag.question.analysis import QuestionAnalysis
from rag.reading.table_rows import blocks_in, in_table
from rag.types import (
    AnswerUnit,
    BlockKind,
    Candidate,
    Document,
    QuestionForm,
    Reading,
    Span,
    SpanAnswer,
    StatementRole,
)

MAX_ITEMS = 20  # items or rows that an answer shows
_PROSE = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE)
_PARAGRAPH_WORDS = 90  # up to which the best sentence's paragraph is shown whole
_SENTENCES = 3  # that an answer cites at most
_STEP_SENTENCES = 8  # of a procedure that is no list
_STEPS_WITHIN = 2.5  # logits below its best sentence, for the other sentences of a procedure
_SECTION_WORDS = 220  # of an overview
# A list is shown whole where two or more of its items, and this share of all, have about the best support.
_LIST_WITHIN = 2.0  # logits below the best sentence
_LIST_WITHIN_SURE = 1.0  # where a fact's short answer is shown otherwise
_LIST_SHARE = 0.5
_COUNTED = (StatementRole.ITEM, StatementRole.ROW)
_POLARITY = 0.8  # probability of yes or of no from which it is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """An answer's unit and parts. ``text`` is its short answer, yes or no; None where the parts speak.

    ``span`` is set where ``text`` is a short answer, ``polarity`` (its probability) where it is yes or no;
    ``item_count`` as in ``Answer``.
    """

    unit: AnswerUnit
    parts: tuple[Part, ...]
    text: str | None = None
    span: SpanAnswer | None = None
    polarity: float | None = None
    item_count: int | None = None


def compose(
    analysis: QuestionAnalysis, decision: Decision, reading: Reading, *, short_answer: SpanAnswer | None
) -> Composition:
    """The composition for a question's form and what the best passage holds.

    Args:
        reading: the decision's.
        short_answer: the refined short answer; None where it is not right so probably that it is shown.
    """
    support = sentence_support(analysis, reading)
    if short_answer is not None:
        short_answer = with_link_target(analysis.standalone, short_answer)
    is_short = analysis.form is QuestionForm.FACT and short_answer is not None
    evident = _evident_list(analysis, reading, support, _LIST_WITHIN_SURE if is_short else _LIST_WITHIN)
    match analysis.form:
        case QuestionForm.OVERVIEW:
            return _section(reading, support)
        case _ if evident is not None:
            return evident
        case QuestionForm.YES_NO:
            return _yes_no(decision, reading, support)
        case QuestionForm.LIST:
            listed = _list(reading, support)
            if listed is not None:
                return listed
            if short_answer is not None:
                return _short_answer(short_answer)
            return _sentences(decision, reading, support, limit=2 * _SENTENCES)
        case QuestionForm.HOW_TO:
            return _steps(reading, support)
        case QuestionForm.DEFINITION:
            defined = _definition(reading, support) or _sentences(decision, reading, support)
            return defined if short_answer is None else _with_short_answer(defined, short_answer)
        case QuestionForm.FACT if short_answer is not None:
            return _short_answer(short_answer)
        case QuestionForm.FACT:
            return _sentences(decision, reading, support, whole_paragraph=False)
        case _:
            return _sentences(decision, reading, support)


def _short_answer(answer: SpanAnswer) -> Composition:
    """With the sentences that hold it; the span itself where it is in a context span."""
    sentences = [s for s in answer.candidate.passage.sentences if s.overlaps(answer.span)]
    return Composition(
        unit=AnswerUnit.SHORT_ANSWER,
        parts=tuple(sentence_part(answer.candidate, sentence) for sentence in sentences or [answer.span]),
        text=without_bullet(answer.text),
        span=answer,
    )


def _with_short_answer(defined: Composition, answer: SpanAnswer) -> Composition:
    """A short answer above the definition that holds it, else above its own sentences."""
    short = _short_answer(answer)
    document = answer.candidate.document
    holds = any(part.document.id == document.id and part.span.overlaps(answer.span) for part in defined.parts)
    return replace(short, parts=defined.parts) if holds else short


def _sentences(
    decision: Decision,
    reading: Reading,
    support: Sequence[float],
    *,
    limit: int = _SENTENCES,
    whole_paragraph: bool = True,
) -> Composition:
    """The supported sentences of the best passage; of a likely answer also one of a passage as relevant.

    With ``whole_paragraph`` the rest of the best one's paragraph too, where that is short.
    """
    parts = _supported_parts(reading, support, limit=limit, whole_paragraph=whole_paragraph)
    if decision.second is not None:
        parts += _supported_parts(decision.second, decision.second.support, limit=1, whole_paragraph=False)
    rows = [part for part in parts if part.role is StatementRole.ROW]
    unit = AnswerUnit.ROWS if len(rows) == len(parts) else AnswerUnit.SENTENCES
    return Composition(unit=unit, parts=tuple(_distinct(parts)))


def _supported_parts(
    reading: Reading, support: Sequence[float], *, limit: int, whole_paragraph: bool
) -> list[Part]:
    sentences = reading.candidate.passage.sentences
    chosen = {sentences[number] for number in supported_sentences(support, limit=limit)}
    if whole_paragraph:
        chosen.update(_paragraph(reading.candidate, sentences[_argmax(support)]))
    return [sentence_part(reading.candidate, s) for s in sorted(chosen, key=lambda s: s.start)]


def _paragraph(candidate: Candidate, sentence: Span) -> list[Span]:
    """The sentences of a sentence's paragraph or list item; none where it is long."""
    document = candidate.document
    blocks = [b for b in blocks_in(document, sentence) if b.kind in _PROSE]
    if not blocks or len(blocks[0].span) > MAX_QUOTE:
        return []
    if len(blocks[0].span.slice(document.text).split()) > _PARAGRAPH_WORDS:
        return []
    return [s for s in candidate.passage.sentences if blocks[0].span.overlaps(s)]


def _distinct(parts: Sequence[Part]) -> list[Part]:
    """Each text once: another document may say the same."""
    first: dict[str, Part] = {}
    for part in parts:
        first.setdefault(part.text, part)
    return list(first.values())


def _yes_no(decision: Decision, reading: Reading, support: Sequence[float]) -> Composition:
    sentences = _sentences(decision, reading, support)
    polarity = reading.polarity
    if polarity is None or max(polarity.yes, polarity.no) < _POLARITY:
        return sentences
    text = "Yes" if polarity.yes > polarity.no else "No"
    return Composition(
        unit=AnswerUnit.YES_NO,
        parts=sentences.parts,
        text=text,
        polarity=max(polarity.yes, polarity.no),
    )


def _evident_list(
    analysis: QuestionAnalysis, reading: Reading, support: Sequence[float], within: float
) -> Composition | None:
    """The whole list, whatever the question's form, where the support is spread over its items.

    "Which entry wins, and what comes after it?" asks for a list in other words.
    """
    document, sentences = reading.candidate.document, reading.candidate.passage.sentences
    best = sentences[_argmax(support)]
    blocks = list_at(document, best)
    if blocks is None or blocks.kind is not BlockKind.LIST_ITEM:
        return None
    blocks = _bounded(blocks, best)
    numbers = supported_sentences(support, limit=len(support), within=within)
    supported = [item for item in blocks.items if any(item.span.overlaps(sentences[n]) for n in numbers)]
    if len(supported) < max(2, _LIST_SHARE * len(blocks.items)):
        return None
    unit = AnswerUnit.STEPS if analysis.form is QuestionForm.HOW_TO else AnswerUnit.LIST
    return _block_list(document, blocks, best, unit)


def _list(reading: Reading, support: Sequence[float]) -> Composition | None:
    """The whole list, or the supported rows of the table, that the best sentence is part of or leads into."""
    document = reading.candidate.document
    best = reading.candidate.passage.sentences[_argmax(support)]
    blocks = list_at(document, best)
    if blocks is None:
        return None
    if blocks.kind is BlockKind.TABLE_ROW:
        return _rows(reading, support, blocks)
    return _block_list(document, _bounded(blocks, best), best, AnswerUnit.LIST)


def _bounded(blocks: BlockList, best: Span) -> BlockList:
    """The list, or of a nested one too long to be shown whole the part that the best sentence is in."""
    return part_at(blocks, best) if len(blocks.items) > MAX_ITEMS else blocks


def _rows(reading: Reading, support: Sequence[float], table: BlockList) -> Composition:
    """The supported rows; where only what leads into the table supports, its first ones."""
    candidate = reading.candidate
    numbers = supported_sentences(support, limit=MAX_ITEMS, within=_STEPS_WITHIN)
    sentences = [candidate.passage.sentences[number] for number in numbers]
    parts = [sentence_part(candidate, s) for s in sentences if in_table(candidate.document, s)]
    if not parts:
        parts = [block_part(candidate.document, row) for row in table.items[:MAX_ITEMS]]
    return Composition(unit=AnswerUnit.ROWS, parts=tuple(parts), item_count=max(len(table.items), len(parts)))


def _block_list(document: Document, blocks: BlockList, best: Span, unit: AnswerUnit) -> Composition:
    lead_in = [] if blocks.lead_in is None else [span_part(document, blocks.lead_in, StatementRole.LEAD_IN)]
    items = blocks.items
    first = 0
    if len(items) > MAX_ITEMS:
        at = max((n for n, item in enumerate(items) if item.span.start <= best.start), default=0)
        first = max(0, min(at - MAX_ITEMS // 2, len(items) - MAX_ITEMS))
    after = first + MAX_ITEMS
    end = items[after].span.start if after < len(items) else blocks.blocks[-1].span.end
    shown = [block for block in blocks.blocks if items[first].span.start <= block.span.start < end]
    parts = [*lead_in, *(block_part(document, block) for block in shown)]
    return Composition(unit=unit, parts=tuple(parts), item_count=len(items))


def _steps(reading: Reading, support: Sequence[float]) -> Composition:
    """The whole procedure: a list's items, else the supported sentences with what stands between them."""
    candidate = reading.candidate
    document, passage = candidate.document, candidate.passage
    best = passage.sentences[_argmax(support)]
    blocks = list_at(document, best)
    if blocks is not None and blocks.kind is BlockKind.LIST_ITEM:
        return _block_list(document, blocks, best, AnswerUnit.STEPS)
    numbers = supported_sentences(support, limit=_STEP_SENTENCES, within=_STEPS_WITHIN)
    for number in numbers:
        blocks = list_at(document, passage.sentences[number])
        if blocks is not None and blocks.kind is BlockKind.LIST_ITEM:
            listed = _block_list(document, blocks, passage.sentences[number], AnswerUnit.STEPS)
            around = [sentence_part(candidate, passage.sentences[n]) for n in numbers]
            parts = in_order([*listed.parts, *around])
            items = sum(part.role in _COUNTED for part in parts)  # of another list or a table, too
            return replace(listed, parts=tuple(parts), item_count=max(listed.item_count or 0, items))
    chosen = sorted({*numbers, *(n for a, b in pairwise(numbers) if b - a == 2 for n in [a + 1])})
    parts = [sentence_part(candidate, passage.sentences[number]) for number in chosen]
    for number in chosen:
        parts += _code_below(document, passage.sentences[number])
    ordered = in_order(parts)
    is_procedure = len(ordered) > 1
    return Composition(unit=AnswerUnit.STEPS if is_procedure else AnswerUnit.SENTENCES, parts=tuple(ordered))


def _code_below(document: Document, sentence: Span) -> list[Part]:
    """Code that a sentence leads into, among the next blocks."""
    first = bisect_right(document.blocks, sentence.start, key=lambda block: block.span.end)
    return [
        block_part(document, block)
        for block in document.blocks[first : first + MAX_AHEAD]
        if block.kind is BlockKind.CODE
        and block.context_span is not None
        and block.context_span.overlaps(sentence)
    ]


def _definition(reading: Reading, support: Sequence[float]) -> Composition | None:
    """The paragraph of the best sentence, unless it is long."""
    candidate = reading.candidate
    sentences = _paragraph(candidate, candidate.passage.sentences[_argmax(support)])
    if not sentences:
        return None
    parts = tuple(sentence_part(candidate, sentence) for sentence in sentences)
    return Composition(unit=AnswerUnit.DEFINITION, parts=parts)


def _section(reading: Reading, support: Sequence[float]) -> Composition:
    """The passage's paragraphs, as far as an overview's length goes; its best sentence is always shown."""
    candidate = reading.candidate
    document, passage = candidate.document, candidate.passage
    best = passage.sentences[_argmax(support)]
    parts: list[Part] = []
    words = 0
    for block in blocks_in(document, passage.span):
        if block.kind in (BlockKind.HEADING, BlockKind.TABLE_HEADER):
            continue
        words += len(bounded(document.text, block.span).slice(document.text).split())
        if words > _SECTION_WORDS and parts and not block.span.overlaps(best):
            continue
        parts.append(block_part(document, block))
    if not any(part.span.overlaps(best) for part in parts):
        parts = in_order([*parts, sentence_part(candidate, best)])
    return Composition(unit=AnswerUnit.SECTION, parts=tuple(parts))


def _argmax(support: Sequence[float]) -> int:
    return max(range(len(support)), key=lambda number: (support[number], -number))
