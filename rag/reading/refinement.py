"""Span refinement: a second forward pass over the sentences around the chosen answer adjusts its bounds.

The log-probabilities of the passage's forward pass and of the narrower one are interpolated. When it was
chosen it raised XQuAD-en's exact match, with the gold paragraph given, from 0.649 to 0.678 and QED's from
0.443 to 0.448 (docs/decisions/running-models.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rag.reading.span_selection import ForwardPass
from rag.types import Passage, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NARROW_WEIGHT = 0.25  # of the narrower forward pass, beside that of the passage
_IMPOSSIBLE = -50  # log-probability of a token that only one of the two passes has


def surrounding_sentences(passage: Passage, span: Span) -> Span:
    """The sentences that overlap a span, with one on either side; the whole passage where there are none."""
    numbers = [number for number, sentence in enumerate(passage.sentences) if sentence.overlaps(span)]
    if not numbers:
        return passage.span
    first, last = max(0, numbers[0] - 1), min(len(passage.sentences) - 1, numbers[-1] + 1)
    if (first, last) == (0, len(passage.sentences) - 1):
        return passage.span
    return Span(passage.sentences[first].start, passage.sentences[last].end)


def interpolate(narrow: ForwardPass, wide: ForwardPass) -> tuple[NDArray[Any], NDArray[Any]]:
    """Start and end log-probabilities, shape ``(tokens of narrow,)``: a weighted mean of both passes'.

    Tokens are matched by their origin in the document; one that the wide pass lacks is ruled out.
    """
    import numpy as np

    narrow_log = _log_softmax(narrow.start), _log_softmax(narrow.end)
    wide_log = _log_softmax(wide.start), _log_softmax(wide.end)
    wide_token = {origin: n for n, origin in enumerate(wide.token_origins()) if origin is not None}
    start, end = np.full_like(narrow.start, _IMPOSSIBLE), np.full_like(narrow.end, _IMPOSSIBLE)
    for token, origin in enumerate(narrow.token_origins()):
        other = None if origin is None else wide_token.get(origin)
        if other is not None:
            start[token] = _NARROW_WEIGHT * narrow_log[0][token] + (1 - _NARROW_WEIGHT) * wide_log[0][other]
            end[token] = _NARROW_WEIGHT * narrow_log[1][token] + (1 - _NARROW_WEIGHT) * wide_log[1][other]
    return start, end


def _log_softmax(logits: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    shifted = logits - logits.max()
    log_probabilities: NDArray[Any] = shifted - np.log(np.exp(shifted).sum())
    return log_probabilities
