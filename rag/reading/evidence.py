"""Evidence of a passage: forward passes to its relevance, the support of its sentences, and its polarity.

A model with a span head alone has none of that by itself: there the margin of the best span stands for
relevance, and a sentence's support is the margin of the best span in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rag.reading.span_selection import EvidenceLogits, ForwardPass
from rag.types import Candidate, Polarity, Reading, Span, SpanAnswer

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNREAD = -10.0  # logit of a sentence that no forward pass holds a token of
# Logits that a sentence without a span lies below the passage's best one, where spans stand for support.
_WITHOUT_SPAN = 5.0


def to_reading(candidate: Candidate, passes: Sequence[ForwardPass], spans: Sequence[SpanAnswer]) -> Reading:
    """The reading of one candidate.

    Args:
        passes: over the passage's context, or over overlapping parts of a long one: relevance and support
            are the highest of any, polarity is that of the most relevant.
        spans: selected from the same passes, best first.
    """
    logits = [p.evidence for p in passes if p.evidence is not None]
    if not logits:
        return _from_spans(candidate, spans)
    best = max(logits, key=lambda evidence: evidence.relevance)
    return Reading(
        candidate=candidate,
        relevance=best.relevance,
        support=_support(candidate, passes),
        spans=tuple(spans),
        polarity=_polarity(best),
    )


def _from_spans(candidate: Candidate, spans: Sequence[SpanAnswer]) -> Reading:
    best = max((span.margin for span in spans), default=_UNREAD)
    support = []
    for sentence in candidate.passage.sentences:
        margins = [span.margin for span in spans if span.span.overlaps(sentence)]
        support.append(max(margins, default=best - _WITHOUT_SPAN))
    return Reading(candidate=candidate, relevance=best, support=tuple(support), spans=tuple(spans))


def _support(candidate: Candidate, passes: Sequence[ForwardPass]) -> tuple[float, ...]:
    """A sentence's logit is the mean over its tokens, as in training (``evals/train/evidence/losses.py``)."""
    support = [_UNREAD] * len(candidate.passage.sentences)
    for forward_pass in passes:
        evidence = forward_pass.evidence
        if evidence is None:
            continue
        for number, first, last in _sentence_tokens(forward_pass, candidate.passage.sentences):
            support[number] = max(support[number], float(evidence.support[first : last + 1].mean()))
    return tuple(support)


def _sentence_tokens(forward_pass: ForwardPass, sentences: Sequence[Span]) -> Iterator[tuple[int, int, int]]:
    """For each sentence with tokens in a forward pass: its number, its first and its last token."""
    origins = [
        (token, origin[0][0])
        for token, origin in enumerate(forward_pass.token_origins())
        if origin is not None
    ]
    for number, sentence in enumerate(sentences):
        tokens = [token for token, offset in origins if sentence.start <= offset < sentence.end]
        if tokens:
            yield number, tokens[0], tokens[-1]


def _polarity(evidence: EvidenceLogits) -> Polarity:
    yes, no, neither = (float(p) for p in _softmax(evidence.polarity))
    return Polarity(yes=yes, no=no, neither=neither)


def _softmax(logits: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    exponentials = np.exp(logits - logits.max())
    probabilities: NDArray[Any] = exponentials / exponentials.sum()
    return probabilities
