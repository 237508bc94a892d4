"""Span selection: start and end logits to answer spans of the document.

A span's score is the sum of its start and end logits (Devlin et al. 2019, arXiv:1810.04805, section 4.3).
Service, training and evaluation decode with ``top_spans`` alike.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from rag.reading.context import ReaderContext, SourceSpan
from rag.reading.name_boundaries import whole_name
from rag.reading.unbroken import whole_words
from rag.types import Candidate, Passage, SpanAnswer

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ANSWER_TOKENS = 40
TOP_K = 8  # starts, and ends, that are combined in each window
MAX_SPANS = 4  # spans kept for each candidate
# Logits that a span loses if it crosses a sentence's end ("1920 . Originally the competition was …"). With
# the gold paragraph given, QED's F1 and exact match were 0.615, 0.474 without the penalty, 0.619, 0.478 with
# it, and 0.618, 0.477 where no such span was allowed (sentences may be cut at "Ste ."); XQuAD-en's were
# equal.
CROSS_SENTENCE_PENALTY = 2.0


class Encoding(Protocol):
    """A tokenized question and context: what ``tokenizers.Encoding`` has."""

    @property
    def offsets(self) -> Sequence[tuple[int, int]]:
        """Each token's half-open range of code points in its own text."""
        ...

    @property
    def sequence_ids(self) -> Sequence[int | None]:
        """0 for the question's tokens, 1 for the context's, None for special ones."""
        ...


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """Tokens ``first`` to ``last``, both inclusive, with their score in logits."""

    score: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A half-open range ``[start, end)`` of a reader context, with its score in logits."""

    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EvidenceLogits:
    """What an evidence reader says beside spans: support ``(tokens,)``, relevance, polarity ``(3,)``.

    Polarity is in the order yes, no, neither.
    """

    support: NDArray[Any]
    relevance: float
    polarity: NDArray[Any]


@dataclass(frozen=True, slots=True)
class ForwardPass:
    """One pass of the model over a context that fits its window: logits of shape ``(tokens,)``.

    ``evidence`` is None for a model that has a span head alone.
    """

    context: ReaderContext
    encoding: Any  # an ``Encoding`` with token ids
    start: NDArray[Any]
    end: NDArray[Any]
    evidence: EvidenceLogits | None = None

    @property
    def no_answer_score(self) -> float:
        """The score of "no answer": the first token's start and end logits."""
        return float(self.start[0] + self.end[0])

    def token_origins(self) -> list[tuple[tuple[int, int], int] | None]:
        """Each context token's origin in the document and its length; None for all other tokens."""
        return [
            (origin, b - a) if kind == 1 and (origin := self.context.origin(a)) is not None else None
            for (a, b), kind in zip(self.encoding.offsets, self.encoding.sequence_ids, strict=True)
        ]


def top_spans(
    start: NDArray[Any],
    end: NDArray[Any],
    sequence_ids: Sequence[int | None],
    *,
    penalty: Callable[[int, int], float] | None = None,
) -> list[TokenSpan]:
    """The spans of a window's context by score, best first; ties by position.

    Args:
        start: start logits, shape ``(tokens,)``; ``end`` alike.
        sequence_ids: 1 for the context's tokens.
        penalty: logits that a span of these two tokens loses.
    """
    import numpy as np

    inside = np.array([kind == 1 for kind in sequence_ids])
    if not inside.any():
        return []
    lowest = np.float32(-1e9)
    starts = np.argsort(-np.where(inside, start, lowest), kind="stable")[:TOP_K]
    ends = np.argsort(-np.where(inside, end, lowest), kind="stable")[:TOP_K]
    spans = [
        TokenSpan(float(start[s] + end[e]) - (penalty(int(s), int(e)) if penalty else 0.0), int(s), int(e))
        for s in starts
        for e in ends
        if inside[s] and inside[e] and s <= e < s + MAX_ANSWER_TOKENS
    ]
    return sorted(spans, key=lambda span: (-span.score, span.first, span.last))


def context_spans(forward_pass: ForwardPass, passage: Passage) -> list[ScoredSpan]:
    """The best spans of one forward pass, as ranges of its context, best first."""
    offsets = forward_pass.encoding.offsets
    sentence = {}

    def sentence_at(token: int) -> int:
        if token not in sentence:
            sentence[token] = _sentence_number(forward_pass.context, passage, offsets[token][0])
        return sentence[token]

    def penalty(first: int, last: int) -> float:
        return CROSS_SENTENCE_PENALTY if sentence_at(first) != sentence_at(last) else 0.0

    spans = top_spans(
        forward_pass.start, forward_pass.end, forward_pass.encoding.sequence_ids, penalty=penalty
    )
    scored = [ScoredSpan(span.score, offsets[span.first][0], offsets[span.last][1]) for span in spans]
    return sorted(scored, key=lambda span: (-span.score, span.start, span.end))


def select_answers(
    candidate: Candidate, context: ReaderContext, spans: Sequence[ScoredSpan], no_answer_score: float
) -> list[SpanAnswer]:
    """Spans of a context as spans of the document, best first, none overlapping a better one."""
    selected: list[ScoredSpan] = []
    answers: list[SpanAnswer] = []
    for scored in sorted(spans, key=lambda span: (-span.score, span.start, span.end)):
        if len(selected) == MAX_SPANS:
            break
        if any(scored.start < other.end and other.start < scored.end for other in selected):
            continue
        source = source_span(candidate, context, scored)
        if source is None:
            continue
        selected.append(scored)
        answers.append(
            SpanAnswer(
                candidate=candidate,
                span=source.span,
                text=source.text,
                score=scored.score,
                no_answer_score=no_answer_score,
                antecedents=source.antecedents,
            )
        )
    return answers


def source_span(candidate: Candidate, context: ReaderContext, scored: ScoredSpan) -> SourceSpan | None:
    """The document's span of a context's span, extended to whole names, addresses and numbers.

    None where it can't be an answer.
    """
    source = context.source_span(scored.start, scored.end)
    if source is None or not source.text:
        return None
    if source.antecedents:
        return source
    text, passage = candidate.document.text, candidate.passage.span
    span = whole_name(text, whole_words(text, source.span, passage), passage)
    return replace(source, span=span, text=span.slice(text).strip())


def _sentence_number(context: ReaderContext, passage: Passage, at: int) -> int:
    """The number of a passage's sentences that begin up to an offset of its context; -1 for a label."""
    origin = context.origin(at)
    return -1 if origin is None else bisect_right(passage.sentences, origin[0], key=lambda span: span.start)
