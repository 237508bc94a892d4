"""The features that both probabilities are computed from: those of one passage among the candidates.

Few features, chosen by how well a fit on some data sets predicts right answers on another
(docs/decisions/confidence.md), since the meaning of a score differs from corpus to corpus. The z-score is
informative in a large candidate pool and the rank in a small one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.english.words import POSSESSIVE, content_words, stem
from rag.question.analysis import QuestionAnalysis, matches_type
from rag.question.units_of_measure import requested_unit, unit_of
from rag.reading.context import heading_line
from rag.retrieval.fusion import z_sum
from rag.types import Candidate, Reading, SpanAnswer

_MAX_LOGIT = 8.0  # beyond this more says nothing
_MAX_MARGIN = 12.0  # in logits of a span; a near miss reaches 8
_COSINE_OFFSET = 0.5
_Z_SCORE_OFFSET = 7.0  # about the z-score of a passage that answers
_LEXICAL_WEIGHT = 0.7  # BM25 beside cosine, in the z-score
_UNIT_CHARACTERS = 32  # after an answer, that may hold its unit of measure
# Candidates from which on a pool begins to count as large, and from which on it is. Of n candidates none has
# a z-score above sqrt(n - 1), so that among 25 the best reaches what many do among 50.
_LARGE_POOL = (25, 40)


@dataclass(frozen=True, slots=True)
class PoolStatistics:
    """The statistics of all candidates retrieved for a question that features need.

    ``ranks`` (from 0) and ``z_scores`` are by passage id; ``lowest_cosine`` is an upper bound for a passage
    that only the lexical index returned; ``unknown_names`` is the share of the question's names that no
    candidate mentions.
    """

    unknown_names: float
    ranks: Mapping[str, int]
    lowest_cosine: float
    z_scores: Mapping[str, float]

    @classmethod
    def of(cls, analysis: QuestionAnalysis, candidates: Sequence[Candidate]) -> PoolStatistics:
        """The statistics of candidates, best first."""
        cosines = [c.scores.dense for c in candidates if c.scores.dense is not None]
        return cls(
            unknown_names=_unknown_share(analysis.names, candidates),
            ranks={candidate.passage.id: rank for rank, candidate in enumerate(candidates)},
            lowest_cosine=min(cosines, default=0.0),
            z_scores=_z_scores(candidates),
        )


def features_of(
    analysis: QuestionAnalysis,
    pool: PoolStatistics,
    reading: Reading,
    span: SpanAnswer | None,
    *,
    share: float,
    default_cosine: float | None,
) -> list[float]:
    """The features of one passage with a short answer from it, in the order of ``calibration.FEATURES``.

    Args:
        share: log of the passage's share of the relevance of all that were read (``relevance_share``).
        default_cosine: stands for the cosine feature where dense scores are no cosines of the embedder
            that the calibration was fitted with; None where they are.
    """
    type_match = None if span is None else has_expected_type(analysis, span)
    dense = reading.candidate.scores.dense
    cosine = (pool.lowest_cosine if dense is None else dense) - _COSINE_OFFSET
    passage_id = reading.candidate.passage.id
    large = large_pool_weight(len(pool.ranks))
    return [
        _clip(reading.relevance),
        max(-_MAX_LOGIT, share),
        _clip(max(reading.support, default=-_MAX_LOGIT)),
        -_MAX_MARGIN if span is None else max(-_MAX_MARGIN, min(_MAX_MARGIN, span.margin)),
        cosine if default_cosine is None else default_cosine,
        large * (pool.z_scores.get(passage_id, 0.0) - _Z_SCORE_OFFSET),
        (1 - large) * math.log1p(pool.ranks.get(passage_id, len(pool.ranks))),
        1 - large,
        pool.unknown_names,
        _overlap(analysis, reading.candidate),
        0.0 if type_match is None else 1.0 if type_match else -1.0,
    ]


def _overlap(analysis: QuestionAnalysis, candidate: Candidate) -> float:
    """The share of the question's content words that a passage, its title or its headings have.

    A near miss shares the page's words; a question in other words doesn't. At the same relevance the second
    is more often answered.
    """
    words = {stem(word) for word in content_words(analysis.standalone)}
    if not words:
        return 0.0
    text = heading_line(candidate.document, candidate.passage) + candidate.text
    return len(words & {stem(word) for word in content_words(text)}) / len(words)


def relevance_share(reading: Reading, readings: Sequence[Reading]) -> float:
    """Log of a reading's share of the odds that any passage read is relevant; at most 0."""
    highest = max(other.relevance for other in readings)
    total = sum(math.exp(other.relevance - highest) for other in readings)
    return reading.relevance - highest - math.log(total)


def large_pool_weight(pool_size: int) -> float:
    """How far a candidate pool is a large one: 0 to 1."""
    first, last = _LARGE_POOL
    return min(1.0, max(0.0, (pool_size - first) / (last - first)))


def has_expected_type(analysis: QuestionAnalysis, span: SpanAnswer) -> bool | None:
    """Whether a span has the answer type that the question expects; None where that can't be told."""
    return matches_type(analysis, span.text, _following_text(span))


def has_other_unit(analysis: QuestionAnalysis, span: SpanAnswer) -> bool:
    """True where the question asks for one unit of measure and the span is of another."""
    expected, actual = requested_unit(analysis.standalone), unit_of(span.text, _following_text(span))
    return bool(expected and actual and actual != expected)


def _following_text(span: SpanAnswer) -> str:
    end = span.span.end
    return span.candidate.document.text[end : end + _UNIT_CHARACTERS]


def _clip(logit: float) -> float:
    return max(-_MAX_LOGIT, min(_MAX_LOGIT, logit))


def _z_scores(candidates: Sequence[Candidate]) -> dict[str, float]:
    """Cosine and BM25 standardised over the candidates alone, and summed."""
    keys = [candidate.passage.id for candidate in candidates]
    dense = {c.passage.id: c.scores.dense for c in candidates if c.scores.dense is not None}
    lexical = {c.passage.id: c.scores.lexical for c in candidates if c.scores.lexical is not None}
    return z_sum(dense, lexical, keys, lexical_weight=_LEXICAL_WEIGHT)


def _unknown_share(names: Sequence[str], candidates: Sequence[Candidate]) -> float:
    """The share of names that no candidate's text or title holds."""
    if not names:
        return 0.0
    titles = dict.fromkeys(candidate.document.title for candidate in candidates)
    texts = [candidate.text for candidate in candidates]
    haystack = "\n".join((*titles, *texts)).casefold().replace("’", "'")
    matches = [re.search(rf"(?<!\w){re.escape(re.sub(POSSESSIVE, '', name))}", haystack) for name in names]
    return matches.count(None) / len(names)
