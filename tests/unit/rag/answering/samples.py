"""Readings, decisions and pages of blocks for tests of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.answering.calibration import FEATURES, Calibration, LogisticFit
from rag.answering.decision import Decider
from rag.question.analysis import QuestionAnalysis, analyze_question
from rag.settings import DecideSettings
from rag.text import sentences
from rag.types import (
    Block,
    BlockKind,
    Candidate,
    Document,
    Passage,
    Polarity,
    QuestionForm,
    Reading,
    Scores,
    Span,
    SpanAnswer,
)
from tests.fakes.models import support_by_phrase
from tests.samples import document, find

ALWAYS_SURE = ((0.0, 0.0),)  # risks: no answer above any threshold was wrong


def fit(*, bias: float = 0.0, by_overlap: Mapping[str, float] | None = None, **weights: float) -> LogisticFit:
    """Only the named features count."""
    return LogisticFit(
        weight=tuple(weights.get(name, 0.0) for name in FEATURES),
        by_overlap=tuple((by_overlap or {}).get(name, 0.0) for name in FEATURES),
        bias=bias,
    )


def calibration(
    *,
    evidence: LogisticFit | None = None,
    short_answer: LogisticFit | None = None,
    span_evidence: LogisticFit | None = None,
    fused_weight: float = 0.0,
    risks: tuple[tuple[float, float], ...] = ALWAYS_SURE,
) -> Calibration:
    """Features unscaled, the same fits where spans decide.

    By default relevance alone tells of the evidence, the margin of the short answer.
    """
    evidence, short_answer = evidence or fit(relevance=1.0), short_answer or fit(margin=1.0)
    return Calibration(
        mean=(0.0,) * len(FEATURES),
        scale=(1.0,) * len(FEATURES),
        evidence=evidence,
        short_answer=short_answer,
        span_evidence=span_evidence or evidence,
        span_short_answer=short_answer,
        fused_weight=fused_weight,
        risks=risks,
    )


def decider(fitted: Calibration | None = None, **settings: float) -> Decider:
    """With the default settings but those named."""
    return Decider(fitted or calibration(), DecideSettings(**settings))


def question(text: str, form: QuestionForm = QuestionForm.FACT) -> QuestionAnalysis:
    """The analysis of a question, in a given form."""
    return replace(analyze_question(text, limit=500), form=form)


def span(read: Candidate, part: str, margin: float, *, nth: int = 0) -> SpanAnswer:
    """A short answer; its text is the slice."""
    return SpanAnswer(
        candidate=read,
        span=find(read.document.text, part, nth),
        text=part,
        score=margin + 3.0,
        no_answer_score=3.0,
    )


def reading(
    read: Candidate,
    *,
    relevance: float = 5.0,
    support: Mapping[str, float] | Sequence[float] = (),
    spans: Sequence[SpanAnswer] = (),
    polarity: Polarity | None = None,
) -> Reading:
    """A reading whose support is given by phrase, or by sentence; without any, all sentences have 0."""
    by_sentence = (
        support_by_phrase(read, support)
        if isinstance(support, Mapping)
        else tuple(support) or (0.0,) * len(read.passage.sentences)
    )
    return Reading(
        candidate=read,
        relevance=relevance,
        support=by_sentence,
        spans=tuple(sorted(spans, key=lambda answer: -answer.score)),
        polarity=polarity,
    )


HEADING, PARAGRAPH, ITEM = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM
HEADER, ROW, CODE = BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW, BlockKind.CODE


def page(*blocks: tuple[BlockKind, str], id: str = "d1") -> Document:
    """A document of blocks, with the context spans that a format reader gives them.

    An item's context is the sentence before its list, a row's is its header, that of code the item that it
    stands under, else the sentence before it.
    """
    text = ""
    made: list[Block] = []
    sentence_before: Span | None = None
    context: Span | None = None  # of the list or table at hand
    kind_before: BlockKind | None = None
    for kind, content in blocks:
        if text:
            text += "\n" if kind is ROW and kind_before in (HEADER, ROW) else "\n\n"
        span = Span(len(text), len(text) + len(content))
        text += content
        if kind is ITEM and kind_before not in (ITEM, CODE):
            context = sentence_before
        of_code = made[-1].span if kind is CODE and kind_before is ITEM else sentence_before
        contexts = {ITEM: context, ROW: context, CODE: of_code}
        made.append(Block(span=span, kind=kind, context_span=contexts.get(kind)))
        context = span if kind is HEADER else context
        sentence_before = sentences(text, span)[-1] if kind is PARAGRAPH else None
        kind_before = kind
    return document(text, id=id, blocks=tuple(made))


def part_of(doc: Document, first: int = 0, last: int | None = None, *, fused: float = 1.0) -> Candidate:
    """A candidate over the blocks ``[first, last)`` of a page, headings left out of its sentences.

    A paragraph is cut into its sentences; any other block is one.
    """
    blocks = [block for block in doc.blocks[first:last] if block.kind is not HEADING]
    within = Span(blocks[0].span.start, blocks[-1].span.end)
    contexts = {block.context_span for block in blocks if block.context_span is not None}
    return Candidate(
        passage=Passage(
            document_id=doc.id,
            version=doc.sha256,
            span=within,
            sentences=tuple(
                sentence
                for block in blocks
                for sentence in (
                    sentences(doc.text, block.span) if block.kind is PARAGRAPH else (block.span,)
                )
            ),
            context_spans=tuple(sorted(span for span in contexts if not within.contains(span))),
        ),
        document=doc,
        scores=Scores(fused=fused, dense=0.6, sentence=0),
    )
