"""Selection: which passage read holds the evidence, which of its sentences, and which short answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag.answering.features import has_expected_type, has_other_unit, large_pool_weight
from rag.english.words import content_words
from rag.question.analysis import QuestionAnalysis
from rag.reading.table_rows import in_table
from rag.types import QuestionForm, Reading, Span, SpanAnswer

# Logits that a short answer of another type than expected loses where answers are ranked. At 0, 1, 2, 4 and 8
# the best answer was right for 0.638, 0.644, 0.645, 0.647 and 0.644 of QED's questions, 0.799, 0.813, 0.826,
# 0.819 and 0.819 of CLAPnq's, 0.863 of XQuAD-en's (0.859 at 8).
_TYPE_MISMATCH_PENALTY = 2.0
_UNIT_MISMATCH_PENALTY = 8.0  # "two" of "two years", asked how many days; too few open questions to fit it
_PASSAGE_SHARE = 0.25  # of these penalties, where passages are ranked by their best short answers
_ROW_KEY_BONUS = 2.0  # logits of a table's row for each of the question's words that few of its rows have
# Logits of rank for each logit of margin, of two passages read closely for a fact. On six collections in a
# colleague's words 0.3 made 0.007 to 0.013 more answers right and fewer wrong; 0.5 made no more.
_MARGIN_WEIGHT = 0.3
_MAX_MARGIN = 8.0
_SPAN_FORMS = {QuestionForm.FACT, QuestionForm.WHY}
_WITHIN = 1.5  # logits below the best sentence at which another one is cited too
_UNSUPPORTED = -2.0  # support from which down a sentence holds no short answer, if another has more


def rank_readings(
    analysis: QuestionAnalysis, readings: Sequence[Reading], *, fused_weight: float
) -> list[Reading]:
    """Best first, by relevance and retrieval's score; ties by position, whatever the order of reading.

    Position is that in the document, documents by id.
    """

    def position(reading: Reading) -> tuple[str, int]:
        passage = reading.candidate.passage
        return passage.document_id, passage.span.start

    return sorted(readings, key=lambda r: (-_rank_score(analysis, r, fused_weight), *position(r)))


def spans_decide(analysis: QuestionAnalysis, pool_size: int) -> bool:
    """Whether the span reader ranks and decides: a short answer is asked for of a small candidate pool.

    There everything is on the subject, so that what tells an answer from a near miss is the closest reading.
    """
    return analysis.form in _SPAN_FORMS and large_pool_weight(pool_size) == 0


def rank_by_spans(analysis: QuestionAnalysis, readings: Sequence[Reading]) -> list[Reading]:
    """Best first, by the best span's margin and retrieval's score; without a span last, in their order."""

    def score(reading: Reading) -> float:
        span = best_span(analysis, reading)
        if span is None:
            return -math.inf
        return span.margin + reading.candidate.scores.fused - _mismatch_penalty(analysis, span)

    return sorted(readings, key=lambda reading: -score(reading))


def prefer_by_margin(
    analysis: QuestionAnalysis, ranked: Sequence[Reading], *, fused_weight: float
) -> list[Reading]:
    """The readings, the best two exchanged where both were read closely for a fact and the second's margin is
    so much the higher.
    """
    best = list(ranked[:2])
    if analysis.form is QuestionForm.FACT and len(best) == 2 and all(r.read_closely for r in best):

        def score(reading: Reading) -> float:
            span = best_span(analysis, reading)
            margin = -_MAX_MARGIN if span is None else max(-_MAX_MARGIN, min(_MAX_MARGIN, span.margin))
            return _rank_score(analysis, reading, fused_weight) + _MARGIN_WEIGHT * margin

        best.sort(key=score, reverse=True)
    return [*best, *ranked[2:]]


def best_span(analysis: QuestionAnalysis, reading: Reading) -> SpanAnswer | None:
    """The best short answer of a passage, by margin and type; one in a supported sentence if there is one."""

    def score(span: SpanAnswer) -> tuple[bool, float]:
        supported = _support_of(reading, span.span) > _UNSUPPORTED
        return supported, span.margin - _mismatch_penalty(analysis, span)

    return min(
        reading.spans, key=lambda span: (*(-part for part in score(span)), span.span.start), default=None
    )


def sentence_support(analysis: QuestionAnalysis, reading: Reading) -> list[float]:
    """The support of each sentence; a table's row is preferred that has the question's key words.

    A word that most rows of the passage have tells no row from another.
    """
    candidate = reading.candidate
    rows = [
        number
        for number, sentence in enumerate(candidate.passage.sentences)
        if in_table(candidate.document, sentence)
    ]
    support = list(reading.support)
    if len(rows) < 2:
        return support
    words = {
        number: set(content_words(candidate.passage.sentences[number].slice(candidate.document.text)))
        for number in rows
    }
    for key in analysis.content:
        holding = [number for number in rows if key in words[number]]
        if len(holding) * 3 <= len(rows) or len(holding) == 1:
            for number in holding:
                support[number] += _ROW_KEY_BONUS
    return support


def supported_sentences(support: Sequence[float], *, limit: int, within: float = _WITHIN) -> list[int]:
    """The sentences to cite by number, ascending: the best, and those at most so many logits below it."""
    ranked = sorted(range(len(support)), key=lambda number: (-support[number], number))
    lowest = support[ranked[0]] - within
    return sorted(number for number in ranked[:limit] if support[number] >= lowest)


def _rank_score(analysis: QuestionAnalysis, reading: Reading, fused_weight: float) -> float:
    span = best_span(analysis, reading)
    penalty = 0.0 if span is None else _mismatch_penalty(analysis, span)
    fused = fused_weight * reading.candidate.scores.fused
    return reading.relevance + fused - _PASSAGE_SHARE * penalty


def _support_of(reading: Reading, span: Span) -> float:
    """The highest support of the sentences that hold a span; 0 for one in a context span."""
    sentences = reading.candidate.passage.sentences
    of_span = [s for sentence, s in zip(sentences, reading.support, strict=True) if sentence.overlaps(span)]
    return max(of_span, default=0.0)


def _mismatch_penalty(analysis: QuestionAnalysis, span: SpanAnswer) -> float:
    """What an answer of another type than expected loses, in logits."""
    if has_expected_type(analysis, span) is not False:
        return 0.0
    return _UNIT_MISMATCH_PENALTY if has_other_unit(analysis, span) else _TYPE_MISMATCH_PENALTY
